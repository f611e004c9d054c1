#include "tools/rf-load/retransmission.hpp"

#include <algorithm>
#include <utility>

namespace rf::load {

void Retransmission::start(std::string text, Growth growth, Us now_us) {
  text_ = std::move(text);
  growth_ = growth;
  pause_us_ = t1_us;
  next_us_ = now_us + t1_us;
  end_us_ = now_us + give_up_us;
}

Retransmission::Due Retransmission::on_time(Us now_us) {
  if (now_us < next_us_) return Due::nothing;
  if (now_us >= end_us_) {
    stop();
    return Due::give_up;
  }
  pause_us_ *= 2;
  if (growth_ == Growth::doubles_to_t2) pause_us_ = std::min(pause_us_, t2_us);
  next_us_ = std::min(now_us + pause_us_, end_us_);
  return Due::send;
}

}  // namespace rf::load
