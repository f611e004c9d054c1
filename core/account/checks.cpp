#include "core/account/checks.hpp"

#include "core/base/limits.hpp"

namespace rf::core {

bool in_range(Draft& draft, const char* field, std::int64_t value, std::int64_t low, std::int64_t high) {
  if (value >= low && value <= high) return true;
  draft.refuse(Code::invalid_argument, std::string(field) + " must be between " + std::to_string(low) + " and " +
                                           std::to_string(high) + ", not " + std::to_string(value));
  return false;
}

bool not_too_many(Draft& draft, const std::string& what, std::size_t count, std::size_t max) {
  return in_range(draft, ("the number of " + what).c_str(), static_cast<std::int64_t>(count), 0,
                  static_cast<std::int64_t>(max));
}

bool fits(Draft& draft, const char* field, const std::string& text, bool required) {
  if (required && text.empty()) {
    draft.refuse(Code::invalid_argument, std::string(field) + " must not be empty");
    return false;
  }
  if (text.size() <= limits::text_bytes_max) return true;
  draft.refuse(Code::invalid_argument,
               std::string(field) + " is longer than " + std::to_string(limits::text_bytes_max) + " bytes");
  return false;
}

bool valid_skills(Draft& draft, const char* field, const Skills& skills) {
  if (!not_too_many(draft, std::string(field) + " skills", skills.size(), limits::skills_max)) return false;
  for (std::size_t i = 0; i < skills.size(); ++i) {
    const Skill& skill = skills[i];
    if (!fits(draft, "a skill's name", skill.name, true) ||
        !in_range(draft, ("the level of " + skill.name).c_str(), skill.level, 1, limits::skill_level_max))
      return false;
    if (i == 0 || skills[i - 1].name < skill.name) continue;
    draft.refuse(Code::invalid_argument, std::string(field) + " names the skill \"" + skill.name +
                                             "\" twice, or is not in order: name each once, by the alphabet");
    return false;
  }
  return true;
}

bool in_queue(Draft& draft, AgentId agent, QueueId queue) {
  const Agent& named = *find_agent(draft.account, agent);
  if (find_membership(named, queue) != nullptr) return true;
  draft.refuse(Code::failed_precondition, "agent " + named.config.key + " does not belong to queue " +
                                              config_of(draft.account, queue).key +
                                              ": add the membership, or name the agent alone");
  return false;
}

}  // namespace rf::core
