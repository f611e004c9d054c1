#include "actors/presence_actor.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "actors/queue_actor.hpp"
#include "core/account/orders.hpp"
#include "core/base/plant.hpp"

namespace rf::actors {

namespace {

constexpr std::chrono::milliseconds rank_timeout{100};
constexpr std::chrono::seconds queue_idle_time{60};

/// Sends to the actor if it still lives; for callbacks that must not keep it alive.
template <class Message>
void tell(const caf::weak_actor_ptr& actor, Message message) {
  if (const auto alive = caf::actor_cast<caf::strong_actor_ptr>(actor))
    caf::anon_send(caf::actor_cast<PresenceActor>(alive), std::move(message));
}

caf::weak_actor_ptr weak(PresenceActor::base* self) { return caf::weak_actor_ptr(self->ctrl()); }

}  // namespace

Presence::~Presence() {
  for (const auto& [queue, actor] : queues_) caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
}

void Presence::start(PresenceSetup setup) {
  setup_ = std::move(setup);
  line_.emplace(setup_.account, Fence{setup_.shard, setup_.role.term}, setup_.options,
                [self = weak(self_)](const Error& error) { tell(self, Finished{error}); });
  if (RF_PLANT(rebuild_without_barrier)) return build(Error{});
  setup_.options->journal->barrier(setup_.shard, [self = weak(self_)](const Result<storage::LogIndex>& passed) {
    tell(self, Built{passed ? Error{} : passed.error()});
  });
}

void Presence::build(const Error& error) {
  if (error.code != Code::ok) return end(error);
  // The committed copy is in memory: this is the one look at the journal that takes longer than a row.
  Result<core::Account> account = setup_.options->journal->load(setup_.account);
  if (!account) return end(account.error());
  clock_.emplace(setup_.role.epoch_start_ts, setup_.role.since_mono_ms, account->last_ts,
                 setup_.options->time->mono_ms());
  sequencer_.emplace(std::move(*account));
  // Orders of an actor before this one may never have left (R10).
  for (const auto& [name, edge] : sequencer_->account().edges)
    line_->sync(name, core::orders(sequencer_->account(), name));
  go_on();
}

void Presence::take(std::shared_ptr<Work> work) {
  if (std::holds_alternative<SyncEdge>(work->what) && !RF_PLANT(sync_without_barrier)) {
    setup_.options->journal->barrier(setup_.shard, [self = weak(self_), work](const Result<storage::LogIndex>& passed) {
      if (passed) tell(self, SyncDue{work});
    });
    return;
  }
  if (work->admission == Admission::may_refuse &&
      waiting_.size() + line_->depth() + (turn_ ? 1 : 0) >= limits::uncommitted_commands_max)
    return work->answer.give(refusal(Code::overloaded));
  waiting_.push_back(std::move(work));
  go_on();
}

void Presence::sync(std::shared_ptr<Work> work) {
  waiting_.push_back(std::move(work));
  go_on();
}

void Presence::go_on() {
  while (sequencer_ && !turn_ && !waiting_.empty()) {
    std::shared_ptr<Work> next = std::move(waiting_.front());
    waiting_.pop_front();
    run(std::move(next));
  }
  arm_timer();
}

void Presence::run(std::shared_ptr<Work> work) {
  if (const auto* sync = std::get_if<SyncEdge>(&work->what))
    return line_->sync(sync->edge, core::orders(sequencer_->account(), sync->edge));
  if (std::optional<core::Reply> known = line_->known_reply(work->id)) return line_->answer(*work, std::move(*known));
  turn_ = std::move(work);
  edges_ = setup_.options->time->edge_clocks();
  step(sequencer_->begin(std::get<core::Command>(turn_->what),
                         core::Now{now_ts(), clock_->start_ts(), &edges_, setup_.options->zones}));
}

void Presence::step(std::optional<core::RankRequest> request) {
  if (request) return ask(std::move(*request));
  core::TurnResult result = sequencer_->finish();
  Observer& observer = *setup_.options->observer;
  for (std::uint32_t i = 0; i < result.rank_mismatches; ++i) observer.rank_mismatch();
  observer.turn(result.facts.size(), result.orders.size());
  const std::shared_ptr<Work> turn = std::exchange(turn_, nullptr);
  line_->finish(*turn, std::move(result));
}

void Presence::ask(core::RankRequest request) {
  const std::uint64_t n = ++ranks_;
  rank_ = OpenRank{n, request.call, request.queue, request.now_ts};
  self_->request(queue_actor_of(request.queue), rank_timeout, RankAsk{std::move(request)})
      .then([this, n](const core::Ranked& answer) { ranked(n, answer); },
            [this, n](const caf::error&) { not_ranked(n); });
}

void Presence::ranked(std::uint64_t n, const core::Ranked& answer) {
  if (!rank_ || rank_->n != n) return;
  rank_.reset();
  step(sequencer_->ranked(answer));
  go_on();
}

void Presence::not_ranked(std::uint64_t n) {
  if (!rank_ || rank_->n != n) return;
  setup_.options->observer->rank_fallback();
  const core::Account& account = sequencer_->account();
  // The request that is out names changes only: a fresh feed names every member for the fresh index.
  core::RankFeed feed;
  core::QueueIndex index;
  const core::RankRequest whole = feed.request(account, *core::find_call(account, rank_->call),
                                               core::Now{rank_->now_ts, 0, nullptr, setup_.options->zones});
  drop_queue_actor(rank_->queue);
  ranked(n, core::rank(index, whole));
}

const QueueActor& Presence::queue_actor_of(QueueId queue) {
  const auto it = queues_.find(queue);
  if (it != queues_.end()) return it->second;
  const QueueActor actor = self_->spawn(queue_actor, queue_idle_time);
  self_->monitor(actor);
  return queues_.emplace(queue, actor).first->second;
}

void Presence::drop_queue_actor(QueueId queue) {
  sequencer_->forget_index(queue);
  const auto it = queues_.find(queue);
  if (it == queues_.end()) return;
  caf::anon_send_exit(it->second, caf::exit_reason::user_shutdown);
  queues_.erase(it);
}

void Presence::queue_down(const caf::actor_addr& addr) {
  const auto it = std::find_if(queues_.begin(), queues_.end(), [&](const auto& entry) { return entry.second == addr; });
  if (it == queues_.end()) return;
  sequencer_->forget_index(it->first);
  queues_.erase(it);
}

void Presence::finished(const Error& error) {
  if (error.code != Code::ok) return end(error);
  line_->committed();
}

Ms Presence::now_ts() const { return clock_->now_ts(setup_.options->time->mono_ms()); }

void Presence::arm_timer() {
  if (!sequencer_ || turn_) return;
  const Ms next_ts = sequencer_->next_tick_ts();
  if (next_ts >= timer_at_ts_) return;
  timer_at_ts_ = next_ts;
  const Ms delay_ms = next_ts - now_ts();
  // Due at once: by the mailbox all the same, so that other work is not starved.
  if (delay_ms <= 0)
    self_->send(self_, TimerDue{next_ts});
  else
    self_->delayed_send(self_, std::chrono::milliseconds(delay_ms), TimerDue{next_ts});
}

void Presence::timer(Ms at_ts) {
  // An earlier deadline came up since this one was armed.
  if (at_ts != timer_at_ts_) return;
  timer_at_ts_ = never_ms;
  auto tick = std::make_shared<Work>();
  tick->what = core::Command(core::command::Tick{});
  waiting_.push_back(std::move(tick));
  go_on();
}

void Presence::end(const Error& error) {
  line_->fail(error);
  // Nothing of what waits, nor of the turn under way, was proposed: dropped with this actor, it says not_owner.
  if (error.code == Code::unavailable || error.code == Code::corrupt)
    for (const std::shared_ptr<Work>& work : waiting_) work->answer.if_dropped(error.code);
  self_->quit();
}

PresenceActor::behavior_type presence_actor(PresenceActor::stateful_pointer<Presence> self, PresenceSetup setup) {
  Presence& presence = self->state;
  self->set_down_handler([&presence](caf::down_msg& down) { presence.queue_down(down.source); });
  presence.start(std::move(setup));
  return {
      [&presence](Ask& ask) { presence.take(std::move(ask.work)); },
      [&presence](const Built& built) { presence.build(built.error); },
      [&presence](const SyncDue& due) { presence.sync(due.work); },
      [&presence](const Finished& finished) { presence.finished(finished.error); },
      [&presence](const TimerDue& due) { presence.timer(due.at_ts); },
      [&presence](const Depose&) {
        presence.end(Error{Code::unknown_outcome, refusal(Code::unknown_outcome).reply.what});
      },
  };
}

}  // namespace rf::actors
