#pragma once
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "sip-edge/sip/agent.hpp"
#include "sip-edge/sip/connections.hpp"
#include "sip-edge/sip/convert.hpp"
#include "sip-edge/sip/sofia.hpp"

/// What stands behind the public classes of this folder. Everything on the SIP thread; every callback of the library
/// holds a reference to the object it came for, and objects that the library may still be working with are let go from
/// the event loop (AgentCore::release_later), never inside a callback.
namespace rf::edge::sip {

/// A server transaction and the request that opened it.
struct ServerTransaction : std::enable_shared_from_this<ServerTransaction> {
  ServerTransaction(AgentCore& a, nta_incoming_t* irq, Request r);
  ~ServerTransaction();

  /// False if it was answered before.
  bool send(const Reply& reply);
  static int on_ack_or_cancel(ServerTransaction* self, nta_incoming_t* irq, const sip_t* sip) noexcept;

  std::weak_ptr<AgentCore> agent;
  nta_incoming_t* handle;
  /// The TCP connection it came by; nullptr for UDP.
  tport_t* connection = nullptr;
  Request request;
  std::weak_ptr<LegCore> leg;
  bool is_final = false;
  std::function<void()> on_cancelled;
};

/// A client transaction. Destroying it while an INVITE is unanswered would leave the phone ringing: LegCore never does.
struct ClientTransaction : std::enable_shared_from_this<ClientTransaction> {
  explicit ClientTransaction(AgentCore& a);
  ~ClientTransaction();

  static int on_response_callback(ClientTransaction* self, nta_outgoing_t* orq, const sip_t* sip) noexcept;

  std::weak_ptr<AgentCore> agent;
  nta_outgoing_t* handle = nullptr;
  /// The dialog of a request outside of any.
  nta_leg_t* own_leg = nullptr;
  std::function<void(const Response&)> on_response;
};

class FlowWatchCore : public ConnectionClient, public std::enable_shared_from_this<FlowWatchCore> {
 public:
  FlowWatchCore(AgentCore& agent, tport_t* connection, std::function<void()> closed);
  ~FlowWatchCore() override;
  bool start();
  void stop();

 private:
  void on_closed() noexcept override;
  void release();

  std::weak_ptr<AgentCore> agent_;
  tport_t* connection_;
  int pending_ = -1;
  std::function<void()> closed_;
};

/// What a request of ours consists of beside its dialog.
struct Outgoing {
  Method method = Method::options;
  std::string route{};
  /// Empty: the dialog's target.
  std::string request_uri{};
  std::string contact{};
  std::uint32_t max_forwards = 70;
  /// For ACK: the INVITE's. 0: the dialog counts.
  std::uint32_t cseq = 0;
  std::string headers{};
  const Body* body = nullptr;
};

class AgentCore : public std::enable_shared_from_this<AgentCore> {
 public:
  AgentCore(Root& root, const AgentConfig& config, AgentListener& listener);
  ~AgentCore();
  Result<void> open();
  void close();

  Root& root() { return root_; }
  nta_agent_t* library() const { return agent_; }
  const AgentConfig& config() const { return config_; }
  AgentListener& listener() { return listener_; }
  const std::vector<Flow>& listening() const { return listening_; }

  Result<std::unique_ptr<Leg>> invite(const Invite& invite, LegListener& listener);
  Result<void> send(const OutRequest& request, std::function<void(const Response&)> on_final);

  /// Hands a request to the library; nullptr if it cannot be written. `taken` has the callback; nullptr for ACK.
  nta_outgoing_t* send_request(nta_leg_t* leg, ClientTransaction* taken, const Outgoing& out);

  /// "<sip:192.0.2.7:5060;transport=tcp>" of our transport number `listen`.
  std::string contact(std::size_t listen) const;
  /// Which of our transports reaches that flow; nothing if none has its protocol and family.
  std::optional<std::size_t> listen_for(const Flow& flow) const;
  void fill_local(Request& request, msg_t* msg) const;
  /// Whether that is a transport that this agent listens by.
  bool listens_by(const tport_t* primary) const { return find_local(primary) != nullptr; }
  bool has_leg_on(const Flow& flow) const;
  double receive_backlog() const;
  Connections& connections() { return *connections_; }

  /// Why a request is refused before anybody is asked; nothing if it is not.
  std::optional<Reply> refuse(const Request& request, const sip_t* sip) const;

  void add(std::shared_ptr<LegCore> leg);
  void remove(LegCore* leg);
  /// Keeps a transaction that nobody else keeps, until its final response.
  void keep(std::shared_ptr<ClientTransaction> client);

  /// Runs the closure now, or from the event loop if one of our own calls into the library is on the stack.
  void deliver(std::function<void()> closure);
  template <class T>
  void release_later(std::shared_ptr<T> object) {
    root_.post([object = std::move(object)] {});
  }

  class Calling {
   public:
    explicit Calling(AgentCore& core) : core_(core) { ++core_.calling_; }
    ~Calling() { --core_.calling_; }
    Calling(const Calling&) = delete;
    Calling& operator=(const Calling&) = delete;

   private:
    AgentCore& core_;
  };

  std::size_t server_requests = 0;
  std::size_t client_requests = 0;
  std::size_t legs() const { return legs_.size(); }

 private:
  static int on_message(AgentCore* self, nta_agent_t*, msg_t* msg, sip_t* sip) noexcept;
  void take_invite(Request request, MessageRef msg, sip_t* sip);
  void take_request(Request request, MessageRef msg, sip_t* sip);
  void reply_stateless(MessageRef msg, const Request& request, const Reply& reply);
  Result<void> add_transport(const Listen& listen);
  void add_udp_sockets(std::uint16_t port);

  Root& root_;
  AgentConfig config_;
  AgentListener& listener_;
  nta_agent_t* agent_ = nullptr;
  std::vector<Flow> listening_;
  struct Local {
    const tport_t* transport;
    std::size_t listen;
    Flow address;
  };
  const Local* find_local(const tport_t* primary) const;
  std::vector<Local> locals_;
  std::vector<int> udp_sockets_;
  std::unique_ptr<Connections> connections_;
  std::unordered_map<LegCore*, std::shared_ptr<LegCore>> legs_;
  std::unordered_map<ClientTransaction*, std::shared_ptr<ClientTransaction>> clients_;
  int calling_ = 0;
};

class LegCore : public std::enable_shared_from_this<LegCore> {
 public:
  LegCore(AgentCore& agent, LegRole role, Flow flow, HopRule hop_rule, std::size_t listen);
  ~LegCore();

  Result<void> start(const Invite& invite);
  /// For an INVITE that came; `irq` is its transaction, `leg` its dialog.
  void start(nta_leg_t* leg, std::shared_ptr<ServerTransaction> invite);

  void attach(Leg* shell) { shell_ = shell; }
  /// The Leg is destroyed: nobody listens any more.
  void abandon();

  void progress(const Reply& reply);
  void answer(const Reply& reply);
  void reject(const Reply& reply);
  void ack(const Response& answer, const Body& body);
  void hang_up(const std::string& reason);
  Result<void> request(const InDialog& request, std::function<void(const Response&)> on_response);
  void cancel_reinvite();

  void on_acked(ServerTransaction& invite, const sip_t* ack);
  void on_ack_missing(ServerTransaction& invite);
  void on_cancelled(ServerTransaction& invite, const sip_t* cancel);
  /// A request of the peer got its final answer from us.
  void on_answered_by_us(ServerTransaction& request, int status);

  static int on_request(LegCore* self, nta_leg_t*, nta_incoming_t* irq, const sip_t* sip) noexcept;

  LegListener* listener = nullptr;
  HopRule hop_rule;
  const LegRole role;
  std::string call_id;
  const Flow& flow() const { return flow_; }

  /// The agent closes: the leg becomes inert.
  void drop();

 private:
  enum class State : std::uint8_t { calling, answered_by_peer, ringing, answered_by_us, up, ending, over };

  void take(AgentCore& agent, std::shared_ptr<ServerTransaction> request, const sip_t* sip);
  void take_bye(ServerTransaction& bye, const sip_t* sip);
  std::optional<Reply> refuse_in_dialog(const Request& request, const sip_t* sip) const;
  void on_invite_response(const Response& response);
  void on_request_response(std::uint64_t id, const Response& response,
                           const std::function<void(const Response&)>& on_response);
  void send_ack(std::uint32_t cseq, const Body& body);
  /// Sends BYE; nullptr if it cannot be sent.
  std::shared_ptr<ClientTransaction> send_bye(const std::string& reason);
  void bye_and_wait(const std::string& reason);
  void finish(const LegEnd& end);
  std::string route() const;

  std::weak_ptr<AgentCore> agent_;
  Leg* shell_ = nullptr;
  State state_;
  Flow flow_;
  std::size_t listen_;
  /// Of a leg whose INVITE we sent.
  std::string local_tag_;
  nta_leg_t* leg_ = nullptr;
  /// The INVITE that began it, until its ACK.
  std::shared_ptr<ClientTransaction> own_invite_;
  /// The INVITE that began it, later a re-INVITE: until the ACK for our answer.
  std::shared_ptr<ServerTransaction> peer_invite_;
  bool cancelling_ = false;
  /// A hang_up() that waits for the ACK.
  std::optional<std::string> bye_after_ack_;
  /// Requests of ours that wait for their final response; INVITEs until their ACK.
  std::map<std::uint64_t, std::shared_ptr<ClientTransaction>> requests_;
  std::map<std::uint32_t, std::uint64_t> unacked_;
  std::uint64_t next_request_ = 1;
  /// The re-INVITE of ours that has no final response or no ACK yet.
  std::optional<std::uint64_t> own_reinvite_;
  std::unique_ptr<Timer> ack_timer_;
};

/// 16 random bytes in hex: Call-IDs and tags that nobody guesses.
std::string random_token();

Error broken_request();
/// Whether each of them reads back as one URI: what was put together by hand may hold blanks or line breaks.
bool can_be_written(std::initializer_list<const Uri*> uris);

/// What it requires and we lack, as an Unsupported header lists it (RFC 3261 8.2.2.3); empty if nothing.
std::string unsupported_of(const Request& request);

extern const char allowed_methods[];
extern const char supported_options[];

}  // namespace rf::edge::sip
