#include "node/grpc/edge_service.hpp"

#include <algorithm>
#include <map>

#include "core/base/limits.hpp"
#include "node/credentials.hpp"
#include "node/validate.hpp"
#include "process/grpc_stream.hpp"

namespace rf::node {

namespace {

constexpr std::string_view method_name = "EdgeService/Attach";
constexpr std::size_t edge_name_chars_max = 63;

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

std::vector<AccountId> accounts_with_edge(storage::Journal& journal, const EdgeName& edge) {
  std::vector<AccountId> found;
  for (std::uint32_t shard = 0; shard < limits::shards; ++shard) {
    for (const AccountId account : journal.accounts(shard)) {
      bool knows = false;
      const auto read =
          journal.read(account, [&](const core::Account& a) { knows = core::find_edge(a, edge) != nullptr; });
      if (read && knows) found.push_back(account);
    }
  }
  return found;
}

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
      case api::EdgeMessage::kHeartbeat: return heartbeat(message.heartbeat());
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
    abort(rf::node::status_of(error));
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
    parts_.watch.attached(edge_, epoch_, attach.boot_id(), attach.clock_ms());
    parts_.log.info("edge_attached", {{"edge", edge_}, {"epoch", epoch_}});
    parts_.table.count(method_name, Code::ok);
    parts_.slow.post([&parts = parts_, edge = edge_] {
      for (const AccountId account : accounts_with_edge(parts.journal, edge)) parts.actors.sync_edge(account, edge);
    });
  }

  void heartbeat(const api::Heartbeat& heartbeat) {
    for (const EdgeNews& news : parts_.watch.heartbeat(edge_, heartbeat.clock_ms()))
      parts_.actors.edge_change(news.edge, news.change);
  }

  void event(const api::EdgeEvent& message) {
    auto event = event_of(message);
    if (!event) return refuse(event.error());
    const AccountId account = event->account;
    const std::uint64_t n = event->event.n;
    const std::uint64_t epoch = event->event.epoch;
    if (!parts_.journal.read(account, [](const core::Account&) {})) {
      parts_.log.warn("edge_event_of_unknown_account", {{"edge", edge_}, {"account", account}, {"n", n}});
      return acked(account, epoch, n);
    }
    const auto self = std::static_pointer_cast<Stream>(shared_from_this());
    parts_.actors.edge_event(
        account, edge_, std::move(event->event),
        [self, account, epoch, n](const actors::EdgeOutcome& outcome) { self->answer(account, epoch, n, outcome); });
  }

  /// What became of event n.
  void answer(AccountId account, std::uint64_t epoch, std::uint64_t n, const actors::EdgeOutcome& outcome) {
    switch (outcome.code) {
      case Code::ok:
        if (outcome.reply.expected) return expected(account, epoch, outcome.reply.acked + 1);
        return acked(account, epoch, outcome.reply.acked);
      case Code::overloaded: return expected(account, epoch, n);
      case Code::not_owner:
      case Code::unknown_outcome: {
        api::NodeMessage message;
        message.mutable_not_owner()->set_account_id(account.text());
        return parts_.hub.send(edge_, std::move(message));
      }
      default:
        // The disk or the shard is gone: the event stays with the edge until a node takes it.
        parts_.log.warn("edge_event_not_taken",
                        {{"edge", edge_}, {"account", account}, {"code", name_of(outcome.code)}});
    }
  }

  void acked(AccountId account, std::uint64_t epoch, std::uint64_t n) {
    api::NodeMessage message;
    api::Ack& ack = *message.mutable_ack();
    ack.set_account_id(account.text());
    ack.set_epoch(epoch);
    ack.set_n(n);
    send_current(std::move(message));
  }

  void expected(AccountId account, std::uint64_t epoch, std::uint64_t n) {
    api::NodeMessage message;
    api::Expected& expected = *message.mutable_expected();
    expected.set_account_id(account.text());
    expected.set_epoch(epoch);
    expected.set_n(n);
    send_current(std::move(message));
  }

  void send_current(api::NodeMessage message) {
    if (parts_.hub.current(edge_, this)) parts_.hub.send(edge_, std::move(message));
  }

  void digests(const api::Digests& message) {
    auto digests = digests_of(message);
    if (!digests) return refuse(digests.error());
    parts_.slow.post([self = std::static_pointer_cast<Stream>(shared_from_this()), sent = std::move(digests).value()] {
      std::map<AccountId, link::Digest> by_account;
      // An account that the edge does not list has nothing there (R17).
      for (const AccountId account : accounts_with_edge(self->parts_.journal, self->edge_)) by_account[account] = {};
      for (const AccountDigest& digest : sent)
        if (self->parts_.journal.read(digest.account, [](const core::Account&) {}))
          by_account[digest.account] = digest.digest;
      for (const auto& [account, digest] : by_account) self->compare(account, digest);
    });
  }

  void compare(AccountId account, const link::Digest& digest) {
    const auto self = std::static_pointer_cast<Stream>(shared_from_this());
    parts_.actors.digest(account, edge_, epoch_, digest, [self, account](const actors::EdgeOutcome& outcome) {
      if (outcome.code != Code::ok || !outcome.reply.snapshot_wanted) return;
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
