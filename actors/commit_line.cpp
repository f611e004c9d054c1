#include "actors/commit_line.hpp"

#include <utility>

namespace rf::actors {

CommitLine::CommitLine(AccountId account, Fence fence, std::shared_ptr<const Options> options, OnFinished on_finished)
    : account_(account), fence_(fence), options_(std::move(options)), on_finished_(std::move(on_finished)) {}

std::optional<core::Reply> CommitLine::known_reply(CommandId id) const {
  if (!id.set()) return std::nullopt;
  if (const auto it = in_flight_.find(id); it != in_flight_.end()) return it->second;
  const Result<std::optional<core::Reply>> stored = options_->journal->find_result(account_, id);
  if (!stored) return core::Reply{stored.error().code, stored.error().what, Ulid{}, 0};
  return *stored;
}

void CommitLine::answer(Work& work, core::Reply reply) {
  Output output;
  output.answer = std::move(work.answer);
  output.outcome.reply = std::move(reply);
  hold(std::move(output), OutputGate::Facts::none);
}

void CommitLine::finish(Work& work, core::TurnResult result) {
  Output output;
  output.answer = std::move(work.answer);
  output.outcome = Outcome{std::move(result.reply), result.edge};
  output.orders = std::move(result.orders);
  if (result.facts.empty()) return hold(std::move(output), OutputGate::Facts::none);

  storage::AccountBatch batch;
  batch.account = account_;
  batch.facts = std::move(result.facts);
  batch.secrets = std::move(work.secrets);
  // A refusal wrote nothing of its own: it is not remembered, whatever else the turn set off.
  if (work.id.set() && output.outcome.reply.ok()) {
    batch.results.push_back(storage::CommandResult{work.id, output.outcome.reply});
    in_flight_[work.id] = output.outcome.reply;
    output.id = work.id;
  }
  hold(std::move(output), OutputGate::Facts::proposed);
  options_->journal->propose(fence_.shard, fence_.term, std::move(batch),
                             [on_finished = on_finished_](const Result<storage::LogIndex>& done) {
                               on_finished(done ? Error{} : done.error());
                             });
}

void CommitLine::sync(const EdgeName& edge, link::Sync orders) {
  Output output;
  output.sync = EdgeSync{edge, std::move(orders)};
  hold(std::move(output), OutputGate::Facts::none);
}

void CommitLine::committed() { let_out(gate_.committed()); }

void CommitLine::fail(const Error& error) {
  for (Output& output : gate_.fail(error)) output.answer.give(output.outcome);
}

void CommitLine::hold(Output output, OutputGate::Facts facts) { let_out(gate_.hold(std::move(output), facts)); }

void CommitLine::let_out(std::vector<Output> outputs) {
  for (Output& output : outputs) {
    for (const link::Order& order : output.orders) options_->outbox->order(account_, fence_, order);
    if (output.sync) options_->outbox->sync(account_, fence_, output.sync->edge, output.sync->sync);
    if (output.id.set()) in_flight_.erase(output.id);
    output.answer.give(output.outcome);
  }
  options_->observer->gate_depth(gate_.depth());
}

}  // namespace rf::actors
