#include "sip-edge/directory_copy.hpp"

#include <utility>

namespace rf::edge {

void DirectoryCopy::clear() {
  for (Names& names : names_) names.clear();
  accounts_.clear();
  version = 0;
}

void DirectoryCopy::put(Kind kind, std::string text, NameOwner owner) {
  erase(kind, text);
  Account& account = accounts_[owner.account];
  account.shard = owner.shard;
  ++account.names;
  names(kind).emplace(std::move(text), owner);
}

void DirectoryCopy::erase(Kind kind, const std::string& text) {
  const auto it = names(kind).find(text);
  if (it == names(kind).end()) return;
  const auto account = accounts_.find(it->second.account);
  if (--account->second.names == 0) accounts_.erase(account);
  names(kind).erase(it);
}

std::optional<NameOwner> DirectoryCopy::find(Kind kind, std::string_view text) const {
  const Names& names = names_[static_cast<std::size_t>(kind)];
  const auto it = names.find(std::string(text));
  if (it == names.end()) return std::nullopt;
  return it->second;
}

std::optional<std::uint32_t> DirectoryCopy::shard_of(AccountId account) const {
  const auto it = accounts_.find(account);
  if (it == accounts_.end()) return std::nullopt;
  return it->second.shard;
}

std::size_t DirectoryCopy::size() const {
  std::size_t sum = 0;
  for (const Names& names : names_) sum += names.size();
  return sum;
}

}  // namespace rf::edge
