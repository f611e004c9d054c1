#pragma once

namespace rf {

/// Prints the broken expectation with its place to stderr and aborts. Any thread.
[[noreturn]] void assertion_failed(const char* expression, const char* file, int line);

}  // namespace rf

/// A bug of ours when false: stays on in release and aborts. Never for input from network, disk or people.
#define RF_ASSERT(expression) \
  (static_cast<bool>(expression) ? static_cast<void>(0) : ::rf::assertion_failed(#expression, __FILE__, __LINE__))
