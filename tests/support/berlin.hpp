#pragma once
#include "core/base/zone.hpp"

namespace rf::testing {

/// UTC and Central European time of 2026 from a table: tests need no system time zones.
class Berlin final : public Zones {
 public:
  /// 2026-03-28 23:00 UTC, midnight of the 29th in Berlin; that day has 23 hours.
  static constexpr Ms spring_midnight_ts = 1774738800000;

  Berlin() {
    constexpr Ms hour_ms = 3600 * second_ms;
    zone_.first_offset_ms = hour_ms;
    zone_.changes = {{1774746000000, 2 * hour_ms}, {1792890000000, hour_ms}};  // 2026-03-29, 2026-10-25 01:00 UTC
  }
  const Zone* find(std::string_view name) const override {
    return name == "Europe/Berlin" ? &zone_ : name.empty() ? &utc_ : nullptr;
  }

 private:
  Zone zone_, utc_;
};

}  // namespace rf::testing
