#pragma once
#include <vector>

#include "core/directory/directory.hpp"
#include "core/state/account.hpp"

namespace rf::node {

/// Every name of the directory that the account uses (R21).
std::vector<core::directory::Name> names_of(const core::Account& account);

}  // namespace rf::node
