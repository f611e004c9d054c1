#pragma once
#include <functional>
#include <iosfwd>
#include <string>
#include <vector>

#include "tests/golden/fact_line.hpp"
#include "tests/support/center.hpp"

namespace rf::testing {

/// Walks a centre step by step and writes what each step did: the command in words, then the facts it made or the refusal.
class Scene {
 public:
  Scene(std::ostream& out, Center& center) : out_(out), c_(center) {}

  /// This id is told by that name, whatever its key.
  template <class IdType>
  void name(IdType id, const std::string& text) {
    names_[id.text()] = text;
  }
  /// What was set up so far, in words instead of facts.
  void given(const std::string& words);
  void does(const std::string& words, const core::Command& command);
  /// Lets the centre do something that is more than one command.
  void does(const std::string& words, const std::function<void()>& action);
  /// Time passes.
  void passes(Ms ms);

  /// A question and its answer, a line each.
  void answers(const std::string& question, const std::vector<std::string>& lines);
  /// What keeps the agent from being Ready.
  void why_not_ready(const std::string& who, AgentId agent);
  /// Who is offered the waiting or ringing call, and why the others are not.
  void who_gets(const std::string& what, CallId call);
  /// The agent's signals and the bucket that they make.
  void signals_of(const std::string& who, AgentId agent);

 private:
  /// Gives names to what came into being, and tells of it unless it is only set up.
  void take_facts(bool tell);
  void learn(const core::fact::Body& body);

  std::ostream& out_;
  Center& c_;
  ShortNames names_;
  std::size_t told_ = 0;
  int calls_ = 0;
  int offers_ = 0;
  std::map<AgentId, int> phones_;
};

/// A queue "sales" with the number 100 and one SIP edge, and what callers and agents do by phone.
struct PhoneDesk : SipDesk {
  PhoneDesk() : PhoneDesk(core::QueueConfig{}) {}
  explicit PhoneDesk(core::QueueConfig config) : SipDesk(std::move(config)) {}

  void answers(CallId call) { c.event("e1", link::Answered{c.offer_of(call), phones[c.offered_to(call)]}); }
  /// The caller hangs up and the agent's leg is gone.
  void hangs_up(CallId call);
  void phone_up(AgentId agent) { phones[agent] = c.bind("e1", agent); }
  void phone_down(AgentId agent) { c.event("e1", link::BindingDown{phones[agent], "expired"}); }
};

/// An agent's place in the queue.
core::Membership member(QueueId queue, std::int32_t tier_level, std::int32_t position);
/// An agent with this extension, reached by a registered phone only.
core::AgentConfig with_extension(const std::string& key, const std::string& extension);

}  // namespace rf::testing
