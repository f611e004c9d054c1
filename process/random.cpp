#include "process/random.hpp"

#include <sys/random.h>

#include <cerrno>

#include "core/base/assert.hpp"

namespace rf::process {

void fill_random(std::span<std::byte> out) {
  while (!out.empty()) {
    const ssize_t got = ::getrandom(out.data(), out.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    // Without randomness no id and no key is safe; the kernel only fails here when it has no such call at all.
    RF_ASSERT(got > 0);
    out = out.subspan(static_cast<std::size_t>(got));
  }
}

}  // namespace rf::process
