#include "tests/golden/states/matrix.hpp"

namespace rf::core::states {

using rf::testing::Center;

namespace {

const QueueId support(Ulid{8, 1});
const AgentId ann(Ulid{8, 2});
constexpr const char* number = "200";
constexpr const char* trunk = "spare";
constexpr const char* domain = "example.org";
constexpr const char* follow_me = "+4930123456";

command::SetSettings set_settings(const std::string& name, const std::string& zone) {
  Settings settings;
  settings.key = "test";
  settings.name = name;
  settings.time_zone = zone;
  return {settings};
}
command::SetQueue set_queue(const std::string& key, const std::string& name) {
  QueueConfig config;
  config.key = key;
  config.name = name;
  return {support, config};
}
AgentConfig agent_config(const std::string& key, const std::string& name) {
  AgentConfig config;
  config.key = key;
  config.name = name;
  config.external_endpoint = true;
  return config;
}
command::SetAgent set_agent(const std::string& key, const std::string& name, QueueId queue) {
  return {ann, agent_config(key, name), {Center::in(queue)}};
}

/// Another queue, number, trunk and agent are there in every state, with names that commands may want to give again.
void add_others(Scene& s) { must(s, command::SetCredential{s.c.agent("bob", {}), "bob"}); }

void present(Scene& s) {
  add_others(s);
  must(s, set_settings("Acme", ""));
  must(s, set_queue("support", ""));
  must(s, set_agent("ann", "", s.q));
  must(s, command::SetNumber{number, Route{s.q, {}, {}, {}}});
  must(s, command::SetTrunk{Trunk{trunk, "192.0.2.2"}});
  must(s, command::SetDomain{domain});
  must(s, command::SetCredential{ann, "ann"});
}

void in_use(Scene& s) {
  present(s);
  must(s, command::RemoveTrunk{"out"});
  must(s, command::SetNumber{number, Route{support, {}, {}, {}}});
  AgentConfig config = agent_config("ann", "");
  config.follow_me = follow_me;
  config.outbound_queue = support;
  must(s, command::SetAgent{ann, config, {Center::in(s.q)}});
  s.c.make_ready(ann);
  s.c.accept(s.c.enqueue(s.q));
  s.c.enqueue(support);
}

void removed(Scene& s) {
  present(s);
  must(s, command::RemoveQueue{support, {}});
  must(s, command::RemoveAgent{ann});
  must(s, command::RemoveNumber{number});
  must(s, command::RemoveTrunk{trunk});
  must(s, command::RemoveDomain{domain});
}

template <class C>
Ask always(const char* name, C command) {
  return {name, [command](const Scene&) -> Command { return command; }};
}

std::vector<Ask> queue_and_agent_asks() {
  return {
      always("SetQueue", set_queue("support", "")),
      always("SetQueue otherwise", set_queue("support", "Support")),
      always("SetQueue with another queue's key", set_queue("q", "")),
      always("RemoveQueue", command::RemoveQueue{support, {}}),
      {"RemoveQueue, callers to another",
       [](const Scene& s) {
         return command::RemoveQueue{support, s.q};
       }},
      always("RemoveQueue, callers to itself", command::RemoveQueue{support, support}),
      {"SetAgent", [](const Scene& s) { return set_agent("ann", "", s.q); }},
      {"SetAgent otherwise", [](const Scene& s) { return set_agent("ann", "Ann", s.q); }},
      {"SetAgent with another agent's key", [](const Scene& s) { return set_agent("bob", "", s.q); }},
      always("SetAgent in a queue that is not there", set_agent("ann", "", QueueId(Ulid{8, 9}))),
      always("RemoveAgent", command::RemoveAgent{ann}),
      always("SetCredential", command::SetCredential{ann, "ann"}),
      always("SetCredential with another agent's name", command::SetCredential{ann, "bob"}),
  };
}

std::vector<Ask> account_asks() {
  return {
      always("SetSettings", set_settings("Acme", "")),
      always("SetSettings otherwise", set_settings("Acme & Co", "")),
      always("SetSettings with an unknown time zone", set_settings("Acme", "Mars/Olympus")),
      {"SetNumber",
       [](const Scene& s) {
         return command::SetNumber{number, Route{s.q, {}, {}, {}}};
       }},
      always("SetNumber to the agent", command::SetNumber{number, Route{{}, ann, {}, {}}}),
      always("SetNumber to nothing", command::SetNumber{number, Route{}}),
      {"SetNumber that is a Follow-Me",
       [](const Scene& s) {
         return command::SetNumber{follow_me, Route{s.q, {}, {}, {}}};
       }},
      always("RemoveNumber", command::RemoveNumber{number}),
      always("SetTrunk", command::SetTrunk{Trunk{trunk, "192.0.2.2"}}),
      always("SetTrunk otherwise", command::SetTrunk{Trunk{trunk, "192.0.2.3"}}),
      always("SetTrunk without an address", command::SetTrunk{Trunk{trunk, ""}}),
      always("RemoveTrunk", command::RemoveTrunk{trunk}),
      always("SetDomain", command::SetDomain{domain}),
      always("SetDomain without a name", command::SetDomain{""}),
      always("RemoveDomain", command::RemoveDomain{domain}),
  };
}

std::vector<Ask> import_asks() {
  const auto import = [](std::vector<command::ConfigStep> steps) {
    return [steps](const Scene& s) -> Command {
      command::Import all{steps};
      all.steps.insert(all.steps.begin() + 1, set_agent("ann", "", s.q));
      return all;
    };
  };
  const std::vector<command::ConfigStep> as_present = {set_queue("support", ""), command::SetDomain{domain}};
  std::vector<command::ConfigStep> otherwise = as_present;
  otherwise[0] = set_queue("support", "Support");
  std::vector<command::ConfigStep> last_refused = otherwise;
  last_refused.push_back(command::SetNumber{number, Route{}});
  return {
      {"Import", import(as_present)},
      {"Import otherwise", import(otherwise)},
      {"Import, last step refused", import(last_refused)},
  };
}

}  // namespace

Matrix configuration_matrix() {
  Matrix m;
  m.title = "Configuration";
  m.text =
      "What a configuration command writes while what it names is absent, present as the first form of the command "
      "sets "
      "it, in use, or removed. In use: a caller waits in the queue, a number leads to it and it is an agent's outbound "
      "queue; the agent is in a call and has a Follow-Me number, for which the trunk is the only one. Every "
      "SetCredential is a new secret, so it is never a repeat.";
  m.states = {{"absent", add_others}, {"present", present}, {"in use", in_use}, {"removed", removed}};
  append(m.asks, queue_and_agent_asks());
  append(m.asks, account_asks());
  append(m.asks, import_asks());
  return m;
}

}  // namespace rf::core::states
