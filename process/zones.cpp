#include "process/zones.hpp"

#include <absl/time/time.h>

#include <algorithm>

namespace rf::process {

namespace {

constexpr Ms ahead_ms = 30LL * 366 * 24 * 3600 * second_ms;
constexpr std::size_t name_chars_max = 64;

/// The database lies in files: only what can be the name of a zone reaches the file system. Every IANA name begins with a
/// capital, which other files of that folder do not.
bool is_zone_name(std::string_view name) {
  const auto letter = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); };
  return !name.empty() && name.size() <= name_chars_max && name.front() >= 'A' && name.front() <= 'Z' &&
         std::all_of(name.begin(), name.end(), [&](char c) {
           return letter(c) || (c >= '0' && c <= '9') || std::string_view("/_+-").find(c) != std::string_view::npos;
         });
}

Ms offset_ms(const absl::TimeZone& zone, absl::Time at) { return Ms{zone.At(at).offset} * second_ms; }

std::unique_ptr<const Zone> read(const absl::TimeZone& source, Ms until_ts) {
  auto zone = std::make_unique<Zone>();
  absl::Time at = absl::UnixEpoch();
  zone->first_offset_ms = offset_ms(source, at);
  Ms last_ms = zone->first_offset_ms;
  absl::TimeZone::CivilTransition change;
  while (source.NextTransition(at, &change)) {
    // The first instant at which the clock shows what it shows behind the change.
    at = source.At(change.to).post;
    const Ms at_ts = absl::ToUnixMillis(at);
    if (at_ts > until_ts) break;
    const Ms next_ms = offset_ms(source, at);
    if (next_ms != last_ms) zone->changes.push_back({at_ts, next_ms});
    last_ms = next_ms;
  }
  return zone;
}

}  // namespace

const Zone* SystemZones::find(std::string_view name) const {
  if (name.empty()) return utc_only().find(name);
  if (!is_zone_name(name)) return nullptr;
  const std::lock_guard lock(mutex_);
  if (const auto known = found_.find(name); known != found_.end()) return known->second.get();
  absl::TimeZone source;
  const std::string text(name);
  if (!absl::LoadTimeZone(text, &source)) return nullptr;
  return found_.emplace(text, read(source, clock_.wall_ms() + ahead_ms)).first->second.get();
}

}  // namespace rf::process
