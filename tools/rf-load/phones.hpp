#pragma once
#include <functional>
#include <memory>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "tools/rf-load/agent.hpp"
#include "tools/rf-load/callers.hpp"

namespace rf::load {

/// The phones of all agents, at one socket: what is offered to them, and what they answer.
class Phones {
 public:
  /// All of them outlive this. `on_connected` is called when a call came up at both ends by the agent's ACK.
  Phones(UdpSocket& socket, const Options& options, Names& names, Book& book,
         std::function<void(CallIndex, Us)> on_connected);

  /// A request to one of the phones; `text` is its datagram.
  void on_request(const Message& request, std::string_view text, const Peer& from, Us now_us);
  /// An answer to a BYE of theirs.
  void on_answer(const Message& answer, Us now_us);
  void on_time(Us now_us);
  /// The agent who took the call hangs up at that instant.
  void hang_up_at(CallIndex call, Us at_us);
  Us next_us() const { return alarms_.next_us(); }
  const Repetitions& repetitions() const { return repetitions_; }

 private:
  struct Leg {
    std::unique_ptr<AgentLeg> machine;
    AgentIndex agent = 0;
    CallIndex call = 0;
    Peer peer;
    Us armed_us = never_us;
  };

  void offer(const Message& invite, std::string_view text, AgentIndex agent, const Peer& from, Us now_us);
  void refuse(const Message& request, int status, const Peer& to);
  /// The agent's leg with that Call-ID; 0: none.
  std::uint64_t leg_of(AgentIndex agent, std::string_view call_id) const;
  void flush(std::uint64_t number, Us now_us);
  void arm(std::uint64_t number);
  void note(const Event& event, std::uint64_t number, Us now_us);
  void forget(std::uint64_t number);

  UdpSocket& socket_;
  const Options& options_;
  Names& names_;
  Book& book_;
  std::function<void(CallIndex, Us)> on_connected_;
  std::unordered_map<std::uint64_t, Leg> legs_;
  /// Of each agent, its legs' numbers, the newest last.
  std::vector<std::vector<std::uint64_t>> of_agent_;
  /// Of each call that is up, the leg that took it.
  std::unordered_map<CallIndex, std::uint64_t> taken_by_;
  std::uint64_t last_leg_ = 0;
  Alarms alarms_;
  Outputs out_;
  Repetitions repetitions_;
};

}  // namespace rf::load
