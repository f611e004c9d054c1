#include "tools/rf-load/names.hpp"

#include <charconv>
#include <utility>

#include "core/base/assert.hpp"

namespace rf::load {

namespace {

constexpr std::uint32_t runs = 1000;
constexpr std::uint32_t calls_of_a_run = 1'000'000;

std::optional<std::uint32_t> number_after(std::string_view prefix, std::string_view text) {
  if (text.substr(0, prefix.size()) != prefix) return std::nullopt;
  text.remove_prefix(prefix.size());
  std::uint32_t out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return out;
}

}  // namespace

Names::Names(std::uint32_t run, std::string agent_prefix) : run_(run % runs), agent_prefix_(std::move(agent_prefix)) {}

std::string Names::caller(CallIndex call) const {
  RF_ASSERT(call < calls_of_a_run);
  return "c" + std::to_string((run_ + runs) * calls_of_a_run + call);
}

std::optional<CallIndex> Names::caller_named(std::string_view user) const {
  const auto number = number_after("c", user);
  const std::uint32_t first = (run_ + runs) * calls_of_a_run;
  if (!number || *number < first || *number - first >= calls_of_a_run) return std::nullopt;
  return *number - first;
}

std::optional<AgentIndex> Names::agent_named(std::string_view user) const { return number_after(agent_prefix_, user); }

std::string Names::tag() { return std::to_string(run_) + "t" + std::to_string(++tags_); }

}  // namespace rf::load
