#include "process/signals.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>

#include "core/base/assert.hpp"

namespace rf::process {

StopSignals::StopSignals(std::function<void(int)> on_stop) : on_stop_(std::move(on_stop)) {
  sigset_t stops;
  sigemptyset(&stops);
  sigaddset(&stops, SIGTERM);
  sigaddset(&stops, SIGINT);
  std::signal(SIGPIPE, SIG_IGN);
  RF_ASSERT(::pthread_sigmask(SIG_BLOCK, &stops, &mask_before_) == 0);
  signal_fd_ = ::signalfd(-1, &stops, SFD_CLOEXEC);
  end_fd_ = ::eventfd(0, EFD_CLOEXEC);
  RF_ASSERT(signal_fd_ >= 0 && end_fd_ >= 0);
  thread_ = std::thread([this] { watch(); });
}

StopSignals::~StopSignals() {
  const std::uint64_t one = 1;
  RF_ASSERT(::write(end_fd_, &one, sizeof one) == sizeof one);
  thread_.join();
  ::close(signal_fd_);
  ::close(end_fd_);
  ::pthread_sigmask(SIG_SETMASK, &mask_before_, nullptr);
}

void StopSignals::watch() {
  std::array<pollfd, 2> waits = {pollfd{signal_fd_, POLLIN, 0}, pollfd{end_fd_, POLLIN, 0}};
  for (;;) {
    if (::poll(waits.data(), waits.size(), -1) < 0) {
      RF_ASSERT(errno == EINTR);
      continue;
    }
    if (waits[1].revents != 0) return;
    signalfd_siginfo arrived{};
    if (::read(signal_fd_, &arrived, sizeof arrived) == sizeof arrived) on_stop_(static_cast<int>(arrived.ssi_signo));
  }
}

}  // namespace rf::process
