#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.hpp"
#include "process/ids.hpp"
#include "sip-edge/call/machine.hpp"
#include "sip-edge/calls.hpp"
#include "sip-edge/front_door.hpp"
#include "sip-edge/node_link.hpp"
#include "sip-edge/sip/agent.hpp"

namespace rf::process {
class Logger;
class Metrics;
}  // namespace rf::process

namespace rf::edge {

struct EdgeOptions {
  sip::AgentConfig sip;
  FrontDoor::Options door;
  SessionTimerConfig session;
  NodeLinkConfig link;
};

/// One SIP edge: it asks the rules (EdgeMachine) about everything that SIP, the registrar, the cluster or the clock reports,
/// and has their outputs carried out. It decides nothing itself. Made, used and destroyed on the SIP thread.
class Edge final : public sip::AgentListener, public LinkListener {
 public:
  Edge(sip::Root& root, EdgeOptions options, process::IdMaker& ids, process::Logger& log, process::Metrics& metrics);
  ~Edge() override;

  /// Opens the SIP addresses, then attaches to the nodes. Error: an address that cannot be had, with its key.
  Result<void> open();
  /// Takes no new calls; calls `done` once when the last call is over and the nodes know it (at once without calls).
  void drain(std::function<void()> done);

  const std::vector<Flow>& listening() const { return agent_->listening(); }
  /// The directory is known and a node is attached.
  bool ready() const { return link_->has_directory() && link_->connected(); }
  std::size_t calls() const { return calls_ ? calls_->size() : 0; }

  // sip::AgentListener
  sip::Screening screen(const sip::Request& request) override;
  void on_invite(std::unique_ptr<sip::Leg> leg, const sip::Request& request) override;
  void on_request(sip::ServerRequest request) override;
  bool knows_address(const std::string& ip) override;

  // LinkListener
  void on_order(AccountId account, Fence fence, link::Order order) override;
  void on_sync(AccountId account, Fence fence, link::Sync sync) override;
  void on_acked(AccountId account, std::uint64_t epoch, std::uint64_t n) override;
  void on_expected(AccountId account, std::uint64_t epoch, std::uint64_t n) override;
  void on_leader(AccountId account, Fence fence) override;
  void on_leader_lost(AccountId account) override;
  void on_snapshot_asked(AccountId account) override;
  void on_agent_removed(AccountId account, AgentId agent) override;
  std::vector<std::pair<AccountId, link::Digest>> digests() override;

 private:
  void tell(const Input& input);
  void carry_out(const Output& output);
  void on_binding(const BindingEvent& event);
  void arm();
  void end_drain();
  void note_nodes();
  bool overloaded(const sip::Request& invite) const;
  /// Whether it comes out of a call that is live here: a Follow-Me number leads back (S17).
  bool came_round(const sip::Request& invite) const;
  sip::Reply shed();
  void sample();

  sip::Root& root_;
  const EdgeOptions options_;
  process::IdMaker& ids_;
  process::Logger& log_;
  process::Metrics& metrics_;
  EdgeMachine machine_;
  std::unique_ptr<NodeLink> link_;
  std::unique_ptr<FrontDoor> door_;
  std::unique_ptr<sip::Agent> agent_;
  std::unique_ptr<Calls> calls_;
  sip::Timer wake_;
  /// What is too dear to count at every input is counted once a second.
  sip::Timer sampler_;
  sip::ConnectionCounts sampled_;
  Ms node_seen_ms_ = sip::Root::now_ms();
  bool without_node_ = false;
  /// Of the second that runs.
  std::uint64_t shed_ = 0;
  std::function<void()> on_drained_;
  /// Inputs that come while outputs are carried out wait for their turn.
  std::vector<Input> waiting_;
  bool stepping_ = false;
};

}  // namespace rf::edge
