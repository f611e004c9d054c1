#pragma once
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "core/base/zone.hpp"
#include "process/clock.hpp"

namespace rf::process {

/// The machine's time zone database (tzdata): changes from 1970 to 30 years after a zone is first asked for. A zone is read
/// once and stays as it was read. Any thread.
class SystemZones final : public Zones {
 public:
  /// `clock` must outlive the zones.
  explicit SystemZones(const Clock& clock) : clock_(clock) {}

  /// Null for what is no IANA name, or is not installed.
  const Zone* find(std::string_view name) const override;

 private:
  const Clock& clock_;
  mutable std::mutex mutex_;
  mutable std::map<std::string, std::unique_ptr<const Zone>, std::less<>> found_;
};

}  // namespace rf::process
