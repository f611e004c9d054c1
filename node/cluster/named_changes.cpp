#include "node/cluster/named_changes.hpp"

#include <set>
#include <utility>

#include "node/cluster/names.hpp"

namespace rf::node {

namespace {

core::Reply reply_of(const Error& error) {
  core::Reply reply;
  reply.code = error.code;
  reply.what = error.what;
  return reply;
}

}  // namespace

void NamedChanges::submit(NamedChange change, actors::OnReply on_reply) {
  const AccountId account = change.change.account;
  const auto running = std::make_shared<Running>(Running{std::move(change), std::move(on_reply)});
  {
    const std::lock_guard lock(mutex_);
    std::deque<Shared>& lane = lanes_[account];
    lane.push_back(running);
    if (lane.size() > 1) return;
  }
  run(running);
}

void NamedChanges::run(const Shared& running) {
  const NamedChange& change = running->change;
  if (change.names.empty()) return command(running);
  parts_.directory.claim(change.change.account, change.change.id, change.names,
                         [this, running](const Result<void>& claimed) {
                           if (claimed) return command(running);
                           end(running, reply_of(claimed.error()));
                         });
}

void NamedChanges::command(const Shared& running) {
  parts_.router.submit(running->change.change, [this, running](const core::Reply& reply) {
    // What may have been written may use the names.
    if (reply.code == Code::unknown_outcome || reply.code == Code::not_owner) return end(running, reply);
    release(running, reply);
  });
}

void NamedChanges::release(const Shared& running, const core::Reply& reply) {
  const AccountId account = running->change.change.account;
  std::set<core::directory::Name> unused = parts_.directory.names_of(account);
  const auto read = parts_.journal.read(account, [&](const core::Account& a) {
    for (const core::directory::Name& name : names_of(a)) unused.erase(name);
  });
  const bool readable = read || read.error().code == Code::not_found;
  if (!readable || unused.empty()) return end(running, reply);
  parts_.directory.release(account, {unused.begin(), unused.end()},
                           [this, running, reply](const Result<void>&) { end(running, reply); });
}

void NamedChanges::end(const Shared& running, const core::Reply& reply) {
  Shared next;
  {
    const std::lock_guard lock(mutex_);
    const auto lane = lanes_.find(running->change.change.account);
    lane->second.pop_front();
    if (lane->second.empty())
      lanes_.erase(lane);
    else
      next = lane->second.front();
  }
  running->on_reply(reply);
  if (next) run(next);
}

}  // namespace rf::node
