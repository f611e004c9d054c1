#pragma once
#include <functional>
#include <string>
#include <vector>

#include "node/cluster/directory.hpp"
#include "node/cluster/named_changes.hpp"
#include "node/cluster/router.hpp"
#include "node/cluster/shard_roles.hpp"
#include "node/grpc/method_table.hpp"
#include "process/ids.hpp"
#include "ringfence/v1/common.pb.h"

namespace rf::node {

namespace api = ringfence::v1;

/// A command ready to be sent.
struct Planned {
  core::Command command;
  std::vector<storage::Secret> secrets;
  /// To be claimed before; changes that free names set `names_change` too.
  std::vector<core::directory::Name> names;
  bool names_change = false;
};

/// A command that was carried out, now or when its id came first.
struct Done {
  AccountId account;
  CommandId command;
  core::Reply reply;
};

/// What every service does with its account. Any thread.
class Backend {
 public:
  struct Parts {
    Directory& directory;
    Router& router;
    NamedChanges& named;
    storage::Journal& journal;
    const ShardRoles& roles;
    process::IdMaker& ids;
  };
  /// The parts must outlive the backend and what it has in flight.
  explicit Backend(Parts parts) : parts_(parts) {}

  Directory& directory() const { return parts_.directory; }
  storage::Journal& journal() const { return parts_.journal; }
  process::IdMaker& ids() const { return parts_.ids; }

  /// Reads the committed account that an id or key names. not_found, corrupt.
  Result<AccountId> read(const std::string& id_or_key,
                         const std::function<Result<void>(const core::Account&)>& read) const;
  Result<void> read(AccountId account, const std::function<Result<void>(const core::Account&)>& read) const;
  api::ReadMark mark(const core::Account& account) const;
  /// A reply with the account's mark that `fill(account, reply)` completes.
  template <class Reply, class Fill>
  Result<Reply> reply_with(AccountId account, const Fill& fill) const {
    Reply reply;
    const auto read_rows = read(account, [&](const core::Account& a) -> Result<void> {
      fill(a, reply);
      *reply.mutable_mark() = mark(a);
      return {};
    });
    if (!read_rows) return read_rows.error();
    return reply;
  }

  using Plan = std::function<Result<Planned>(const core::Account& account, CommandId command)>;
  using OnDone = std::function<void(const Result<Done>&)>;
  /// Plans a command on the committed account and sends it. A refusal is an error. A command whose id is known already gets
  /// its stored reply, although what it names may be gone by now (R24).
  void change(const Call& call, const std::string& account, const std::string& command, const Plan& plan,
              OnDone done) const;
  /// The same for an account that may not exist yet: then the plan sees an empty one.
  void change(const Call& call, AccountId account, CommandId command, const Plan& plan, OnDone done) const;

 private:
  const Parts parts_;
};

}  // namespace rf::node
