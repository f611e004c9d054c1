#include "tests/sim/tally.hpp"

#include <sstream>
#include <utility>

#include "core/base/result.hpp"

namespace rf::sim {

namespace {

using core::fact::Body;

template <std::size_t... I>
std::array<std::string, sizeof...(I)> fact_names(std::index_sequence<I...>) {
  return {std::string(core::name_of(Body(std::in_place_index<I>)))...};
}
const auto& names() {
  static const auto all = fact_names(std::make_index_sequence<std::variant_size_v<Body>>());
  return all;
}

/// What one process of this simulation can be refused with. Left out: timeout (the gateway's deadline), unauthenticated (the
/// doors' business), stale_term (the edges refuse in silence), corrupt (the storage tests damage logs).
constexpr Code refusals_to_cover[] = {Code::invalid_argument, Code::not_found,         Code::already_exists,
                                      Code::not_owner,        Code::overloaded,        Code::unknown_outcome,
                                      Code::unavailable,      Code::permission_denied, Code::failed_precondition};

}  // namespace

void Tally::add(const Tally& other) {
  steps += other.steps;
  for (std::size_t i = 0; i < facts.size(); ++i) facts[i] += other.facts[i];
  for (const auto& [name, n] : other.refusals) refusals[name] += n;
  for (const auto& [name, n] : other.counts) count(name, n);
}

std::map<std::string, std::uint64_t> Tally::facts_by_name() const {
  std::map<std::string, std::uint64_t> by_name;
  for (std::size_t i = 0; i < facts.size(); ++i) by_name[names()[i]] = facts[i];
  return by_name;
}

std::map<std::string, std::uint64_t> Tally::refusals_by_code() const {
  std::map<std::string, std::uint64_t> by_code;
  for (const Code code : refusals_to_cover) by_code[std::string(name_of(code))] = 0;
  for (const auto& [name, n] : refusals) by_code[name.substr(name.find(' ') + 1)] += n;
  return by_code;
}

std::string text_of(const Tally& tally) {
  std::ostringstream text;
  const auto list = [&](const char* title, const auto& entries) {
    text << title << ":";
    const char* separator = " ";
    for (const auto& [name, n] : entries) {
      text << separator << name << " " << n;
      separator = ", ";
    }
    text << "\n";
  };
  text << "steps: " << tally.steps << "\n";
  list("facts", tally.facts_by_name());
  list("refusals by code", tally.refusals_by_code());
  list("refusals", tally.refusals);
  list("seen", tally.counts);
  return text.str();
}

std::string not_covered(const Tally& tally, std::uint64_t least) {
  std::string missing;
  const auto look = [&](const auto& entries) {
    for (const auto& [name, n] : entries)
      if (n < least) missing += (missing.empty() ? "" : ", ") + name + " " + std::to_string(n);
  };
  look(tally.facts_by_name());
  look(tally.refusals_by_code());
  return missing;
}

}  // namespace rf::sim
