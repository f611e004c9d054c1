#pragma once
#include "core/state/account.hpp"
#include "ringfence/v1/account.pb.h"

namespace rf::node {

namespace api = ringfence::v1;

/// The account as an administrator defined it, by key: what an import of it takes. Without credentials: their passwords are
/// not known (R22).
api::AccountDefinition definition_of(const core::Account& account);

}  // namespace rf::node
