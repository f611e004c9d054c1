#pragma once
#include <mutex>

#include "core/base/ids.hpp"
#include "process/clock.hpp"

namespace rf::process {

/// Makes ids that rise strictly within this process, also within one millisecond and over a clock that steps back.
/// Any thread.
class IdMaker {
 public:
  /// `clock` must outlive the maker.
  explicit IdMaker(const Clock& clock);

  /// A new id of any of the strong id types of core/base/ids.hpp: `ids.make<CallId>()`.
  template <class IdType>
  IdType make() {
    return IdType(next());
  }

 private:
  Ulid next();

  const Clock& clock_;
  std::mutex mutex_;
  Ms last_ms_ = -1;
  Ulid last_;
};

}  // namespace rf::process
