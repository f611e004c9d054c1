#include "tests/sim/registrations.hpp"

#include <iterator>

namespace rf::sim {

namespace {
constexpr Ms expires_ms = 60 * second_ms;
}  // namespace

void Registrations::start() {
  for (const AccountPlan& account : context_.plan.accounts)
    for (const AgentPlan& agent : account.agents)
      for (const BindingId binding : agent.phones) {
        all_[binding] = Phone{account.id, agent.id, context_.random.below(context_.plan.edges), 0};
        refresh(binding);
      }
}

void Registrations::refresh(BindingId binding) {
  const Phone& phone = all_.at(binding);
  if (!phones_.dead(binding) && context_.now_ms() >= phone.away_until_ms)
    context_.schedule.after(context_.random.about(context_.plan.sip), [this, binding] {
      const Phone& now = all_.at(binding);
      edges_.registered(now.edge, now.account, now.agent, binding, expires_ms);
    });
  context_.schedule.after(context_.random.between(5, 25) * second_ms, [this, binding] { refresh(binding); });
}

void Registrations::move_one() {
  if (all_.empty()) return;
  const auto it = std::next(all_.begin(), static_cast<std::ptrdiff_t>(context_.random.below(all_.size())));
  Phone& phone = it->second;
  if (context_.random.chance(0.3)) {
    phone.away_until_ms = context_.now_ms() + context_.random.between(1, 60) * second_ms;
    edges_.unregistered(phone.edge, it->first);
    return;
  }
  const std::size_t edge = context_.random.below(context_.plan.edges);
  // A lasting binding that came back to an edge which still holds it would be nothing new to that edge.
  if (context_.plan.lasting_bindings && edge != phone.edge && edges_.holds(edge, it->first)) return;
  phone.edge = edge;
  edges_.registered(phone.edge, phone.account, phone.agent, it->first, expires_ms);
}

}  // namespace rf::sim
