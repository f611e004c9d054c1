#pragma once
#include <functional>
#include <memory>

#include "core/base/time.hpp"

struct su_root_s;

namespace rf::edge::sip {

/// Runs closures on the SIP thread, from any thread. Copies share one mailbox.
class Poster {
 public:
  /// The closure runs later on the root's thread, in the order of posting; it must not throw. Dropped, destroyed on the
  /// caller's thread, once the root is gone (false).
  bool post(std::function<void()> closure) const;

 private:
  friend class Root;
  struct Mailbox;
  Poster() = default;
  std::shared_ptr<Mailbox> mailbox_;
};

/// The event loop that everything in this folder runs on. Made, run and destroyed on one thread, the SIP thread; whatever
/// uses it (timers, agents) is destroyed before it.
class Root {
 public:
  Root();
  ~Root();
  Root(const Root&) = delete;
  Root& operator=(const Root&) = delete;

  /// For other threads; may outlive the root.
  Poster poster() const;
  /// The same as poster().post(), for code on the SIP thread that must not be called back at once.
  void post(std::function<void()> closure);

  /// Serves events until stop().
  void run();
  /// Serves what is due, waiting at most `wait_ms` for it.
  void step(Ms wait_ms);
  /// Ends run() after the event in hand. SIP thread only; others post it.
  void stop();

  /// Milliseconds of the monotonic clock.
  static Ms now_ms();

  su_root_s* library() const { return root_; }

 private:
  su_root_s* root_ = nullptr;
  Poster poster_;
};

/// Calls its closure once, `delay` after set(). Not movable. The closure may set the timer again or destroy it. SIP
/// thread.
class Timer {
 public:
  Timer(Root& root, std::function<void()> closure);
  ~Timer();
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

  /// Starts it, or starts it anew. Below 1 ms counts as 1 ms, above 10 days as 10 days.
  void set(Ms delay_ms);
  void cancel();
  bool is_set() const;

 private:
  struct Core;
  std::shared_ptr<Core> core_;
};

}  // namespace rf::edge::sip
