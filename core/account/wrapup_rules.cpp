#include <algorithm>

#include "core/account/checks.hpp"
#include "core/account/draft.hpp"
#include "core/base/limits.hpp"

namespace rf::core {

namespace {

constexpr Ms extension_ms_max = 24 * 3600 * second_ms;

bool valid_disposition(Draft& draft, const Queue* queue, const Disposition& d) {
  if (!fits(draft, "outcome", d.outcome, true)) return false;
  if (d.notes.size() > limits::notes_bytes_max) {
    draft.refuse(Code::invalid_argument,
                 "notes are longer than " + std::to_string(limits::notes_bytes_max) + " bytes: shorten them");
    return false;
  }
  if (!not_too_many(draft, "tags", d.tags.size(), limits::tags_max)) return false;
  for (const std::string& tag : d.tags)
    if (!fits(draft, "a tag", tag, true)) return false;
  if (queue == nullptr || queue->config.outcomes.empty()) return true;
  std::string names;
  for (const DispositionChoice& choice : queue->config.outcomes) {
    if (choice == DispositionChoice{d.category, d.outcome}) return true;
    names += (names.empty() ? "" : ", ") + std::string(name_of(choice.category)) + " / " + choice.outcome;
  }
  draft.refuse(Code::invalid_argument, std::string(name_of(d.category)) + " / " + d.outcome +
                                           " is no outcome of queue " + queue->config.key + ": choose one of " + names);
  return false;
}

void record(Draft& draft, fact::DispositionSet f) {
  const Account& account = draft.account;
  if (account.dispositions.count(f.call) == 0)
    f.forgotten = draft.oldest_of_full<fact::DispositionSet>(account.dispositions, account.index.dispositions_by_age,
                                                             limits::dispositions_max);
  draft.add(std::move(f));
}

}  // namespace

Ms wrapup_ms_of(const Account& account, const Call& call, const Agent& agent) {
  const Queue* queue = find_queue(account, call.queue);
  const Membership* m = find_membership(agent, call.queue);
  Ms wrapup_ms = account.settings.wrapup_ms;
  if (call.arrival.wrapup_ms)
    wrapup_ms = *call.arrival.wrapup_ms;
  else if (m != nullptr && m->wrapup_ms)
    wrapup_ms = *m->wrapup_ms;
  else if (queue != nullptr && queue->config.wrapup_ms)
    wrapup_ms = *queue->config.wrapup_ms;
  else if (agent.config.wrapup_ms)
    wrapup_ms = *agent.config.wrapup_ms;
  const Ms ceiling_ms = queue == nullptr ? 0 : queue->config.wrapup_ms_max;
  return ceiling_ms == 0 ? wrapup_ms : std::min(wrapup_ms, ceiling_ms);
}

void miss_disposition(Draft& draft, CallId call, AgentId agent, QueueId queue) {
  record(draft, fact::DispositionSet{
                    call, agent, queue, Disposition{Category::unsure, "No agent submission", {}, {}}, 1, true, {}});
}

void end_wrapup(Draft& draft, const Agent& agent, bool manual) {
  if (agent.disposition_due) miss_disposition(draft, agent.wrapup_call, agent.id, agent.wrapup_queue);
  draft.add(fact::WrapupEnded{agent.id, manual});
  if (agent.live.empty()) come_to_next(draft, agent);
}

void decide_rule(Draft& draft, const command::EndWrapup& c) {
  const Agent* agent = live_agent(draft, c.agent);
  if (agent == nullptr) return;
  draft.decision.reply.id = c.agent.value;
  if (agent->wrapup_until_ts == 0)
    return draft.refuse(Code::failed_precondition,
                        std::string(name_of(agent->bucket)) +
                            " -> end of wrap-up is not possible: the agent is not in wrap-up");
  end_wrapup(draft, *agent, true);
}

void decide_rule(Draft& draft, const command::ExtendWrapup& c) {
  const Agent* agent = live_agent(draft, c.agent);
  if (agent == nullptr || !in_range(draft, "by_ms", c.by_ms, 1, extension_ms_max)) return;
  draft.decision.reply.id = c.agent.value;
  if (agent->wrapup_until_ts == 0)
    return draft.refuse(Code::failed_precondition,
                        std::string(name_of(agent->bucket)) +
                            " -> longer wrap-up is not possible: the agent is not in wrap-up");
  const Queue* queue = find_queue(draft.account, agent->wrapup_queue);
  const Ms ceiling_ms = queue == nullptr ? 0 : queue->config.wrapup_ms_max;
  Ms until_ts = agent->wrapup_until_ts + c.by_ms;
  if (ceiling_ms != 0) until_ts = std::min(until_ts, agent->wrapup_since_ts + ceiling_ms);
  if (until_ts <= agent->wrapup_until_ts)
    return draft.refuse(Code::failed_precondition, "wrap-up lasts as long as queue " + queue->config.key +
                                                       " allows already (" + std::to_string(ceiling_ms) +
                                                       " ms): it cannot be extended");
  draft.add(fact::WrapupExtended{c.agent, until_ts});
}

void decide_rule(Draft& draft, const command::SetDisposition& c) {
  const Agent* agent = live_agent(draft, c.agent);
  if (agent == nullptr) return;
  draft.decision.reply.id = c.call.value;
  const bool due = agent->disposition_due && agent->wrapup_call == c.call;
  const auto known = draft.account.dispositions.find(c.call);
  if (!due && (known == draft.account.dispositions.end() || known->second.agent != c.agent)) {
    const Call* call = find_call(draft.account, c.call);
    if (call != nullptr && call->state != CallState::ended)
      return draft.refuse(Code::failed_precondition,
                          "call " + c.call.text() + " -> outcome is not possible: it is not over");
    return draft.refuse(Code::not_found, "call " + c.call.text() +
                                             " takes no outcome of this agent: its queue asks "
                                             "for none, or it ended too long ago");
  }
  const QueueId queue = due ? agent->wrapup_queue : known->second.queue;
  if (!valid_disposition(draft, find_queue(draft.account, queue), c.disposition)) return;
  const std::uint32_t version = known == draft.account.dispositions.end() ? 1 : known->second.version + 1;
  record(draft, fact::DispositionSet{c.call, c.agent, queue, c.disposition, version, false, {}});
  if (!due || agent->wrapup_until_ts == 0) return;
  draft.add(fact::WrapupEnded{c.agent, true});
  if (agent->live.empty()) come_to_next(draft, *agent);
}

}  // namespace rf::core
