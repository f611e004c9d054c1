#include "sip-edge/sip/root.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <utility>
#include <vector>

#include "core/base/assert.hpp"
#include "sip-edge/sip/sofia.hpp"

namespace rf::edge::sip {

namespace {

constexpr Ms timer_max_ms = 10 * 24 * 3600 * second_ms;

void ignore_library_log(void*, const char*, va_list) {}

/// Once per process. The library's own messages quote what strangers sent and go nowhere.
void start_library() {
  static const bool started = [] {
    RF_ASSERT(su_init() == 0);
    su_log_redirect(nullptr, ignore_library_log, nullptr);
    su_log_redirect(su_log_default, ignore_library_log, nullptr);
    return true;
  }();
  (void)started;
}

}  // namespace

struct Poster::Mailbox {
  std::mutex mutex;
  std::vector<std::function<void()>> closures;
  bool closed = false;
  int event_fd = -1;
  int wait_index = -1;

  Mailbox() : event_fd(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) { RF_ASSERT(event_fd >= 0); }
  ~Mailbox() { close(event_fd); }

  void run_all() {
    std::uint64_t count = 0;
    [[maybe_unused]] const auto size = read(event_fd, &count, sizeof count);
    std::vector<std::function<void()>> batch;
    {
      const std::lock_guard lock(mutex);
      batch.swap(closures);
    }
    for (auto& closure : batch) {
      closure();
      closure = nullptr;
    }
  }
};

bool Poster::post(std::function<void()> closure) const {
  bool first = false;
  {
    const std::lock_guard lock(mailbox_->mutex);
    if (mailbox_->closed) return false;
    first = mailbox_->closures.empty();
    mailbox_->closures.push_back(std::move(closure));
  }
  if (first) {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto size = write(mailbox_->event_fd, &one, sizeof one);
  }
  return true;
}

Root::Root() {
  start_library();
  root_ = su_root_create(nullptr);
  RF_ASSERT(root_ != nullptr);
  su_root_threading(root_, 0);
  poster_.mailbox_ = std::make_shared<Poster::Mailbox>();
  su_wait_t wait[1] = {SU_WAIT_INIT};
  RF_ASSERT(su_wait_create(wait, poster_.mailbox_->event_fd, SU_WAIT_IN) == 0);
  constexpr auto on_wake = [](su_root_magic_t*, su_wait_t*, su_wakeup_arg_t* arg) noexcept -> int {
    static_cast<Poster::Mailbox*>(arg)->run_all();
    return 0;
  };
  poster_.mailbox_->wait_index = su_root_register(root_, wait, on_wake, poster_.mailbox_.get(), su_pri_normal);
  RF_ASSERT(poster_.mailbox_->wait_index > 0);
}

Root::~Root() {
  std::vector<std::function<void()>> unrun;
  {
    const std::lock_guard lock(poster_.mailbox_->mutex);
    poster_.mailbox_->closed = true;
    unrun.swap(poster_.mailbox_->closures);
  }
  unrun.clear();
  su_root_deregister(root_, poster_.mailbox_->wait_index);
  su_root_destroy(root_);
}

Poster Root::poster() const { return poster_; }

void Root::post(std::function<void()> closure) { poster_.post(std::move(closure)); }

void Root::run() { su_root_run(root_); }

void Root::step(Ms wait_ms) { su_root_step(root_, std::max<Ms>(wait_ms, 0)); }

void Root::stop() { su_root_break(root_); }

Ms Root::now_ms() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

struct Timer::Core : std::enable_shared_from_this<Timer::Core> {
  Core(Root& r, std::function<void()> f) : root(r), closure(std::make_shared<std::function<void()>>(std::move(f))) {
    timer = su_timer_create(su_root_task(root.library()), 1);
    RF_ASSERT(timer != nullptr);
  }

  static void on_expiry(su_root_magic_t*, su_timer_t*, su_timer_arg_t* arg) noexcept {
    auto* core = static_cast<Core*>(arg);
    core->set = false;
    // The closure may destroy the Timer; the closure and the library's timer stay until we are out of it.
    const auto alive = core->shared_from_this();
    const auto running = core->closure;
    (*running)();
    if (alive.use_count() == 1) alive->root.post([alive] {});
  }

  Root& root;
  std::shared_ptr<std::function<void()>> closure;
  su_timer_t* timer = nullptr;
  bool set = false;

  ~Core() { su_timer_destroy(timer); }
};

Timer::Timer(Root& root, std::function<void()> closure) : core_(std::make_shared<Core>(root, std::move(closure))) {}

Timer::~Timer() { cancel(); }

void Timer::set(Ms delay_ms) {
  core_->set = true;
  RF_ASSERT(su_timer_set_interval(core_->timer, Core::on_expiry, core_.get(),
                                  std::clamp<Ms>(delay_ms, 1, timer_max_ms)) == 0);
}

void Timer::cancel() {
  core_->set = false;
  su_timer_reset(core_->timer);
}

bool Timer::is_set() const { return core_->set; }

}  // namespace rf::edge::sip
