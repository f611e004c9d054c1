#include "node/grpc/edge_service.hpp"

#include <algorithm>
#include <map>
#include <mutex>
#include <set>

#include "core/base/limits.hpp"
#include "node/credentials.hpp"
#include "node/validate.hpp"
#include "process/grpc_stream.hpp"

namespace rf::node {

namespace {

constexpr std::string_view method_name = "EdgeService/Attach";
constexpr std::size_t edge_name_chars_max = 63;
/// How long after an answer that leads nowhere the same is asked again.
constexpr Ms again_ms = 200;
/// How often the log is told of the same account.
constexpr Ms complaint_ms = second_ms;

/// Orders must not be lost while the edge takes a breath; one that takes none is dropped.
constexpr process::StreamLimits limits_of_stream = {
    .queue_messages_max = 65536, .queue_bytes_max = 64u << 20, .read_credit = 64};

Result<void> check_edge_name(const std::string& name) {
  const bool good = !name.empty() && name.size() <= edge_name_chars_max && name != api_edge &&
                    std::all_of(name.begin(), name.end(), [](char c) {
                      return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
                    });
  if (good) return {};
  return Error{Code::invalid_argument,
               "the edge's name must be 1-63 of a-z 0-9 - . and not \"api\": change it in the edge's configuration"};
}

Result<void> check_attach(const api::Attach& attach, const Directory& directory) {
  if (attach.protocol_version() != edge_protocol_version)
    return Error{Code::failed_precondition, "the edge speaks protocol version " +
                                                std::to_string(attach.protocol_version()) + ", this node version " +
                                                std::to_string(edge_protocol_version) +
                                                ": install the same release of both"};
  if (const auto named = check_edge_name(attach.edge()); !named) return named;
  if (attach.epoch() == 0) return Error{Code::invalid_argument, "the edge's epoch must be above 0"};
  if (attach.boot_id().empty() || attach.boot_id().size() > limits::text_bytes_max)
    return Error{Code::invalid_argument, "the edge's boot_id must have 1-256 bytes"};
  for (const std::string& text : attach.domains()) {
    const auto domain = domain_of(text);
    if (!domain) return domain.error();
    if (!directory.owner(core::directory::NameKind::sip_domain, *domain))
      return Error{Code::not_found,
                   "the SIP domain \"" + *domain +
                       "\" belongs to no account: create it, or take it out of the edge's configuration"};
  }
  return {};
}

}  // namespace

class EdgeService::Stream final : public process::ServerBidiStream<api::EdgeMessage, api::NodeMessage>,
                                  public EdgeLine {
 public:
  Stream(const Parts& parts, grpc::CallbackServerContext& context)
      : ServerBidiStream(context, limits_of_stream), parts_(parts) {}

  bool send(api::NodeMessage message) override { return push(std::move(message)); }
  void end(grpc::Status status) override { finish(std::move(status)); }
  void drop(grpc::Status status) override { abort(std::move(status)); }

 private:
  void on_message(api::EdgeMessage message) override {
    grant(1);
    if (edge_.empty()) return attach(message);
    if (!parts_.hub.current(edge_, this)) return;
    switch (message.message_case()) {
      case api::EdgeMessage::kHeartbeat: return parts_.duty.heartbeat(edge_, epoch_, message.heartbeat().clock_ms());
      case api::EdgeMessage::kEvent: return event(message.event());
      case api::EdgeMessage::kDigests: return digests(message.digests());
      case api::EdgeMessage::kHa1Request: return ha1(message.ha1_request());
      case api::EdgeMessage::kAttach:
        return refuse({Code::invalid_argument, "the edge has attached on this stream already"});
      case api::EdgeMessage::MESSAGE_NOT_SET: break;
    }
    refuse({Code::invalid_argument,
            "the edge sent a message that this node does not know: install the same release of both"});
  }

  void on_closed() override {
    if (edge_.empty()) return;
    parts_.hub.detach(edge_, this);
    parts_.log.info("edge_detached", {{"edge", edge_}, {"epoch", epoch_}});
  }

  void refuse(const Error& error) {
    parts_.log.warn("edge_refused", {{"edge", edge_}, {"code", name_of(error.code)}, {"reason", error.what}});
    parts_.table.count(method_name, error.code);
    // Behind what is queued, so that the edge reads why.
    finish(rf::node::status_of(error));
  }

  void attach(const api::EdgeMessage& message) {
    if (!message.has_attach()) return refuse({Code::invalid_argument, "the first message of an edge must be Attach"});
    const api::Attach& attach = message.attach();
    if (const auto checked = check_attach(attach, parts_.directory); !checked) return refuse(checked.error());
    api::NodeMessage accepted;
    accepted.mutable_accepted()->set_node(parts_.node);
    accepted.mutable_accepted()->set_protocol_version(edge_protocol_version);
    edge_ = attach.edge();
    epoch_ = attach.epoch();
    const auto self = std::static_pointer_cast<Stream>(shared_from_this());
    if (const auto taken = parts_.hub.attach(edge_, epoch_, self, std::move(accepted)); !taken)
      return refuse(taken.error());
    parts_.duty.attached(edge_, self, epoch_, attach.boot_id(), attach.clock_ms());
    parts_.log.info("edge_attached", {{"edge", edge_}, {"epoch", epoch_}});
    parts_.table.count(method_name, Code::ok);
  }

  void event(const api::EdgeEvent& message) {
    auto event = event_of(message);
    if (!event) return refuse(event.error());
    const AccountId account = event->account;
    const std::uint64_t n = event->event.n;
    if (event->event.epoch != epoch_)
      return refuse({Code::invalid_argument, "the edge attached with epoch " + std::to_string(epoch_) +
                                                 " and sent an event of epoch " + std::to_string(event->event.epoch) +
                                                 ": restart it"});
    const auto known = parts_.journal.read(account, [](const core::Account&) {});
    if (!known && known.error().code == Code::not_found) return event_of_none(account, n);
    const auto self = std::static_pointer_cast<Stream>(shared_from_this());
    parts_.actors.edge_event(
        account, edge_, std::move(event->event),
        [self, account, n](const actors::EdgeOutcome& outcome) { self->answer(account, n, outcome); });
  }

  /// Event n of an account without a fact here: gone for good, or not committed yet, as its names are claimed before (R21).
  void event_of_none(AccountId account, std::uint64_t n) {
    if (!leads(account) || !parts_.directory.names_of(account).empty()) return again(account, n, Code::not_found);
    complain("edge_event_of_unknown_account", account, Code::not_found);
    acked(account, n);
  }

  /// What became of event n.
  void answer(AccountId account, std::uint64_t n, const actors::EdgeOutcome& outcome) {
    if (outcome.code != Code::ok) return again(account, n, outcome.code);
    if (outcome.reply.expected) return expected(account, outcome.reply.acked + 1);
    acked(account, outcome.reply.acked);
  }

  /// Event n was not taken: in a moment it is asked for anew, or sent to the leader. Once for all that fail until then, or an
  /// edge with many in flight would send them all for each.
  void again(AccountId account, std::uint64_t n, Code code) {
    if (code != Code::not_owner) complain("edge_event_not_taken", account, code);
    {
      const std::lock_guard lock(mutex_);
      const auto [first_n, first] = not_taken_.try_emplace(account, n);
      first_n->second = std::min(first_n->second, n);
      if (!first) return;
    }
    const auto self = std::static_pointer_cast<Stream>(shared_from_this());
    parts_.timer.post_after(again_ms, [self, account] { self->ask_again(account); });
  }

  void ask_again(AccountId account) {
    std::unique_lock lock(mutex_);
    const std::uint64_t n = not_taken_.extract(account).mapped();
    lock.unlock();
    // This node may lead it all the same: the account's actor ended and is built again.
    if (leads(account)) return expected(account, n);
    api::NodeMessage message;
    message.mutable_not_owner()->set_account_id(account.text());
    send_current(std::move(message));
  }

  void complain(std::string_view event, AccountId account, Code code) {
    {
      const std::lock_guard lock(mutex_);
      const Ms now_ms = parts_.clock.mono_ms();
      std::erase_if(complained_ms_, [&](const auto& entry) { return now_ms - entry.second >= complaint_ms; });
      if (!complained_ms_.try_emplace(account, now_ms).second) return;
    }
    parts_.log.warn(event, {{"edge", edge_}, {"account", account}, {"code", name_of(code)}});
  }

  bool leads(AccountId account) const { return parts_.roles.leads(storage::shard_of(account)); }

  void acked(AccountId account, std::uint64_t n) {
    api::NodeMessage message;
    api::Ack& ack = *message.mutable_ack();
    ack.set_account_id(account.text());
    ack.set_epoch(epoch_);
    ack.set_n(n);
    send_current(std::move(message));
  }

  void expected(AccountId account, std::uint64_t n) {
    api::NodeMessage message;
    api::Expected& expected = *message.mutable_expected();
    expected.set_account_id(account.text());
    expected.set_epoch(epoch_);
    expected.set_n(n);
    send_current(std::move(message));
  }

  void send_current(api::NodeMessage message) { parts_.hub.send(edge_, this, std::move(message)); }

  void digests(const api::Digests& message) {
    auto digests = digests_of(message);
    if (!digests) return refuse(digests.error());
    std::set<AccountId> listed;
    // At once: each tells of its place among the account's events.
    for (const AccountDigest& digest : *digests) {
      listed.insert(digest.account);
      if (parts_.journal.read(digest.account, [](const core::Account&) {})) compare(digest.account, digest.digest);
    }
    // An account that is not listed has nothing there (R17).
    parts_.walker.post([self = std::static_pointer_cast<Stream>(shared_from_this()), listed = std::move(listed)] {
      for (const AccountId account : accounts_with_edge(self->parts_.journal, self->edge_))
        if (listed.count(account) == 0) self->compare(account, {});
    });
  }

  void compare(AccountId account, const link::Digest& digest) {
    // Another leader asks on its own stream.
    if (!parts_.hub.current(edge_, this) || !leads(account)) return;
    const auto self = std::static_pointer_cast<Stream>(shared_from_this());
    parts_.actors.digest(account, edge_, epoch_, digest, [self, account, digest](const actors::EdgeOutcome& outcome) {
      if (outcome.code != Code::ok) {
        self->parts_.timer.post_after(again_ms, [self, account, digest] { self->compare(account, digest); });
        return;
      }
      if (!outcome.reply.snapshot_wanted) return;
      api::NodeMessage message;
      message.mutable_snapshot_request()->set_account_id(account.text());
      self->send_current(std::move(message));
    });
  }

  void ha1(const api::Ha1Request& request) {
    api::NodeMessage message;
    *message.mutable_ha1_reply() = find_ha1(request);
    send_current(std::move(message));
  }

  api::Ha1Reply find_ha1(const api::Ha1Request& request) const {
    api::Ha1Reply reply;
    reply.set_domain(request.domain());
    reply.set_username(request.username());
    reply.set_result(api::HA1_RESULT_UNKNOWN_DOMAIN);
    const auto domain = domain_of(request.domain());
    const auto account = domain ? parts_.directory.owner(core::directory::NameKind::sip_domain, *domain) : std::nullopt;
    if (!account) return reply;
    reply.set_account_id(account->text());
    reply.set_result(api::HA1_RESULT_UNKNOWN_USER);
    AgentId agent;
    std::uint64_t version = 0;
    const auto read = parts_.journal.read(*account, [&](const core::Account& a) {
      const auto found = a.index.agent_by_username.find(request.username());
      if (found == a.index.agent_by_username.end()) return;
      agent = found->second;
      version = core::find_agent(a, agent)->credential_version;
    });
    if (!read) reply.set_result(api::HA1_RESULT_UNAVAILABLE);
    if (!read || !agent.set()) return reply;
    const auto secret = parts_.journal.find_secret(*account, ha1_secret_name(agent));
    const auto hashes = secret ? ha1_by_domain_of(*secret) : Result<Ha1ByDomain>(secret.error());
    if (!hashes) {
      reply.set_result(hashes.error().code == Code::not_found ? api::HA1_RESULT_UNKNOWN_USER
                                                              : api::HA1_RESULT_UNAVAILABLE);
      return reply;
    }
    const auto found = hashes->find(*domain);
    if (found == hashes->end()) return reply;
    reply.set_result(api::HA1_RESULT_FOUND);
    reply.set_agent_id(agent.text());
    reply.set_ha1_md5(found->second.md5);
    reply.set_ha1_sha256(found->second.sha256);
    reply.set_version(version);
    return reply;
  }

  const Parts& parts_;
  /// Set by Attach, before anything else is read.
  EdgeName edge_;
  std::uint64_t epoch_ = 0;
  std::mutex mutex_;
  /// The first event of each account that was not taken and waits to be asked for.
  std::map<AccountId, std::uint64_t> not_taken_;
  std::map<AccountId, Ms> complained_ms_;
};

grpc::ServerBidiReactor<api::EdgeMessage, api::NodeMessage>* EdgeService::Attach(grpc::CallbackServerContext* context) {
  if (const auto admitted = parts_.table.admit(Audience::edges, Effect::changes, *context); !admitted) {
    parts_.table.count(method_name, admitted.error().code);
    return process::refuse_call<grpc::ServerBidiReactor<api::EdgeMessage, api::NodeMessage>>(
        rf::node::status_of(admitted.error()));
  }
  const auto stream = std::make_shared<Stream>(parts_, *context);
  stream->open();
  return stream.get();
}

}  // namespace rf::node
