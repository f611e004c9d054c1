#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

/// What servers of one Raft group keep and tell each other. Plain values.
namespace rf::storage::raft {

/// A member's number in every group; never 0, never used again for another node.
using NodeNumber = std::uint64_t;

/// A standby gets the log and counts for nothing.
enum class MemberRole : std::uint8_t { standby, voter };
struct Member {
  NodeNumber node = 0;
  MemberRole role = MemberRole::standby;
  friend bool operator==(const Member&, const Member&) = default;
};
using Members = std::vector<Member>;

enum class EntryKind : std::uint8_t {
  /// A `ShardEntry` for the machine above.
  command,
  /// A new leader's first entry, where it must commit older ones. Empty.
  barrier,
  /// The members from here on.
  change,
};
struct Entry {
  std::uint64_t term = 0;
  EntryKind kind = EntryKind::command;
  std::string bytes;
  /// Of a change.
  Members members;
  friend bool operator==(const Entry&, const Entry&) = default;
};
/// Entries never change: log, cache, messages and the machine share them.
using EntryPtr = std::shared_ptr<const Entry>;

/// What a log begins with once its older entries are gone: the machine's state after entry `index`, and the members then.
struct SnapshotHead {
  std::uint64_t index = 0;
  std::uint64_t term = 0;
  std::uint64_t members_index = 0;
  Members members;
  friend bool operator==(const SnapshotHead&, const SnapshotHead&) = default;
};

enum class MessageKind : std::uint8_t { append, append_result, vote, vote_result, install, timeout_now };
/// Unused fields are 0.
struct Message {
  MessageKind kind = MessageKind::append;
  /// Whom it goes to, or from whom it came.
  NodeNumber peer = 0;
  std::uint64_t term = 0;
  /// append: the entry before its first; append_result: the last stored one; vote, timeout_now: the sender's last.
  std::uint64_t index = 0;
  std::uint64_t index_term = 0;
  std::uint64_t commit = 0;
  /// append_result: the index that did not fit; 0: accepted.
  std::uint64_t rejected = 0;
  bool granted = false;
  bool pre_vote = false;
  bool disrupt_leader = false;
  std::vector<EntryPtr> entries;
};

}  // namespace rf::storage::raft
