#pragma once
#include <string>

#include "tools/ringfencectl/live_rows.hpp"

namespace rf::ctl {

/// A snapshot of a small contact centre at log time 1,000,000,000 ms: an agent in each bucket, two queues, three calls.
api::WatchFrame snapshot_of_a_centre();

/// A frame of one fact.
api::WatchFrame frame_of(const api::Fact& fact);

}  // namespace rf::ctl
