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
    return client_.ask(account.id, command::SetStatus{agent.id, Status::available, ""});
  if (known->external_calls > 0 && random.chance(0.8))
    return client_.ask(account.id, command::SetExternalCalls{agent.id, 0});
  switch (random.below(12)) {
    case 0: return client_.ask(account.id, command::Logout{agent.id, "shift over"});
    case 1: return client_.ask(account.id, command::SetStatus{agent.id, Status::not_ready, ""});
    case 2: return client_.ask(account.id, command::SetStatus{agent.id, Status::on_break, "lunch"});
    case 3: return client_.ask(account.id, command::SetStatus{agent.id, Status::on_break, ""});
    case 4: return client_.ask(account.id, command::SetStatus{agent.id, Status::offline, ""});
    case 5: return client_.ask(account.id, command::SetExternalCalls{agent.id, 1});
    case 6:
    case 7: return client_.ask(account.id, command::EndWrapup{agent.id});
    case 8: return client_.ask(account.id, command::Login{agent.id, {queue}});
    case 9: return client_.ask(account.id, command::SetMembershipActive{agent.id, queue, false, Asker::agent});
    case 10: return client_.ask(account.id, command::SetMembershipActive{agent.id, queue, true, Asker::agent});
    default:
      return client_.ask(account.id,
                         command::SetMembershipActive{agent.id, queue, random.chance(0.8), Asker::supervisor});
  }
}

void Integrator::start() {
  for (const AccountPlan& account : context_.plan.accounts) enqueue_again(account);
}

void Integrator::enqueue_again(const AccountPlan& account) {
  context_.schedule.after(context_.random.about(context_.plan.api_call), [this, &account] {
    if (!calm_) {
      const CallId call(client_.new_id(4));
      command::Enqueue enqueue{call, context_.random.one_of(account.queues).id, "", "api", "", 0};
      if (context_.random.chance(0.2)) enqueue.priority = static_cast<std::int32_t>(context_.random.below(3));
      client_.ask(account.id, enqueue);
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
    const auto calls = ledger->durable().index.edge_calls.find(api_edge);
    if (calls == ledger->durable().index.edge_calls.end()) continue;
    for (CallId call : calls->second) client_.ask(account, command::CompleteCall{call});
  }
}

void Integrator::watch(AccountId account, const Fact& fact) {
  Random& random = context_.random;
  if (const auto* offered = std::get_if<fact::Offered>(&fact.body)) {
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
