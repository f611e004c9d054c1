#pragma once
#include <string>

#include "tools/rf-load/instant.hpp"

namespace rf::load {

// RFC 3261 17, table 4.
constexpr Us t1_us = 500 * ms_us;
constexpr Us t2_us = 4 * second_us;
constexpr Us give_up_us = 64 * t1_us;

/// How the pause grows: an INVITE's always doubles, everything else's up to T2.
enum class Growth { doubles, doubles_to_t2 };

/// A message that is sent again until something stops it, for 64 T1 at most. Pure.
class Retransmission {
 public:
  enum class Due { nothing, send, give_up };

  /// `text` was sent for the first time at `now_us`.
  void start(std::string text, Growth growth, Us now_us);
  void stop() { next_us_ = never_us; }
  bool active() const { return next_us_ != never_us; }
  /// What is to be done at `now_us`; after `give_up` it is over.
  Due on_time(Us now_us);
  Us next_us() const { return next_us_; }
  /// Stays readable after `stop`.
  const std::string& text() const { return text_; }

 private:
  std::string text_;
  Growth growth_ = Growth::doubles;
  Us pause_us_ = 0;
  Us next_us_ = never_us;
  Us end_us_ = 0;
};

}  // namespace rf::load
