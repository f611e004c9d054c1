#include "core/account/decide.hpp"

#include <array>
#include <string>

#include "core/account/apply.hpp"
#include "core/account/draft.hpp"
#include "core/base/limits.hpp"

namespace rf::core {

namespace {

/// What a step is about, as its author named it.
struct Subject {
  std::string operator()(const command::SetSettings&) const { return "account"; }
  std::string operator()(const command::SetQueue& s) const { return "queue \"" + s.config.key + "\""; }
  std::string operator()(const command::SetAgent& s) const { return "agent \"" + s.config.key + "\""; }
  std::string operator()(const command::SetNumber& s) const { return "number " + s.number; }
  std::string operator()(const command::SetDomain& s) const { return "domain " + s.domain; }
  std::string operator()(const command::SetTrunk& s) const { return "trunk \"" + s.trunk.name + "\""; }
  std::string operator()(const command::SetCredential& s) const { return "username \"" + s.username + "\""; }
  template <class Removal>
  std::string operator()(const Removal&) const {
    return "removal";
  }
};

/// Later steps may build on earlier ones (a queue, then its members), so each is decided on a copy that has them.
void decide_import(Draft& draft, const command::Import& c) {
  Account scratch = draft.account;
  for (const command::ConfigStep& next : c.steps) {
    Draft step{scratch, draft.now, draft.now.ts};
    std::visit([&](const auto& s) { decide_rule(step, s); }, next);
    if (!step.decision.reply.ok())
      return draft.refuse(step.decision.reply.code, std::visit(Subject{}, next) + ": " + step.decision.reply.what);
    for (Fact& fact : step.decision.facts) {
      stamp_and_apply(scratch, fact);
      draft.add(std::move(fact.body));
    }
    for (const ClassLook& look : step.decision.classes) draft.decision.classes.push_back(look);
    if (draft.decision.facts.size() > limits::import_facts_max)
      return draft.refuse(Code::invalid_argument, "the import has more than " +
                                                      std::to_string(limits::import_facts_max) +
                                                      " changes: send it in parts");
  }
}

void rule(Draft& draft, const command::Import& c) { decide_import(draft, c); }
/// The turn takes due items itself, one step each.
void rule(Draft&, const command::Tick&) {}
template <class C>
void rule(Draft& draft, const C& c) {
  decide_rule(draft, c);
}

}  // namespace

Decision decide(const Account& account, const Command& command, const Now& now, std::vector<Fact> room) {
  Draft draft{account, now, now.ts};
  draft.decision.facts = std::move(room);
  std::visit([&](const auto& c) { rule(draft, c); }, command);
  return std::move(draft.decision);
}

}  // namespace rf::core

namespace rf::core::command {

std::string_view name_of(const Command& command) {
  constexpr std::array<std::string_view, std::variant_size_v<Command>> names = {"import",
                                                                                "set_settings",
                                                                                "set_queue",
                                                                                "remove_queue",
                                                                                "set_agent",
                                                                                "remove_agent",
                                                                                "set_number",
                                                                                "remove_number",
                                                                                "set_domain",
                                                                                "remove_domain",
                                                                                "set_trunk",
                                                                                "remove_trunk",
                                                                                "set_credential",
                                                                                "login",
                                                                                "logout",
                                                                                "set_status",
                                                                                "set_membership_active",
                                                                                "set_external_calls",
                                                                                "end_wrapup",
                                                                                "enqueue",
                                                                                "accept_offer",
                                                                                "reject_offer",
                                                                                "complete_call",
                                                                                "edge_event",
                                                                                "digest_check",
                                                                                "edge_silent",
                                                                                "edge_back",
                                                                                "edge_lost",
                                                                                "tick",
                                                                                "take_due",
                                                                                "seek_call",
                                                                                "look",
                                                                                "take_ranked",
                                                                                "clear_next_status",
                                                                                "set_membership_paused",
                                                                                "begin_external_call",
                                                                                "end_external_call",
                                                                                "extend_wrapup",
                                                                                "set_disposition",
                                                                                "reset_agent",
                                                                                "set_shifts",
                                                                                "press_key",
                                                                                "request_callback",
                                                                                "admit",
                                                                                "check_empty"};
  return names[command.index()];
}

}  // namespace rf::core::command
