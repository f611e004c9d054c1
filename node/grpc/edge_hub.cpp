#include "node/grpc/edge_hub.hpp"

namespace rf::node {

void EdgeHub::order(AccountId account, actors::Fence fence, const link::Order& order) {
  send_if(order.edge, order_message(account, fence, order), [&](Attached& to) { return to.gate.admits(account); });
}

void EdgeHub::sync(AccountId account, actors::Fence fence, const EdgeName& edge, const link::Sync& sync) {
  send_if(edge, sync_message(account, fence, sync), [&](Attached& to) {
    to.gate.synced(account);
    return true;
  });
}

Result<void> EdgeHub::attach(const EdgeName& edge, std::uint64_t epoch, const std::shared_ptr<EdgeLine>& line,
                             api::NodeMessage accepted) {
  std::shared_ptr<EdgeLine> replaced;
  {
    const std::lock_guard lock(mutex_);
    if (closed_) return Error{Code::unavailable, "this node is shutting down: attach again in a moment"};
    std::uint64_t& highest = highest_epoch_[edge];
    if (epoch < highest)
      return Error{Code::failed_precondition, "the edge " + edge + " has attached with epoch " +
                                                  std::to_string(highest) + ", which is newer than " +
                                                  std::to_string(epoch) +
                                                  ": stop this process, or give it another edge name"};
    highest = epoch;
    replaced = std::exchange(edges_[edge], Attached{line, OrderGate()}).line;
    std::uint64_t version = 0;
    const std::vector<HeldName> names = parts_.directory.all(version);
    line->send(std::move(accepted));
    for (api::NodeMessage& message : directory_messages(version, names)) line->send(std::move(message));
    line->send(leading_message(parts_.roles.led()));
    parts_.metrics.gauge(process::Metric::edge_attached, {}).set(static_cast<double>(edges_.size()));
  }
  if (replaced) replaced->end({grpc::StatusCode::ABORTED, "the edge attached anew: this stream is not used any more"});
  return {};
}

void EdgeHub::detach(const EdgeName& edge, const EdgeLine* line) {
  const std::lock_guard lock(mutex_);
  const auto found = edges_.find(edge);
  if (found == edges_.end() || found->second.line.get() != line) return;
  edges_.erase(found);
  parts_.metrics.gauge(process::Metric::edge_attached, {}).set(static_cast<double>(edges_.size()));
}

bool EdgeHub::current(const EdgeName& edge, const EdgeLine* line) const {
  const std::lock_guard lock(mutex_);
  const auto found = edges_.find(edge);
  return found != edges_.end() && found->second.line.get() == line;
}

std::set<EdgeName> EdgeHub::attached() const {
  const std::lock_guard lock(mutex_);
  std::set<EdgeName> names;
  for (const auto& [name, attached] : edges_) names.insert(name);
  return names;
}

void EdgeHub::give_up(const EdgeName& edge, const grpc::Status& status) {
  std::shared_ptr<EdgeLine> line;
  {
    const std::lock_guard lock(mutex_);
    const auto found = edges_.find(edge);
    if (found == edges_.end()) return;
    line = found->second.line;
  }
  detach(edge, line.get());
  line->drop(status);
}

std::vector<AccountId> EdgeHub::owe_syncs(const EdgeName& edge, const EdgeLine* line,
                                          const std::vector<AccountId>& known, Ms now_ms) {
  const std::lock_guard lock(mutex_);
  const auto found = edges_.find(edge);
  if (found == edges_.end() || found->second.line.get() != line) return {};
  return found->second.gate.owe(known, now_ms);
}

std::vector<std::pair<EdgeName, AccountId>> EdgeHub::overdue_syncs(Ms now_ms) {
  const std::lock_guard lock(mutex_);
  std::vector<std::pair<EdgeName, AccountId>> late;
  for (auto& [name, attached] : edges_)
    for (const AccountId account : attached.gate.overdue(now_ms)) late.emplace_back(name, account);
  return late;
}

void EdgeHub::send(const EdgeName& edge, const EdgeLine* line, api::NodeMessage message) {
  send_if(edge, std::move(message), [&](Attached& to) { return to.line.get() == line; });
}

void EdgeHub::send_if(const EdgeName& edge, api::NodeMessage message, const std::function<bool(Attached&)>& may_pass) {
  std::shared_ptr<EdgeLine> slow;
  {
    const std::lock_guard lock(mutex_);
    const auto found = edges_.find(edge);
    if (found == edges_.end() || !may_pass(found->second)) return;
    if (!found->second.line->send(std::move(message))) slow = found->second.line;
  }
  if (slow) drop_slow(edge, slow);
}

void EdgeHub::send_all(const api::NodeMessage& message) {
  std::vector<std::pair<EdgeName, std::shared_ptr<EdgeLine>>> slow;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [name, attached] : edges_)
      if (!attached.line->send(message)) slow.emplace_back(name, attached.line);
  }
  for (const auto& [name, line] : slow) drop_slow(name, line);
}

void EdgeHub::drop_slow(const EdgeName& edge, const std::shared_ptr<EdgeLine>& line) {
  // What it missed comes whole with its next Attach (R10).
  parts_.log.warn("edge_dropped", {{"edge", edge}, {"reason", "it did not take its messages"}});
  detach(edge, line.get());
  line->drop({grpc::StatusCode::RESOURCE_EXHAUSTED, "the edge does not take its messages: attach again"});
}

void EdgeHub::directory_changed(const DirectoryChange& change) {
  if (const auto message = directory_message(change)) send_all(*message);
}

void EdgeHub::credentials_changed(const storage::AccountBatch& batch) {
  for (const core::Fact& fact : batch.facts) {
    const auto* set = std::get_if<core::fact::CredentialSet>(&fact.body);
    const auto* removed = std::get_if<core::fact::AgentRemoved>(&fact.body);
    if (set == nullptr && removed == nullptr) continue;
    api::NodeMessage message;
    api::CredentialChanged& changed = *message.mutable_credential_changed();
    changed.set_account_id(batch.account.text());
    changed.set_agent_id((set != nullptr ? set->agent : removed->agent).text());
    changed.set_removed(removed != nullptr);
    send_all(message);
  }
}

void EdgeHub::close(const grpc::Status& status) {
  std::map<EdgeName, Attached> closed;
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    closed.swap(edges_);
  }
  for (const auto& [name, attached] : closed) attached.line->end(status);
}

}  // namespace rf::node
