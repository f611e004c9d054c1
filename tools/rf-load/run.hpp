#pragma once
#include "tools/rf-load/report.hpp"

namespace rf::load {

/// From a signal: the window of the run in progress ends now, its calls are drained.
void request_stop();

/// Registers, calls, drains, and removes the registrations; at most about `options`' times long. Errors: unavailable (an
/// address that cannot be used).
Result<Outcome> run(const Options& options);

}  // namespace rf::load
