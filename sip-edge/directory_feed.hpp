#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sip-edge/directory_copy.hpp"

namespace rf::edge {

/// A name as a node tells it. Of a released name the owner has no meaning.
struct DirectoryEntry {
  DirectoryCopy::Kind kind = DirectoryCopy::Kind::sip_domain;
  std::string text;
  NameOwner owner;
  friend bool operator==(const DirectoryEntry&, const DirectoryEntry&) = default;
};

/// One message of a node about the directory: a part of a whole copy, or what changed up to `version`.
struct DirectoryPart {
  std::uint64_t version = 0;
  /// First part of a whole copy.
  bool whole = false;
  /// The copy goes on in the next message.
  bool more = false;
  std::vector<DirectoryEntry> names;
  std::vector<DirectoryEntry> released;
  /// Names that made no sense and are missing here.
  std::size_t left_out = 0;
  friend bool operator==(const DirectoryPart&, const DirectoryPart&) = default;
};

/// Makes one copy of the directory of what several nodes tell. A whole copy takes effect when its last part is there.
/// Versions are the directory's own, the same at every node: what is older than the copy changes nothing. One thread.
class DirectoryFeed {
 public:
  explicit DirectoryFeed(std::size_t nodes) : nodes_(nodes) {}

  /// Takes what node number `node` said. Returns whether the copy may have changed.
  bool take(std::size_t node, DirectoryPart part);
  /// The stream to the node ended: it tells everything anew after the next Attach.
  void lost(std::size_t node);

  const DirectoryCopy& copy() const { return copy_; }
  /// Whether any whole copy was complete since the start.
  bool known() const { return known_; }

 private:
  struct Node {
    /// A whole copy whose last part has not come.
    std::optional<DirectoryCopy> coming;
    /// Its whole copy came on the stream that stands.
    bool told = false;
  };
  bool adopt(std::size_t node, DirectoryCopy whole);

  std::vector<Node> nodes_;
  DirectoryCopy copy_;
  bool known_ = false;
};

}  // namespace rf::edge
