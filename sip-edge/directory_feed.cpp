#include "sip-edge/directory_feed.hpp"

#include <utility>

namespace rf::edge {

namespace {

void add(DirectoryCopy& copy, DirectoryPart& part) {
  for (const DirectoryEntry& entry : part.released) copy.erase(entry.kind, entry.text);
  for (DirectoryEntry& entry : part.names) copy.put(entry.kind, std::move(entry.text), entry.owner);
  copy.version = part.version;
}

}  // namespace

bool DirectoryFeed::take(std::size_t node, DirectoryPart part) {
  Node& from = nodes_[node];
  if (part.whole) from.coming.emplace();
  if (from.coming) {
    add(*from.coming, part);
    if (part.more) return false;
    DirectoryCopy whole = std::move(*from.coming);
    from.coming.reset();
    return adopt(node, std::move(whole));
  }
  // A difference leads from a version that this node told before, so never from one newer than the copy's.
  if (!from.told || part.version <= copy_.version) return false;
  add(copy_, part);
  return true;
}

bool DirectoryFeed::adopt(std::size_t node, DirectoryCopy whole) {
  bool another = false;
  for (std::size_t i = 0; i < nodes_.size(); ++i) another = another || (i != node && nodes_[i].told);
  nodes_[node].told = true;
  // Where no other node says better, the one we hear is right, also when its log is a new one and begins anew.
  if (another && whole.version < copy_.version) return false;
  copy_ = std::move(whole);
  known_ = true;
  return true;
}

void DirectoryFeed::lost(std::size_t node) { nodes_[node] = Node{}; }

}  // namespace rf::edge
