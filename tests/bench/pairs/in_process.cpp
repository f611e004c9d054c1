#include <atomic>
#include <condition_variable>
#include <mutex>

#include "tests/bench/host.hpp"
#include "tests/bench/pairs/store.hpp"

namespace rf::bench {

namespace {

/// One account; a requester is a chain of callbacks, as a request of the API is inside the node.
class InProcess final : public Store {
 public:
  explicit InProcess(const StoreOptions& options) : host_(options.at) {
    host_.make_account(account_, options.agents, 1);
  }

  void run(unsigned clients, Window& window) override {
    running_ = clients;
    for (unsigned i = 0; i < clients; ++i) reserve(window);
    window.keep_time();
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return running_ == 0; });
  }

 private:
  void reserve(Window& window) {
    const CallId call(Ulid{3, ++calls_});
    const Us from = Window::now_us();
    host_.send(account_, core::command::Enqueue{call, Host::queue(0), "1", "2", "", 0},
               [this, &window, call, from](const core::Reply& reply) {
                 if (!reply.ok()) give_up(reply.what);
                 release(window, call, from);
               });
  }

  void release(Window& window, CallId call, Us from) {
    const Us reserved = Window::now_us();
    host_.send(account_, core::command::CompleteCall{call}, [this, &window, from, reserved](const core::Reply& reply) {
      if (!reply.ok()) give_up(reply.what);
      window.pair(from, reserved, Window::now_us());
      if (window.open()) return reserve(window);
      const std::lock_guard lock(mutex_);
      if (--running_ == 0) changed_.notify_all();
    });
  }

  const AccountId account_{Ulid{1, 1}};
  std::atomic<std::uint64_t> calls_ = 0;
  std::mutex mutex_;
  std::condition_variable changed_;
  unsigned running_ = 0;
  // Last: its threads use what stands above.
  Host host_;
};

}  // namespace

std::unique_ptr<Store> open_in_process(const StoreOptions& options) { return std::make_unique<InProcess>(options); }

}  // namespace rf::bench
