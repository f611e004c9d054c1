#include "node/grpc/explain_methods.hpp"

#include <algorithm>

#include "core/base/rules_version.hpp"
#include "node/api/enums.hpp"
#include "node/lookup.hpp"
#include "node/report/offer_story.hpp"
#include "node/validate.hpp"

namespace rf::node {

namespace {

constexpr std::uint32_t considered_default = 100;
constexpr std::uint32_t considered_max = 10'000;

api::ConsideredAgent to_api(const core::Account& account, const core::Considered& considered) {
  api::ConsideredAgent out;
  out.set_agent_id(considered.agent.text());
  if (const core::Agent* agent = core::find_agent(account, considered.agent)) {
    out.set_agent_key(agent->config.key);
    out.set_name(agent->config.name);
  }
  out.set_verdict(rf::node::to_api(considered.verdict));
  out.set_why(considered.why);
  return out;
}

Result<void> add_considered(const api::ExplainOfferRequest& request, const OfferStory& story,
                            api::ExplainOfferReply& reply) {
  reply.set_considered_total(static_cast<std::uint32_t>(story.offer.considered.size()));
  if (!request.agent().empty()) {
    const auto agent = find_agent(story.account, request.agent());
    if (!agent) return agent.error();
    for (const core::Considered& considered : story.offer.considered)
      if (considered.agent == *agent) *reply.add_considered() = to_api(story.account, considered);
    if (reply.considered_size() == 0)
      return Error{Code::not_found, "agent " + request.agent() + " was not in the call's queue at that time"};
    return {};
  }
  const std::size_t limit = std::min(request.limit() == 0 ? considered_default : request.limit(), considered_max);
  for (const core::Considered& considered : story.offer.considered) {
    if (static_cast<std::size_t>(reply.considered_size()) == limit) break;
    *reply.add_considered() = to_api(story.account, considered);
  }
  return {};
}

}  // namespace

void ExplainMethods::add_to(MethodTable& table) {
  table.add<api::ExplainOfferRequest, api::ExplainOfferReply>("CallService/ExplainOffer", Effect::reads,
                                                              [this](const Call&, const auto& q, const auto& answer) {
                                                                reader_.post([this, q, answer] { answer(explain(q)); });
                                                              });
}

Result<api::ExplainOfferReply> ExplainMethods::explain(const api::ExplainOfferRequest& request) const {
  api::ExplainOfferReply reply;
  const auto account = backend_.read(request.account(), [&](const core::Account& a) -> Result<void> {
    *reply.mutable_mark() = backend_.mark(a);
    return {};
  });
  if (!account) return account.error();
  const auto call = id_of<CallTag>("call", request.call());
  if (!call) return call.error();
  const std::optional<Ms> at = request.at() == 0 ? std::nullopt : std::optional<Ms>(request.at());
  const auto story = explain_call(backend_.journal(), *account, *call, at, clock_.wall_ms());
  if (!story) return story.error();
  const core::Call& row = *core::find_call(story->account, *call);
  reply.set_ts(story->ts);
  reply.set_offered(!story->to.empty());
  if (const core::Queue* queue = core::find_queue(story->account, row.queue)) {
    reply.set_queue_id(row.queue.text());
    reply.set_queue_key(queue->config.key);
    reply.set_strategy(rf::node::to_api(queue->config.strategy));
  }
  reply.set_waited_ms(std::max<Ms>(0, story->ts - row.arrived_ts));
  reply.set_blocked(story->offer.blocked);
  reply.set_reproduced(story->reproduced);
  reply.set_rules_changed(story->rules != core::rules_version);
  if (const auto added = add_considered(request, *story, reply); !added) return added.error();
  return reply;
}

}  // namespace rf::node
