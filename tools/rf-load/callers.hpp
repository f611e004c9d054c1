#pragma once
#include <functional>
#include <memory>
#include <vector>

#include "tools/rf-load/alarms.hpp"
#include "tools/rf-load/caller.hpp"
#include "tools/rf-load/names.hpp"
#include "tools/rf-load/options.hpp"

namespace rf::load {

/// What was sent and seen more than once, of callers or of phones.
struct Repetitions {
  std::uint64_t sent = 0;
  std::uint64_t seen = 0;
};

/// Every caller of a run, at one socket.
class Callers {
 public:
  /// All of them outlive this. `on_connected` is called when a call came up at both ends by the caller's 200.
  Callers(UdpSocket& socket, const Options& options, Names& names, Book& book,
          std::function<void(CallIndex, Us)> on_connected);

  /// The next caller calls.
  void call(Us now_us);
  void on_message(const Message& message, Us now_us);
  void on_time(Us now_us);
  /// The caller hangs up at that instant; the agent does, and who does so earlier cuts the call off.
  void hang_up_at(CallIndex call, Us at_us);
  void expect_bye_at(CallIndex call, Us at_us) { slots_[call].bye_expected_us = at_us; }
  /// The newest caller that still waits, or that is not over, gives up; false when there is none. First all who wait, then
  /// all who are not over.
  bool cancel_one_waiting(Us now_us);
  bool end_one_open(Us now_us);
  Us next_us() const { return alarms_.next_us(); }
  const Repetitions& repetitions() const { return repetitions_; }

 private:
  struct Slot {
    std::unique_ptr<Caller> leg;
    Us armed_us = never_us;
    Us bye_expected_us = never_us;
  };

  void give_up(CallIndex call, Us now_us);
  void flush(CallIndex call, Us now_us);
  void arm(CallIndex call);
  void note(const Event& event, CallIndex call, Us now_us);

  UdpSocket& socket_;
  const Options& options_;
  Names& names_;
  Book& book_;
  std::function<void(CallIndex, Us)> on_connected_;
  /// By index; empty once nobody can ask for a repetition.
  std::vector<Slot> slots_;
  /// All callers from these places on have been looked at.
  std::size_t cancel_from_ = SIZE_MAX;
  std::size_t end_from_ = SIZE_MAX;
  Alarms alarms_;
  Outputs out_;
  Repetitions repetitions_;
};

}  // namespace rf::load
