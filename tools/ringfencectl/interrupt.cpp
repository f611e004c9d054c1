#include "tools/ringfencectl/interrupt.hpp"

#include <cstdlib>
#include <utility>

namespace rf::ctl {

Interrupt::Interrupt()
    : signals_([this](int signal) {
        const std::lock_guard lock(mutex_);
        if (!end_) std::_Exit(128 + signal);
        end_();
      }) {}

void Interrupt::set(std::function<void()> end) {
  const std::lock_guard lock(mutex_);
  end_ = std::move(end);
}

}  // namespace rf::ctl
