#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "core/account/reply.hpp"
#include "core/base/ids.hpp"
#include "core/base/result.hpp"

/// The cross-account machine (R21): names that may belong to one account only are claimed here first, then used in the
/// account's own facts, and released in reverse.
namespace rf::core::directory {

enum class NameKind : std::uint8_t {
  /// The account's own key.
  account,
  sip_domain,
  number,
  /// A trunk's numeric address.
  trunk,
  /// An edge's name; its owner is the cluster, not an account.
  edge,
};
std::string_view name_of(NameKind kind);

struct Name {
  NameKind kind = NameKind::account;
  std::string text;
  friend auto operator<=>(const Name&, const Name&) = default;
};

struct Claim {
  AccountId account;
  /// The command that claimed it: the same command may claim again.
  CommandId claimed_by;
  friend bool operator==(const Claim&, const Claim&) = default;
};

struct Claimed {
  Name name;
  Claim claim;
};
struct Released {
  Name name;
};
struct Fact {
  std::uint64_t seq = 0;
  std::int64_t ts = 0;
  std::variant<Claimed, Released> body;
};

struct Directory {
  std::map<Name, Claim> names;
  std::uint64_t seq = 0;
};

/// Claims every name or none.
struct ClaimNames {
  AccountId account;
  CommandId command;
  std::vector<Name> names;
};
struct ReleaseNames {
  AccountId account;
  std::vector<Name> names;
};
using Command = std::variant<ClaimNames, ReleaseNames>;

struct Decision {
  Reply reply;
  std::vector<Fact> facts;
};

/// Pure. ClaimNames: already_exists names the first text that another account holds; claiming what the account holds
/// already writes nothing. ReleaseNames: names the account does not hold are passed over.
Decision decide(const Directory& directory, const Command& command, std::int64_t ts);
/// The only mutator; assigns.
void apply(Directory& directory, const Fact& fact);

}  // namespace rf::core::directory
