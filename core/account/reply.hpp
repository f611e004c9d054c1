#pragma once
#include <cstdint>
#include <string>

#include "core/base/ids.hpp"
#include "core/base/result.hpp"

namespace rf::core {

/// The answer to one command, small enough to be stored for its retries (R24). `id`: the call, reservation or entity it
/// is about, if any; `seq`: the account's head after the facts the answer depends on.
struct Reply {
  Code code = Code::ok;
  std::string what;
  Ulid id;
  std::uint64_t seq = 0;

  bool ok() const { return code == Code::ok; }
  friend bool operator==(const Reply&, const Reply&) = default;
};

}  // namespace rf::core
