#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "core/base/ids.hpp"
#include "tests/sim/context.hpp"

namespace rf::sim {

/// The callers: they call, wait, lose patience, talk, hang up. Each ends exactly once: by its own hang-up, the edge's word or
/// its edge's death.
class Callers {
 public:
  using HangUp = std::function<void(std::size_t edge, CallId call)>;
  explicit Callers(Context& context) : context_(context) {}
  /// How the edge hears that a caller is gone.
  void join(HangUp hang_up) { hang_up_ = std::move(hang_up); }

  void calls(CallId call, std::size_t edge, std::uint64_t life);
  /// The edge connected it to a phone.
  void answered(CallId call);
  /// The edge ended it, or did not take it.
  void ended(CallId call);
  void edge_died(std::size_t edge, std::uint64_t life);
  /// The edge heard that the caller is gone.
  void gone_heard(CallId call);

  /// From now on nobody waits long.
  void calm_down() { calm_ = true; }
  void wake_up() { calm_ = false; }
  std::size_t size() const { return callers_.size(); }

 private:
  enum class State : std::uint8_t { waits, talks, hung_up };
  struct Caller {
    std::size_t edge = 0;
    std::uint64_t life = 0;
    State state = State::waits;
  };
  void hang_up(CallId call);

  Context& context_;
  HangUp hang_up_;
  std::map<CallId, Caller> callers_;
  bool calm_ = false;
};

}  // namespace rf::sim
