#pragma once
#include <map>
#include <memory>
#include <vector>

#include "tools/rf-load/callers.hpp"
#include "tools/rf-load/registration.hpp"

namespace rf::load {

/// How the phones' registrations went.
struct RegisterFigures {
  std::uint64_t asked = 0;
  std::uint64_t registered = 0;
  std::uint64_t removed = 0;
  /// Final answers other than 200 by status; 408: none came.
  std::map<int, std::uint64_t> refusals;
  /// The first REGISTER to its 200, with the challenge between.
  Histogram took;
};

/// Registers all phones, and removes them at the end: at a constant distance by the clock.
class Registrations {
 public:
  Registrations(UdpSocket& socket, const Options& options, Names& names);

  /// All phones ask for that many seconds from `now_us` on; 0 removes those that are registered.
  void begin(int expires_s, Us now_us);
  void on_answer(const Message& answer, Us now_us);
  void on_time(Us now_us);
  Us next_us() const;
  /// Whether every phone has its final answer.
  bool settled() const { return next_ == phones_.size() && asking_ == 0; }
  const RegisterFigures& figures() const { return figures_; }
  const Repetitions& repetitions() const { return repetitions_; }

 private:
  struct Slot {
    std::unique_ptr<Registration> machine;
    Us armed_us = never_us;
  };

  Us instant_of(std::size_t phone) const;
  void flush(AgentIndex agent);
  void settle(const Registration& machine);

  UdpSocket& socket_;
  const Options& options_;
  Names& names_;
  std::vector<Slot> phones_;
  /// The next one to ask, once it is time.
  std::size_t next_;
  std::size_t asking_ = 0;
  int expires_s_ = 0;
  Us begin_us_ = 0;
  Alarms alarms_;
  Outputs out_;
  RegisterFigures figures_;
  Repetitions repetitions_;
};

}  // namespace rf::load
