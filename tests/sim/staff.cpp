#include "tests/sim/staff.hpp"

namespace rf::sim {

using namespace rf::core;

void Staff::start() {
  for (const AccountPlan& account : context_.plan.accounts)
    for (const AgentPlan& agent : account.agents) act_again(account, agent);
}

void Staff::act_again(const AccountPlan& account, const AgentPlan& agent) {
  context_.schedule.after(context_.random.about(context_.plan.agent_act), [this, &account, &agent] {
    if (!calm_) act(account, agent);
    act_again(account, agent);
  });
}

void Staff::act(const AccountPlan& account, const AgentPlan& agent) {
  Random& random = context_.random;
  const Agent* known = find_agent(ledgers_.at(account.id)->durable(), agent.id);
  const QueueId queue = random.one_of(account.queues).id;
  if (known == nullptr || known->removed || (known->status == Status::offline && random.chance(0.9))) {
    command::Login login{agent.id, {}};
    for (const QueuePlan& q : account.queues)
      if (random.chance(0.7)) login.queues.push_back(q.id);
    return client_.ask(account.id, login);
  }
  if (known->status != Status::available && random.chance(0.7))
    return client_.ask(account.id, command::SetStatus{agent.id, Status::available});
  if (known->external_calls > 0 && random.chance(0.8))
    return client_.ask(account.id, command::SetExternalCalls{agent.id, 0});
  if (known->wrapup_until_ts != 0 && known->disposition_due && random.chance(0.5)) return give_outcome(account, *known);
  if (known->wrapup_until_ts != 0 && random.chance(0.2))
    return client_.ask(account.id, command::ExtendWrapup{agent.id, random.between(1, 10) * second_ms});
  switch (random.below(20)) {
    case 12: {
      command::SetStatus later{agent.id, Status::on_break, "lunch"};
      later.at_end_of_call = true;
      return client_.ask(account.id, later);
    }
    case 13: return client_.ask(account.id, command::ClearNextStatus{agent.id});
    case 14: return client_.ask(account.id, command::SetMembershipPaused{agent.id, queue, random.chance(0.5), "lunch"});
    case 15: return client_.ask(account.id, command::BeginExternalCall{agent.id, "1", "", random.chance(0.5)});
    case 16: return client_.ask(account.id, command::EndExternalCall{agent.id});
    case 17: return client_.ask(account.id, command::ExtendWrapup{agent.id, random.between(1, 10) * second_ms});
    case 18: return client_.ask(account.id, command::ResetAgent{agent.id, "stuck"});
    case 19: return plan_shifts(account, agent.id);
    case 0: return client_.ask(account.id, command::Logout{agent.id, "shift over"});
    case 1: return client_.ask(account.id, command::SetStatus{agent.id, Status::not_ready});
    case 2: return client_.ask(account.id, command::SetStatus{agent.id, Status::on_break, "lunch"});
    case 3: return client_.ask(account.id, command::SetStatus{agent.id, Status::on_break});
    case 4: return client_.ask(account.id, command::SetStatus{agent.id, Status::offline});
    case 5: return client_.ask(account.id, command::SetExternalCalls{agent.id, 1});
    case 6:
    case 7: return client_.ask(account.id, command::EndWrapup{agent.id});
    case 8: return client_.ask(account.id, command::Login{agent.id, {queue}});
    case 9: return client_.ask(account.id, command::SetMembershipActive{agent.id, queue, false, Asker::agent});
    case 10: return client_.ask(account.id, command::SetMembershipActive{agent.id, queue, true, Asker::agent});
    default:
      return client_.ask(account.id, command::SetMembershipActive{agent.id, queue, random.chance(0.8),
                                                                  Asker::supervisor, random.chance(0.3)});
  }
}

void Staff::give_outcome(const AccountPlan& account, const Agent& agent) {
  const bool known = context_.random.chance(0.8);
  const Disposition sold{Category::success, known ? "sold" : "lost", "", {}};
  client_.ask(account.id, command::SetDisposition{agent.wrapup_call, agent.id, sold});
}

/// A shift that has begun or begins soon, with a break in it.
void Staff::plan_shifts(const AccountPlan& account, AgentId agent) {
  Random& random = context_.random;
  const Ms from_ts = ledgers_.at(account.id)->durable().last_ts + random.between(-20, 20) * second_ms;
  const Ms until_ts = from_ts + random.between(60, 300) * second_ms;
  const Activity lunch{"lunch", from_ts + 20 * second_ms, from_ts + 40 * second_ms};
  client_.ask(account.id, command::SetShifts{agent, {Shift{from_ts, until_ts, {lunch}}}});
}

void Integrator::start() {
  for (const AccountPlan& account : context_.plan.accounts) enqueue_again(account);
}

void Integrator::enqueue_again(const AccountPlan& account) {
  context_.schedule.after(context_.random.about(context_.plan.api_call), [this, &account] {
    if (!calm_) {
      const CallId call(client_.new_id(4));
      Random& random = context_.random;
      command::Enqueue enqueue{call, random.one_of(account.queues).id, "", std::to_string(random.below(6)), "", 0};
      if (random.chance(0.2)) enqueue.priority = static_cast<std::int32_t>(random.below(3));
      if (random.chance(0.2)) enqueue.score_ms = random.between(0, 30) * second_ms;
      if (random.chance(0.2)) enqueue.required = {Skill{"dutch", 1 + static_cast<std::uint32_t>(random.below(3))}};
      if (random.chance(0.1)) enqueue.agent = random.one_of(account.agents).id;
      if (random.chance(0.05) && enqueue.agent.set()) enqueue.queue = QueueId();
      client_.ask(account.id, enqueue);
      const Ms in_ms = random.about(8 * second_ms);
      if (random.chance(0.15))
        context_.schedule.after(in_ms, [this, &account, call] {
          client_.ask(account.id, command::PressKey{call, "1"});
        });
      if (random.chance(0.1))
        context_.schedule.after(in_ms, [this, &account, call] {
          client_.ask(account.id, command::RequestCallback{call, "+49301"});
        });
      // Its caller gives up, or it is over by then.
      complete(account.id, call, std::min(70 * second_ms, context_.random.about(40 * second_ms)));
      context_.tally.count("calls by API");
    }
    enqueue_again(account);
  });
}

void Integrator::complete(AccountId account, CallId call, Ms in_ms) {
  context_.schedule.after(in_ms, [this, account, call] { client_.ask(account, command::CompleteCall{call}); });
}

void Integrator::complete_all() {
  for (const auto& [account, ledger] : ledgers_) {
    for (const auto& [id, call] : ledger->durable().calls)
      if (call.arrival.edge == api_edge || call.callback) client_.ask(account, command::CompleteCall{id});
  }
}

void Integrator::watch(AccountId account, const Fact& fact) {
  Random& random = context_.random;
  if (const auto* offered = std::get_if<fact::Offered>(&fact.body)) {
    const CallId call = offered->call;
    if (random.chance(0.03))
      context_.schedule.after(second_ms, [this, account, call] { client_.ask(account, command::PressKey{call, "1"}); });
    if (offered->edge != api_edge && !random.chance(0.01)) return;
    const ReservationId id = offered->reservation;
    const Ms in_ms = random.about(2 * second_ms);
    if (random.chance(0.7)) {
      context_.schedule.after(in_ms, [this, account, id] { client_.ask(account, command::AcceptOffer{id}); });
    } else if (random.chance(0.7)) {
      static const std::vector<CloseCause> causes{CloseCause::rejected, CloseCause::busy, CloseCause::no_answer,
                                                  CloseCause::unreachable, CloseCause::not_rung};
      const CloseCause cause = random.one_of(causes);
      context_.schedule.after(in_ms, [this, account, id, cause] {
        client_.ask(account, command::RejectOffer{id, cause});
      });
    }
  }
  if (const auto* answered = std::get_if<fact::Answered>(&fact.body)) {
    const OfferSeen* seen = ledgers_.at(account)->offer(answered->reservation);
    if (seen != nullptr && (seen->offer.edge == api_edge || random.chance(0.01)))
      complete(account, seen->offer.call, random.about(context_.plan.talk / 2));
  }
}

}  // namespace rf::sim
