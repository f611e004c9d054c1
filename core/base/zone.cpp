#include "core/base/zone.hpp"

#include <algorithm>

namespace rf {

namespace {

constexpr Ms minute_ms = 60 * second_ms;
constexpr Ms day_ms = 24 * 60 * minute_ms;

std::int64_t floor_div(Ms value, Ms by) { return value / by - (value % by < 0 ? 1 : 0); }

/// The first instant at which the local clock shows `local_ms` or more.
Ms instant_of(const Zone& zone, Ms local_ms) {
  Ms begin_ts = INT64_MIN;
  Ms offset_ms = zone.first_offset_ms;
  for (const Zone::Change& change : zone.changes) {
    if (local_ms - offset_ms < change.at_ts) break;
    begin_ts = change.at_ts;
    offset_ms = change.offset_ms;
  }
  // Within a leap forward the answer of the old offset lies behind the change, that of the new one before it.
  return std::max(begin_ts, local_ms - offset_ms);
}

class UtcOnly final : public Zones {
 public:
  const Zone* find(std::string_view name) const override { return name.empty() || name == "UTC" ? &utc_ : nullptr; }

 private:
  Zone utc_;
};

}  // namespace

const Zones& utc_only() {
  static const UtcOnly zones;
  return zones;
}

Ms Zone::offset_ms(Ms ts) const {
  const auto after = std::upper_bound(changes.begin(), changes.end(), ts,
                                      [](Ms at, const Change& change) { return at < change.at_ts; });
  return after == changes.begin() ? first_offset_ms : std::prev(after)->offset_ms;
}

LocalTime local_time(const Zone& zone, Ms ts) {
  const Ms local_ms = ts + zone.offset_ms(ts);
  LocalTime out;
  out.day = floor_div(local_ms, day_ms);
  // 1970-01-01 was a Thursday.
  out.weekday = static_cast<std::uint32_t>(((out.day + 3) % 7 + 7) % 7);
  out.minute = static_cast<std::uint32_t>((local_ms - out.day * day_ms) / minute_ms);
  return out;
}

Ms next_local(const Zone& zone, Ms after_ts, std::uint32_t minute_of_day) {
  // The day before too: a clock that went back may show yesterday's minute after it has shown today's first one.
  for (std::int64_t day = local_time(zone, after_ts).day - 1;; ++day) {
    const Ms ts = instant_of(zone, day * day_ms + static_cast<Ms>(minute_of_day) * minute_ms);
    if (ts > after_ts) return ts;
  }
}

}  // namespace rf
