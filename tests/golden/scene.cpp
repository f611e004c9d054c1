#include "tests/golden/scene.hpp"

#include <gtest/gtest.h>

#include <ostream>

#include "core/presence/bucket.hpp"
#include "core/presence/explain.hpp"
#include "core/queue/explain_offer.hpp"

namespace rf::testing {

using namespace rf::core;

namespace {

std::string_view name_of(WorkState state) {
  switch (state) {
    case WorkState::waiting: return "waiting";
    case WorkState::offering: return "offering";
    case WorkState::in_call: return "in_call";
    case WorkState::wrap_up: return "wrap_up";
  }
  return {};
}

}  // namespace

void Scene::learn(const fact::Body& body) {
  if (const auto* queue = std::get_if<fact::QueueSet>(&body)) names_.emplace(queue->queue.text(), queue->config.key);
  if (const auto* agent = std::get_if<fact::AgentSet>(&body)) names_.emplace(agent->agent.text(), agent->config.key);
  if (const auto* call = std::get_if<fact::CallArrived>(&body))
    names_.emplace(call->call.text(), "call-" + std::to_string(++calls_));
  if (const auto* phone = std::get_if<fact::BindingUp>(&body)) {
    const int n = ++phones_[phone->agent];
    names_.emplace(phone->binding.text(),
                   names_[phone->agent.text()] + "-phone" + (n == 1 ? "" : "-" + std::to_string(n)));
  }
  if (const auto* offer = std::get_if<fact::Offered>(&body)) {
    names_.emplace(offer->reservation.text(), "offer-" + std::to_string(++offers_));
    for (const link::Endpoint& endpoint : offer->endpoints)
      names_.emplace(endpoint.id.text(), names_[offer->agent.text()] + "-mobile");
  }
}

void Scene::take_facts(bool tell) {
  bool silent = true;
  for (; told_ < c_.log.size(); ++told_) {
    learn(c_.log[told_].body);
    if (!tell || is_machinery(c_.log[told_].body)) continue;
    out_ << "  " << fact_line(c_.log[told_], names_) << "\n";
    silent = false;
  }
  if (tell && silent) out_ << "  nothing\n";
}

void Scene::given(const std::string& words) {
  take_facts(false);
  out_ << "given " << words << "\n";
}

void Scene::does(const std::string& words, const Command& command) {
  does(words, [&] { c_.run(command); });
}

void Scene::does(const std::string& words, const std::function<void()>& action) {
  take_facts(false);
  out_ << "> " << words << "\n";
  c_.last = {};
  action();
  if (c_.last.reply.ok()) return take_facts(true);
  EXPECT_EQ(told_, c_.log.size()) << words << ": a refusal wrote something (P16)";
  out_ << "  refused: " << rf::name_of(c_.last.reply.code) << ": " << named(c_.last.reply.what, names_) << "\n";
}

void Scene::passes(Ms ms) {
  does(duration(ms) + " pass", [&] { c_.advance(ms); });
}

void Scene::answers(const std::string& question, const std::vector<std::string>& lines) {
  take_facts(false);
  out_ << "? " << question << "\n";
  for (const std::string& line : lines) out_ << "  = " << named(line, names_) << "\n";
}

void Scene::why_not_ready(const std::string& who, AgentId agent) {
  std::vector<std::string> reasons = explain_readiness(c_.account(), c_.at(agent));
  if (reasons.empty()) reasons.emplace_back(who + " is ready");
  answers("why is " + who + " not ready", reasons);
}

void Scene::who_gets(const std::string& what, CallId call) {
  std::vector<std::string> lines;
  const OfferExplanation explained = explain_offer(c_.account(), *c_.call(call), c_.now());
  if (!explained.blocked.empty()) lines.push_back("nobody: " + explained.blocked);
  for (const Considered& considered : explained.considered)
    lines.push_back(considered.agent.text() + ": " + (considered.why.empty() ? "is offered it" : considered.why));
  if (lines.empty()) lines.emplace_back("nobody serves the queue");
  answers("who is offered " + what, lines);
}

void Scene::signals_of(const std::string& who, AgentId id) {
  const Agent& agent = c_.at(id);
  answers("the signals of " + who, {"status=" + std::string(core::name_of(agent.status)) +
                                    " state=" + std::string(name_of(work_state(c_.account(), agent))) +
                                    " reachable=" + (reachable(agent) ? "yes" : "no") +
                                    " external_calls=" + std::to_string(agent.external_calls) +
                                    " bucket=" + std::string(core::name_of(agent.bucket))});
}

void PhoneDesk::hangs_up(CallId call) {
  const ReservationId offer = c.offer_of(call);
  c.event("e1", link::CallEnded{call, EndCause::caller_hangup});
  c.event("e1", link::LegGone{offer});
}

Membership member(QueueId queue, std::int32_t tier_level, std::int32_t position) {
  Membership m = Center::in(queue);
  m.tier_level = tier_level;
  m.position = position;
  return m;
}

AgentConfig with_extension(const std::string& key, const std::string& extension) {
  AgentConfig config;
  config.key = key;
  config.extension = extension;
  return config;
}

}  // namespace rf::testing
