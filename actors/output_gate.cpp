#include "actors/output_gate.hpp"

#include <utility>

#include "core/base/assert.hpp"
#include "core/base/plant.hpp"

namespace rf::actors {

namespace {

/// What a turn gets that stood behind the one that failed.
Code code_behind(Code failed, OutputGate::Facts facts) {
  if (failed == Code::unavailable || failed == Code::corrupt) return failed;
  return failed == Code::unknown_outcome && facts == OutputGate::Facts::proposed ? failed : Code::not_owner;
}

}  // namespace

std::vector<Output> OutputGate::hold(Output output, Facts facts) {
  std::vector<Output> out;
  if (RF_PLANT(gate_opens_early)) {
    out.push_back(std::move(output));
    output = Output{};
  }
  // Once proposed, its facts may become durable whatever happens to this actor.
  if (facts == Facts::proposed) output.answer.if_dropped(Code::unknown_outcome);
  held_.push_back(Held{std::move(output), facts});
  open(out);
  return out;
}

void OutputGate::open(std::vector<Output>& out) {
  while (!held_.empty() && held_.front().facts == Facts::none) {
    out.push_back(std::move(held_.front().output));
    held_.pop_front();
  }
}

std::vector<Output> OutputGate::committed() {
  RF_ASSERT(!held_.empty());
  std::vector<Output> out;
  held_.front().facts = Facts::none;
  open(out);
  return out;
}

std::vector<Output> OutputGate::fail(const Error& error) {
  std::vector<Output> out;
  // The journal's machine has another next seq: nothing was taken, and the account is loaded anew.
  const bool stale = error.code == Code::failed_precondition;
  for (Held& held : held_) {
    Outcome outcome = refusal(stale ? Code::not_owner : code_behind(error.code, held.facts));
    if (out.empty() && !stale) {
      outcome.reply.code = error.code;
      outcome.reply.what = error.what;
    }
    Output& output = held.output;
    output.outcome = std::move(outcome);
    output.orders.clear();
    output.sync.reset();
    out.push_back(std::move(output));
  }
  held_.clear();
  return out;
}

}  // namespace rf::actors
