#pragma once
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "node/cluster/directory.hpp"
#include "node/cluster/router.hpp"

namespace rf::node {

/// A change that uses names of the directory, or frees some.
struct NamedChange {
  Change change;
  /// To be claimed before.
  std::vector<core::directory::Name> names;
};

/// Carries out changes that touch the directory: claim, then the account's own facts, then release of every name that the
/// account does not use (R21). One at a time for each account, so that no release takes what another has just claimed. A
/// crash in between leaves at most a name too many, which the account's next change frees. Any thread.
class NamedChanges {
 public:
  struct Parts {
    Directory& directory;
    Router& router;
    storage::Journal& journal;
  };
  /// The parts must outlive this and what it has in flight.
  explicit NamedChanges(Parts parts) : parts_(parts) {}

  /// Errors beside the command's: those of Directory::claim.
  void submit(NamedChange change, actors::OnReply on_reply);

 private:
  struct Running {
    NamedChange change;
    actors::OnReply on_reply;
  };
  using Shared = std::shared_ptr<Running>;

  void run(const Shared& running);
  void command(const Shared& running);
  void release(const Shared& running, const core::Reply& reply);
  void end(const Shared& running, const core::Reply& reply);

  const Parts parts_;
  std::mutex mutex_;
  /// The changes of each account, the running one in front.
  std::map<AccountId, std::deque<Shared>> lanes_;
};

}  // namespace rf::node
