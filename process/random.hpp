#pragma once
#include <cstddef>
#include <span>

namespace rf::process {

/// Fills `out` from the kernel's random source. Waits only while the machine has just started. Any thread.
void fill_random(std::span<std::byte> out);

}  // namespace rf::process
