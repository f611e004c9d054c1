#include "core/account/draft.hpp"
#include "core/base/hash.hpp"

namespace rf::core {

namespace {

constexpr Ms direct_ring_default_ms = 20 * second_ms;

const Trunk* outbound_trunk(const Account& account) {
  if (account.trunks.empty()) return nullptr;
  const auto named = account.trunks.find(account.settings.outbound_trunk);
  return named == account.trunks.end() ? &account.trunks.begin()->second : &named->second;
}

/// The same address of the same agent has the same name, on every leader.
link::Endpoint endpoint(const Agent& agent, std::string uri) {
  const std::uint64_t agent_hash = mix64(agent.id.value.high ^ mix64(agent.id.value.low));
  return link::Endpoint{BindingId(Ulid{agent_hash, mix64(fnv1a(uri) ^ agent_hash) | 1}), std::move(uri)};
}

}  // namespace

Ms direct_ring_ms(const Settings& settings) {
  return settings.direct_ring_ms == 0 ? direct_ring_default_ms : settings.direct_ring_ms;
}

std::string address_of(const Account& account, const std::string& number_or_uri) {
  if (number_or_uri.rfind("sip:", 0) == 0) return number_or_uri;
  const Trunk* trunk = outbound_trunk(account);
  if (trunk == nullptr || number_or_uri.empty()) return {};
  const bool v6 = trunk->address.find(':') != std::string::npos && trunk->address.front() != '[';
  return "sip:" + number_or_uri + "@" + (v6 ? "[" + trunk->address + "]" : trunk->address);
}

std::vector<link::Endpoint> endpoints_of(const Account& account, const Agent& agent) {
  std::vector<link::Endpoint> out;
  if (!agent.config.uri.empty()) out.push_back(endpoint(agent, agent.config.uri));
  if (std::string uri = address_of(account, agent.config.follow_me); !uri.empty())
    out.push_back(endpoint(agent, std::move(uri)));
  return out;
}

}  // namespace rf::core
