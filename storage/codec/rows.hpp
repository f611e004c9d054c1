#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "core/event/fact.hpp"
#include "storage/journal.hpp"

/// What is stored beside facts and core's own rows.
namespace rf::storage {

/// A SHA-256 value; all zero before the first.
using Hash = std::array<std::uint8_t, 32>;

/// A term's first entry: `wall_ts` is the base of the term's time (R5).
struct EpochStart {
  std::string node;
  Ms wall_ts = 0;
  /// core::rules_version of the build that decides in this term; 0: from before it was told.
  std::uint32_t rules = 0;
};

/// From here on the log may hold entries of this version.
struct MinVersion {
  std::uint32_t version = 0;
};

/// A secret as it is stored (R22); empty `sealed` erases it.
struct SealedSecret {
  std::string name;
  std::string nonce;
  std::string sealed;
};

/// Head of an account or of the directory: seq, time and chain hash of the last batch folded.
struct MetaRow {
  std::uint64_t seq = 0;
  Ms last_ts = 0;
  Hash hash{};
  Ms next_deadline_ts = never_ms;
};

/// What belongs to the account as a whole.
struct AccountRow {
  core::Settings settings;
  std::vector<core::fact::NumberSet> numbers;
  std::vector<std::string> domains;
  std::vector<core::Trunk> trunks;
  std::uint64_t day = 0;
  Ms day_end_ts = 0;
  Ms logoff_ts = 0;
  AgentId logoff_after;
};

}  // namespace rf::storage
