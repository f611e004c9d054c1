#pragma once
#include <string_view>

#include "core/event/config.hpp"

namespace rf::core {

/// The level in that skill; 0: none.
std::uint32_t level_of(const Skills& skills, std::string_view name);
/// Whether every required skill is there at its level at least.
bool meets(const Skills& skills, const Skills& required);
/// Both lists in one; of a skill that both name the higher level.
Skills merged(const Skills& a, const Skills& b);

}  // namespace rf::core
