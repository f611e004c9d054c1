#include "node/cluster/router.hpp"

#include <utility>

namespace rf::node {

namespace {

constexpr Ms retry_ms = 50;

/// Whether the reply leaves open if this node's account will take the command.
bool passing(Code code) { return code == Code::not_owner || code == Code::unknown_outcome; }
/// Whether the command was not decided, so that an earlier attempt of it may still have been written.
bool undecided(Code code) { return passing(code) || code == Code::unavailable || code == Code::overloaded; }

}  // namespace

struct Router::Attempt {
  Change change;
  actors::OnReply on_reply;
  bool perhaps_written = false;
};

void Router::submit(Change change, actors::OnReply on_reply) {
  RF_ASSERT(change.id.set());
  auto attempt = std::make_shared<Attempt>();
  attempt->change = std::move(change);
  attempt->on_reply = std::move(on_reply);
  send(attempt);
}

void Router::send(const std::shared_ptr<Attempt>& attempt) {
  const Change& change = attempt->change;
  parts_.actors.command(change.account, change.id, change.command, change.secrets,
                        [this, attempt](const core::Reply& reply) { settle(attempt, reply); });
}

void Router::settle(const std::shared_ptr<Attempt>& attempt, const core::Reply& reply) {
  attempt->perhaps_written = attempt->perhaps_written || reply.code == Code::unknown_outcome;
  if (passing(reply.code) && parts_.clock.mono_ms() + retry_ms < attempt->change.deadline_mono_ms) {
    parts_.timer.post_after(retry_ms, [this, attempt] { send(attempt); });
    return;
  }
  if (attempt->perhaps_written && undecided(reply.code)) {
    core::Reply unknown;
    unknown.code = Code::unknown_outcome;
    unknown.what = "the change may or may not have been written: ask again with the same command_id";
    return end(*attempt, unknown);
  }
  end(*attempt, reply);
}

void Router::end(const Attempt& attempt, const core::Reply& reply) {
  parts_.metrics.counter(process::Metric::commands, {name_of(reply.code)}).add(1);
  attempt.on_reply(reply);
}

}  // namespace rf::node
