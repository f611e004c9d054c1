#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/hash.hpp"

namespace rf {

/// 128 bits of a ULID: 48 bits of milliseconds, 80 bits of randomness.
struct Ulid {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  friend auto operator<=>(const Ulid&, const Ulid&) = default;
};

/// The 26 characters of Crockford's base 32, upper case.
std::string text_of(Ulid ulid);
/// Nothing unless `text` is exactly 26 characters of Crockford's base 32 (either case) that fit 128 bits.
std::optional<Ulid> ulid_of(std::string_view text);
/// The ULID of an instant and 80 derived bits: the same inputs give the same id (R5: randomness = hash(account, seq)).
Ulid derived_ulid(std::int64_t ts_ms, std::uint64_t a, std::uint64_t b);

/// A strong id: 16 bytes in memory and in the log, `<prefix>_` + 26 characters for people and APIs.
template <class Tag>
struct Id {
  Ulid value;

  constexpr Id() = default;
  constexpr explicit Id(Ulid v) : value(v) {}

  bool set() const { return value.high != 0 || value.low != 0; }
  std::string text() const { return std::string(Tag::prefix) + "_" + text_of(value); }
  /// Nothing unless `text` has this id's prefix and a valid ULID.
  static std::optional<Id> of(std::string_view text) {
    constexpr std::string_view prefix = Tag::prefix;
    if (text.size() != prefix.size() + 27 || text.substr(0, prefix.size()) != prefix || text[prefix.size()] != '_')
      return std::nullopt;
    auto ulid = ulid_of(text.substr(prefix.size() + 1));
    if (!ulid) return std::nullopt;
    return Id(*ulid);
  }
  friend auto operator<=>(const Id&, const Id&) = default;
};

// clang-format off: a table.
struct AccountTag {
  static constexpr std::string_view prefix = "ac";
};
struct AgentTag {
  static constexpr std::string_view prefix = "us";
};
struct QueueTag {
  static constexpr std::string_view prefix = "q";
};
struct CallTag {
  static constexpr std::string_view prefix = "cl";
};
struct ReservationTag {
  static constexpr std::string_view prefix = "rs";
};
struct BindingTag {
  static constexpr std::string_view prefix = "bd";
};
struct CommandTag {
  static constexpr std::string_view prefix = "cm";
};
// clang-format on

using AccountId = Id<AccountTag>;
using AgentId = Id<AgentTag>;
using QueueId = Id<QueueTag>;
using CallId = Id<CallTag>;
using ReservationId = Id<ReservationTag>;
/// One registered contact of one agent at one edge.
using BindingId = Id<BindingTag>;
/// The caller's name for one command: the same id gives the same result (R24).
using CommandId = Id<CommandTag>;

/// An edge's name, claimed in the directory (1-63 characters). `api_edge` is the home of calls of a foreign switch (R12).
using EdgeName = std::string;
inline const EdgeName api_edge = "api";

}  // namespace rf

template <class Tag>
struct std::hash<rf::Id<Tag>> {
  std::size_t operator()(const rf::Id<Tag>& id) const noexcept {
    return rf::mix64(id.value.high ^ rf::mix64(id.value.low));
  }
};
