#include "core/strategy/skills.hpp"

#include <algorithm>

namespace rf::core {

std::uint32_t level_of(const Skills& skills, std::string_view name) {
  const auto at = std::lower_bound(skills.begin(), skills.end(), name,
                                   [](const Skill& s, std::string_view n) { return s.name < n; });
  return at != skills.end() && at->name == name ? at->level : 0;
}

bool meets(const Skills& skills, const Skills& required) {
  return std::all_of(required.begin(), required.end(),
                     [&](const Skill& want) { return level_of(skills, want.name) >= want.level; });
}

Skills merged(const Skills& a, const Skills& b) {
  Skills all = a;
  for (const Skill& skill : b) {
    const auto at = std::lower_bound(all.begin(), all.end(), skill.name,
                                     [](const Skill& s, const std::string& n) { return s.name < n; });
    if (at != all.end() && at->name == skill.name)
      at->level = std::max(at->level, skill.level);
    else
      all.insert(at, skill);
  }
  return all;
}

}  // namespace rf::core
