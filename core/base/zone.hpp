#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/base/time.hpp"

namespace rf {

/// A time zone as the instants at which its distance from UTC changes: enough for pure rules, read from the system's time
/// zone database by process/zones.
struct Zone {
  struct Change {
    Ms at_ts = 0;
    Ms offset_ms = 0;
  };
  /// Before the first change.
  Ms first_offset_ms = 0;
  /// In rising order.
  std::vector<Change> changes;

  Ms offset_ms(Ms ts) const;
};

/// Where zones are found by IANA name; what it returns stays.
class Zones {
 public:
  virtual ~Zones() = default;
  /// Null: there is no such zone. The empty name is UTC.
  virtual const Zone* find(std::string_view name) const = 0;
};

/// UTC and nothing else.
const Zones& utc_only();

struct LocalTime {
  /// Days since 1970-01-01.
  std::int64_t day = 0;
  /// 0: Monday.
  std::uint32_t weekday = 0;
  std::uint32_t minute = 0;
};

/// What the local clock shows at `ts`.
LocalTime local_time(const Zone& zone, Ms ts);

/// The first instant after `after_ts` at which the local clock shows that minute of the day. Where the clock leaps over it,
/// the instant of the leap; where the clock shows it twice, the first time only.
Ms next_local(const Zone& zone, Ms after_ts, std::uint32_t minute_of_day);

}  // namespace rf
