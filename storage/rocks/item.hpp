#pragma once
#include <chrono>
#include <vector>

#include "storage/codec/codec.hpp"
#include "storage/committed.hpp"
#include "storage/journal.hpp"

namespace rf::storage::rocks {

/// One thing on its way through log writer and applier, in order.
struct Item {
  enum class Kind : std::uint8_t {
    batch,
    barrier,
    /// `done` gets `error`.
    refused,
    /// on_role is called.
    role,
  };
  Kind kind = Kind::batch;
  std::uint32_t shard = 0;
  std::uint64_t term = 0;
  Journal::Done done;
  std::chrono::steady_clock::time_point proposed;
  Error error;

  Batch batch;
  EncodedEntry entry;
  std::vector<SealedSecret> sealed;
  /// Null for the directory.
  AccountCopy* account = nullptr;
  /// Given by the log writer: the place, and the machine's chain hash there.
  std::uint64_t index = 0;
  Hash head{};

  RoleChange role = RoleChange::follower;
  Ms epoch_start_ts = 0;
};

}  // namespace rf::storage::rocks
