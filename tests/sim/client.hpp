#pragma once
#include <functional>
#include <map>
#include <memory>
#include <vector>

#include "tests/sim/context.hpp"
#include "tests/sim/log.hpp"
#include "tests/sim/node.hpp"

namespace rf::sim {

/// What people and integrators ask of the cluster: each command under its own id, asked again under the same id while the
/// answer is lost, late or "not now" (R24).
class Client {
 public:
  using OnReply = std::function<void(const core::Reply&)>;
  Client(Context& context, Ledgers& ledgers, std::vector<std::unique_ptr<Node>>& nodes)
      : context_(context), ledgers_(ledgers), nodes_(nodes) {}

  void ask(AccountId account, core::Command command) { ask(account, std::move(command), nullptr); }
  void ask(AccountId account, core::Command command, OnReply done);
  /// Once, without an id, whatever the answer.
  void ask_once(AccountId account, core::Command command);
  /// From here on the account has more commands under way than it may, and for a while.
  void floods(AccountId account) { flooded_ms_[account] = context_.now_ms(); }
  Ulid new_id(std::uint64_t what) { return Ulid{what, ++last_id_}; }

 private:
  struct Request {
    AccountId account;
    CommandId id;
    core::Command command;
    OnReply done;
    int tries_left = 0;
    bool over = false;
  };
  void send(const std::shared_ptr<Request>& request);
  void take(const std::shared_ptr<Request>& request, const core::Reply& reply);
  void judge_overload(AccountId account, const core::Reply& reply);
  Node* door();

  Context& context_;
  Ledgers& ledgers_;
  std::vector<std::unique_ptr<Node>>& nodes_;
  std::uint64_t last_id_ = 0;
  std::map<AccountId, Ms> flooded_ms_;
};

}  // namespace rf::sim
