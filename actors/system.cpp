#include "actors/system.hpp"

#include <algorithm>
#include <chrono>
#include <string>
#include <thread>
#include <utility>

#include "actors/account_index.hpp"

namespace rf::actors {

namespace {

class IndexPostbox : public Postbox {
 public:
  explicit IndexPostbox(IndexActor index) : index_(std::move(index)) {}
  void post(Answer answer) override { caf::anon_send(index_, Late{std::make_shared<Answer>(std::move(answer))}); }

 private:
  IndexActor index_;
};

/// How many callers wait, for stop().
class Callers {
 public:
  void come() {
    const std::lock_guard lock(mutex_);
    ++count_;
  }
  void go() {
    const std::lock_guard lock(mutex_);
    if (--count_ == 0) none_.notify_all();
  }
  void wait_for_none(Ms timeout_ms) {
    std::unique_lock lock(mutex_);
    none_.wait_for(lock, std::chrono::milliseconds(timeout_ms), [this] { return count_ == 0; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable none_;
  std::size_t count_ = 0;
};

core::Command command_of(const EdgeName& edge, Actors::EdgeChange change) {
  switch (change) {
    case Actors::EdgeChange::silent: return core::command::EdgeSilent{edge};
    case Actors::EdgeChange::back: return core::command::EdgeBack{edge};
    case Actors::EdgeChange::lost: break;
  }
  return core::command::EdgeLost{edge};
}

}  // namespace

/// What callbacks use that may come when the System is gone.
struct System::Shared {
  std::shared_ptr<Handles> handles = std::make_shared<Handles>();
  std::shared_ptr<Roles> roles = std::make_shared<Roles>();
  std::shared_ptr<Callers> callers = std::make_shared<Callers>();
  IndexActor index;
  std::shared_ptr<Postbox> postbox;
  std::atomic<bool> stopping = false;

  /// What is not sent is dropped and says why.
  void send(AccountId account, std::shared_ptr<Work> work) {
    if (stopping || !roles->of(storage::shard_of(account)).leads) return;
    if (handles->send(account, std::move(work)) == Handles::Sent::misses) caf::anon_send(index, Build{account});
  }

  /// Nobody repeats an edge change: if its account's actor ends over it, the next one gets it.
  static void send_change(const std::shared_ptr<Shared>& shared, AccountId account, const EdgeName& edge,
                          EdgeChange change) {
    auto work = std::make_shared<Work>();
    work->what = command_of(edge, change);
    work->answer = Answer(
        [weak = std::weak_ptr<Shared>(shared), account, edge, change](const Outcome& outcome) {
          const Code code = outcome.reply.code;
          const auto again = weak.lock();
          if (again && !again->stopping && (code == Code::not_owner || code == Code::unknown_outcome) &&
              again->roles->of(storage::shard_of(account)).leads)
            send_change(again, account, edge, change);
        },
        shared->postbox);
    shared->send(account, std::move(work));
  }
};

System::System(std::shared_ptr<caf::actor_system> system, Options options)
    : system_(std::move(system)), options_(std::make_shared<const Options>(std::move(options))),
      shared_(std::make_shared<Shared>()) {
  shared_->index = system_->spawn(account_index, IndexSetup{shared_->handles, shared_->roles, options_});
  shared_->postbox = std::make_shared<IndexPostbox>(shared_->index);
}

System::~System() { stop(0); }

Answer System::answer_to(OnOutcome back) {
  shared_->callers->come();
  return Answer(
      [back = std::move(back), callers = shared_->callers](const Outcome& outcome) {
        back(outcome);
        callers->go();
      },
      shared_->postbox);
}

void System::on_role(std::uint32_t shard, std::uint64_t term, storage::RoleChange change, Ms epoch_start_ts) {
  // The directory's shard has no accounts.
  if (shard >= limits::shards) return;
  shared_->roles->set(shard,
                      Role{change == storage::RoleChange::leader, term, epoch_start_ts, options_->time->mono_ms()});
  caf::anon_send(shared_->index, RoleChanged{shard});
}

void System::command(AccountId account, CommandId id, core::Command command, std::vector<storage::Secret> secrets,
                     OnReply reply) {
  auto work = std::make_shared<Work>();
  work->what = std::move(command);
  work->id = id;
  work->secrets = std::move(secrets);
  work->answer = answer_to([reply = std::move(reply)](const Outcome& outcome) { reply(outcome.reply); });
  work->admission = Admission::may_refuse;
  shared_->send(account, std::move(work));
}

void System::ask_edge(AccountId account, core::Command command, OnEdgeOutcome outcome) {
  auto work = std::make_shared<Work>();
  work->what = std::move(command);
  work->answer = answer_to([back = std::move(outcome)](const Outcome& got) {
    back(EdgeOutcome{got.reply.code, got.edge});
  });
  work->admission = Admission::may_refuse;
  shared_->send(account, std::move(work));
}

void System::edge_event(AccountId account, const EdgeName& edge, link::Event event, OnEdgeOutcome outcome) {
  ask_edge(account, core::command::EdgeEvent{edge, std::move(event)}, std::move(outcome));
}

void System::digest(AccountId account, const EdgeName& edge, std::uint64_t epoch, link::Digest digest,
                    OnEdgeOutcome outcome) {
  ask_edge(account, core::command::DigestCheck{edge, epoch, digest}, std::move(outcome));
}

void System::sync_edge(AccountId account, const EdgeName& edge) {
  auto work = std::make_shared<Work>();
  work->what = SyncEdge{edge};
  shared_->send(account, std::move(work));
}

void System::edge_change(const EdgeName& edge, EdgeChange change) {
  for (AccountId account : shared_->handles->accounts()) Shared::send_change(shared_, account, edge, change);
}

void System::wake(const std::vector<AccountId>& accounts) {
  for (AccountId account : accounts) caf::anon_send(shared_->index, Build{account});
}

void System::stop(Ms timeout_ms) {
  shared_->stopping = true;
  shared_->callers->wait_for_none(timeout_ms);
  caf::anon_send(shared_->index, StopAll{});
}

Result<std::unique_ptr<Actors>> start_actors(Options options) {
  if (!options.journal || !options.outbox || !options.time || !options.observer)
    return Error{Code::invalid_argument, "the actors need a journal, an outbox, a time source and an observer"};
  struct Owned {
    caf::actor_system_config config;
    std::unique_ptr<caf::actor_system> system;
  };
  try {
    auto owned = std::make_shared<Owned>();
    const std::size_t threads = options.threads > 0 ? options.threads : std::thread::hardware_concurrency();
    owned->config.set("scheduler.max-threads", std::max<std::size_t>(1, threads));
    // Work stealing polls: with two idle workers it costs as much as the calls themselves.
    owned->config.set("scheduler.policy", caf::atom("sharing"));
    owned->system = std::make_unique<caf::actor_system>(owned->config);
    std::shared_ptr<caf::actor_system> system(owned, owned->system.get());
    return std::unique_ptr<Actors>(std::make_unique<System>(std::move(system), std::move(options)));
  } catch (const std::exception& failure) {
    return Error{Code::unavailable, std::string("the actors' threads could not be started: ") + failure.what()};
  }
}

}  // namespace rf::actors
