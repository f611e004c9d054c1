#include "node/cluster/names.hpp"

namespace rf::node {

std::vector<core::directory::Name> names_of(const core::Account& account) {
  using core::directory::NameKind;
  std::vector<core::directory::Name> names;
  if (account.seq > 0) names.push_back({NameKind::account, account.settings.key});
  for (const std::string& domain : account.domains) names.push_back({NameKind::sip_domain, domain});
  for (const auto& [number, queue] : account.numbers) names.push_back({NameKind::number, number});
  for (const auto& [name, trunk] : account.trunks) names.push_back({NameKind::trunk, trunk.address});
  return names;
}

}  // namespace rf::node
