#pragma once
#include "tools/rf-load/options.hpp"

namespace rf::load {

/// Makes the account of a run through the node's API: queues with their numbers, agents in all of them with SIP passwords,
/// domain, trunk; then logs every agent in. Doing it again changes what differs. Prints each step. Errors: the node's.
Result<void> prepare(const Options& options);

}  // namespace rf::load
