#pragma once
#include <condition_variable>
#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "sip-edge/sip/agent.hpp"
#include "sip-edge/sip/root.hpp"
#include "tests/sip-edge/support/peer.hpp"

namespace rf::edge::test {

/// Lines that one thread writes and another waits for.
class Journal {
 public:
  void add(std::string line);
  /// The next line; "(nothing)" if none comes in time.
  std::string next(Ms wait_ms = patience_ms);
  bool empty();

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::string> lines_;
};

/// A root on its own thread.
class RootThread {
 public:
  RootThread();
  ~RootThread();
  /// Runs `work` on the SIP thread and waits for it.
  template <class Work>
  auto run(Work work) -> decltype(work()) {
    std::packaged_task<decltype(work())()> task(std::move(work));
    auto done = task.get_future();
    poster_->post([&task] { task(); });
    return done.get();
  }
  sip::Root& root() { return *root_; }

 private:
  sip::Root* root_ = nullptr;
  std::optional<sip::Poster> poster_;
  std::thread thread_;
};

/// A leg with its events in a journal: "progress 180", "answered 200 <sdp>", "acked <sdp>", "request INFO",
/// "ended ours 487 internal". Acknowledges nothing by itself.
class RecordedLeg : public sip::LegListener {
 public:
  void take(std::unique_ptr<sip::Leg> leg);

  void on_progress(sip::Leg&, const sip::Response& response) override;
  void on_answered(sip::Leg&, const sip::Response& response) override;
  void on_acked(sip::Leg&, std::uint32_t cseq, const sip::Body& body) override;
  void on_request(sip::Leg&, sip::ServerRequest request) override;
  void on_ended(sip::Leg&, const sip::LegEnd& end) override;

  Journal journal;
  std::unique_ptr<sip::Leg> leg;
  /// SIP thread only.
  std::optional<sip::Response> answer;
  std::vector<sip::ServerRequest> requests;
  /// Runs inside the callback, after the journal is written.
  std::function<void(const std::string&)> also;
};

/// A stack on the loopback: UDP and TCP, IPv4 and IPv6, free ports, short timers.
class Stack : public sip::AgentListener {
 public:
  enum Address : std::size_t { udp4, tcp4, udp6, tcp6 };

  explicit Stack(std::function<void(sip::AgentConfig&)> change = {});
  ~Stack() override;

  sip::Screening screen(const sip::Request& request) override;
  void on_invite(std::unique_ptr<sip::Leg> leg, const sip::Request& request) override;
  void on_request(sip::ServerRequest request) override;
  bool knows_address(const std::string& ip) override { return known_addresses.count(ip) != 0; }

  Flow address(Address which) const { return listening_[which]; }
  template <class Work>
  auto run(Work work) -> decltype(work()) {
    return thread_.run(std::move(work));
  }
  sip::Agent& agent() { return *agent_; }
  sip::Root& root() { return thread_.root(); }

  /// Waits until no leg and no transaction of ours is alive, so that nothing leaks.
  bool await_idle();

  /// OPTIONS over UDP is still answered.
  bool alive();

  /// What screen() and on_request() do; run on the SIP thread. Defaults: take everything, answer 200.
  std::function<sip::Screening(const sip::Request&)> screener;
  std::function<void(sip::ServerRequest)> requester;
  /// Who takes the legs of INVITEs that came, instead of `legs`.
  std::function<void(std::unique_ptr<sip::Leg>, const sip::Request&)> inviter;
  /// SIP thread only.
  std::set<std::string> known_addresses;
  /// The legs of INVITEs that came, in order; "invite <user>" in the journal of the stack.
  std::deque<RecordedLeg> legs;
  std::vector<sip::Request> invites;
  Journal journal;

 private:
  RootThread thread_;
  std::unique_ptr<sip::Agent> agent_;
  std::vector<Flow> listening_;
};

}  // namespace rf::edge::test
