#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "storage/raft/engine.hpp"

namespace rf::storage::raft {

/// A machine that is nothing but what was applied to it, in order.
struct Machine {
  /// The last entry that was applied, and the members then.
  SnapshotHead head;
  std::uint64_t hash = 0;
  friend bool operator==(const Machine&, const Machine&) = default;
};

/// What one server of a group keeps.
struct Image {
  std::uint64_t term = 0;
  NodeNumber vote = 0;
  std::map<std::uint64_t, EntryPtr> log;
  std::optional<SnapshotHead> snapshot;
  Machine machine;

  std::uint64_t last_index() const { return log.empty() ? (snapshot ? snapshot->index : 0) : log.rbegin()->first; }
  std::uint64_t term_at(std::uint64_t index) const {
    if (const auto entry = log.find(index); entry != log.end()) return entry->second->term;
    return snapshot && snapshot->index == index ? snapshot->term : 0;
  }
};

/// A node's disk, an image for each shard, with one write-ahead log: a crash keeps what was synced and any beginning of what
/// came after.
class Disk {
 public:
  using Images = std::vector<Image>;
  using Change = std::function<void(Images&)>;

  explicit Disk(std::size_t shards) : now_(shards), synced_(shards) {}

  const Images& now() const { return now_; }
  const Images& synced() const { return synced_; }
  void write(Change change) {
    change(now_);
    unsynced_.push_back(std::move(change));
  }
  std::size_t unsynced() const { return unsynced_.size(); }
  /// The oldest `n` changes are on the disk for good.
  void sync(std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) unsynced_[i](synced_);
    unsynced_.erase(unsynced_.begin(), unsynced_.begin() + static_cast<std::ptrdiff_t>(n));
  }
  /// The oldest `n` of the changes that were not synced are kept.
  void crash(std::size_t n) {
    sync(n);
    unsynced_.clear();
    now_ = synced_;
  }

 private:
  Images now_;
  Images synced_;
  std::vector<Change> unsynced_;
};

}  // namespace rf::storage::raft
