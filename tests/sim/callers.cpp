#include "tests/sim/callers.hpp"

#include "tests/sim/text.hpp"

namespace rf::sim {

namespace {
constexpr Ms patience_ms = 40 * second_ms;
constexpr Ms patience_ms_max = 80 * second_ms;
}  // namespace

void Callers::calls(CallId call, std::size_t edge, std::uint64_t life) {
  callers_[call] = Caller{edge, life, State::waits};
  context_.tally.count("calls by phone");
  const Ms patience = std::min(patience_ms_max, context_.random.about(calm_ ? second_ms : patience_ms));
  context_.schedule.after(patience, [this, call] {
    const auto it = callers_.find(call);
    if (it != callers_.end() && it->second.state == State::waits) hang_up(call);
  });
}

void Callers::answered(CallId call) {
  const auto it = callers_.find(call);
  if (it == callers_.end()) return context_.judge.fail("S4: caller " + brief(call) + " is connected after its end");
  if (it->second.state != State::waits) return;
  it->second.state = State::talks;
  context_.tally.count("calls answered");
  const Ms talk_ms = context_.random.about(context_.plan.talk);
  context_.schedule.after(std::min(talk_ms, talk_ms_max), [this, call] {
    const auto caller = callers_.find(call);
    if (caller != callers_.end() && caller->second.state == State::talks) hang_up(call);
  });
}

void Callers::hang_up(CallId call) {
  Caller& caller = callers_.at(call);
  caller.state = State::hung_up;
  context_.schedule.after(std::min<Ms>(1500, context_.random.about(context_.plan.sip)),
                          [this, call, edge = caller.edge] { hang_up_(edge, call); });
}

void Callers::gone_heard(CallId call) { callers_.erase(call); }

void Callers::ended(CallId call) {
  if (callers_.erase(call) == 0) context_.judge.fail("S4: caller " + brief(call) + " ended twice");
}

void Callers::edge_died(std::size_t edge, std::uint64_t life) {
  std::erase_if(callers_, [&](const auto& entry) { return entry.second.edge == edge && entry.second.life == life; });
}

}  // namespace rf::sim
