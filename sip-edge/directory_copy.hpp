#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "core/base/ids.hpp"

namespace rf::edge {

/// Whose a name is, and which shard leads that account.
struct NameOwner {
  AccountId account;
  std::uint32_t shard = 0;
  friend bool operator==(const NameOwner&, const NameOwner&) = default;
};

/// This edge's copy of the directory (R21): SIP domains, numbers, trunk addresses. Never asked over the network. One thread.
class DirectoryCopy {
 public:
  enum class Kind : std::uint8_t { sip_domain, number, trunk };

  void clear();
  /// Gives the name to `owner`, whoever had it.
  void put(Kind kind, std::string text, NameOwner owner);
  void erase(Kind kind, const std::string& text);

  std::optional<NameOwner> find(Kind kind, std::string_view text) const;
  /// The shard of an account that has at least one name.
  std::optional<std::uint32_t> shard_of(AccountId account) const;
  std::size_t size() const;

  std::uint64_t version = 0;

 private:
  struct Account {
    std::uint32_t shard = 0;
    std::size_t names = 0;
  };
  using Names = std::unordered_map<std::string, NameOwner>;
  Names& names(Kind kind) { return names_[static_cast<std::size_t>(kind)]; }

  std::array<Names, 3> names_;
  std::unordered_map<AccountId, Account> accounts_;
};

}  // namespace rf::edge
