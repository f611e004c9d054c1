#pragma once
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "core/directory/directory.hpp"
#include "core/state/account.hpp"
#include "storage/codec/rows.hpp"
#include "storage/keys.hpp"

/// How batches become state and state becomes rows (R7, R19): the same on every form of the journal and on replay.
namespace rf::storage {

/// Rows of one account that differ from the stored ones. The meta row always does.
struct ChangedRows {
  using Entity = std::pair<RowKind, Ulid>;
  struct HashOfEntity {
    std::size_t operator()(const Entity& entity) const;
  };
  bool account = false;
  /// With whether it was there before the change: one that came and went between two writes of rows leaves no trace.
  std::unordered_map<Entity, bool, HashOfEntity> entities;
  /// The same for rows whose id is a text: edges, sticky entries, kept places.
  std::map<std::pair<RowKind, std::string>, bool> texts;
};

/// Applies every fact and adds the rows that changed; `changed` is empty, or of the batches since the rows were last written.
/// The batch must be the account's next.
void fold(core::Account& account, const AccountBatch& batch, ChangedRows& changed);
/// Applies every fact; names that changed are those of the facts. The batch must be the directory's next.
void fold(core::directory::Directory& directory, const DirectoryBatch& batch);

/// Every row the account has.
ChangedRows all_rows(const core::Account& account);

/// One row to store; no bytes: the row is gone.
using RowWriter = std::function<void(RowKind kind, std::string_view id, const std::optional<std::string>& bytes)>;

/// The meta row and the changed rows as they are now; `head` is the chain hash at the account's seq.
void write_rows(const core::Account& account, const Hash& head, const ChangedRows& changed, const RowWriter& write);
/// The meta row and the rows of the names that the batch touched.
void write_rows(const core::directory::Directory& directory, const DirectoryBatch& batch, const Hash& head,
                const RowWriter& write);
/// The meta row and every name.
void write_rows(const core::directory::Directory& directory, Ms last_ts, const Hash& head, const RowWriter& write);

/// An account or the directory as its rows are read: take every row, then finish.
struct LoadedAccount {
  core::Account account;
  Hash head{};
  bool has_meta = false;

  /// corrupt: bytes that are no such row, or a row under another's key.
  Result<void> take(RowKind kind, std::string_view id, std::string_view bytes);
  /// Rebuilds what is derived; corrupt without a meta row.
  Result<void> finish();
};
struct LoadedDirectory {
  core::directory::Directory directory;
  Hash head{};
  bool has_meta = false;

  Result<void> take(RowKind kind, std::string_view id, std::string_view bytes);
};

}  // namespace rf::storage
