#pragma once
#include <string>

#include "core/base/result.hpp"
#include "ringfence/v1/account.pb.h"

namespace rf::node {

namespace api = ringfence::v1;

/// The account that a TOML text in the form of deploy/samples/front-desk.toml defines (RP-8). invalid_argument lists every
/// mistake with its line, as `name:line: ...`; an unknown key names the nearest one.
Result<api::AccountDefinition> account_of_toml(const std::string& text, const std::string& name);

/// The definition in the same form, without credentials: importing it into an empty node gives the same account.
std::string toml_of(const api::AccountDefinition& definition);

}  // namespace rf::node
