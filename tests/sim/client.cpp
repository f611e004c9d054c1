#include "tests/sim/client.hpp"

#include <string>

#include "actors/answer.hpp"
#include "tests/sim/text.hpp"

namespace rf::sim {

namespace {

constexpr int tries_max = 10;
constexpr double reply_lost = 0.03;
/// By then what a flood left under way is done, whatever stood still meanwhile.
constexpr Ms flood_ms_max = 300 * second_ms;

bool not_now(Code code) {
  return code == Code::not_owner || code == Code::unknown_outcome || code == Code::overloaded ||
         code == Code::unavailable;
}

}  // namespace

void Client::ask(AccountId account, core::Command command, OnReply done) {
  auto request = std::make_shared<Request>();
  request->account = account;
  request->id = CommandId(new_id(7));
  request->command = std::move(command);
  request->done = std::move(done);
  request->tries_left = tries_max;
  send(request);
}

void Client::ask_once(AccountId account, core::Command command) {
  auto request = std::make_shared<Request>();
  request->account = account;
  request->command = std::move(command);
  request->tries_left = 1;
  send(request);
}

/// Usually the leader; sometimes one that was it, or never will be.
Node* Client::door() {
  if (context_.random.chance(0.97))
    for (const auto& node : nodes_)
      if (node->leads()) return node.get();
  Node* node = context_.random.one_of(nodes_).get();
  return node->up() ? node : nullptr;
}

void Client::send(const std::shared_ptr<Request>& request) {
  if (request->over || request->tries_left-- <= 0) return;
  if (Node* node = door())
    node->command(request->account, request->id, request->command,
                  [this, request](const core::Reply& reply) { take(request, reply); });
  // Sometimes asked again while the first is still under way.
  const Ms patience_ms = context_.random.chance(0.02) ? 1 : context_.random.between(1, 5) * second_ms;
  if (request->id.set()) context_.schedule.after(patience_ms, [this, request] { send(request); });
}

/// Only the account that is flooded has too many commands under way (P17), or one whose own facts the disk keeps waiting.
void Client::judge_overload(AccountId account, const core::Reply& reply) {
  if (reply.code != Code::overloaded || reply.what != actors::refusal(Code::overloaded).reply.what) return;
  const Ledger& ledger = *ledgers_.at(account);
  if (ledger.decided().seq != ledger.durable().seq) return;
  const auto flooded = flooded_ms_.find(account);
  if (flooded == flooded_ms_.end() || flooded->second + flood_ms_max < context_.now_ms())
    context_.judge.fail("P17: " + account.text() + " is overloaded although another account is flooded");
}

void Client::take(const std::shared_ptr<Request>& request, const core::Reply& reply) {
  ledgers_.at(request->account)->replied(request->id, reply);
  const std::string_view name = core::command::name_of(request->command);
  context_.judge.note([&] {
    return brief(request->account) + " " + std::string(name) + " " + brief(request->id) + ": " +
           std::string(name_of(reply.code)) + " " + reply.what;
  });
  context_.tally.count("commands answered");
  judge_overload(request->account, reply);
  if (!reply.ok()) ++context_.tally.refusals[std::string(name) + " " + std::string(name_of(reply.code))];
  if (request->over || not_now(reply.code)) return;
  if (request->id.set() && context_.random.chance(reply_lost)) return context_.tally.count("replies lost");
  request->over = true;
  if (request->done) request->done(reply);
}

}  // namespace rf::sim
