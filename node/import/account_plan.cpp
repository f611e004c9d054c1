#include "node/import/account_plan.hpp"

#include <map>
#include <set>

#include "core/base/hash.hpp"
#include "core/base/limits.hpp"
#include "node/api/definitions.hpp"
#include "node/lookup.hpp"
#include "node/validate.hpp"

namespace rf::node {

namespace {

namespace command = core::command;
using core::directory::NameKind;

/// One planning: goes through the definition in the order in which its parts need each other.
class Planner {
 public:
  Planner(const api::AccountDefinition& definition, const PlanInput& input)
      : definition_(definition), input_(input), domains_(input.current.domains), extensions_(input.current) {}

  Result<AccountPlan> plan() {
    for (const auto step : {&Planner::name_queues, &Planner::name_agents, &Planner::settings, &Planner::domains,
                            &Planner::trunks, &Planner::queues, &Planner::agents, &Planner::queues_that_overflow,
                            &Planner::numbers, &Planner::credentials}) {
      if (const auto done = (this->*step)(); !done) return done.error();
    }
    if (plan_.import.steps.size() > limits::import_facts_max)
      return Error{Code::invalid_argument, "the import has " + std::to_string(plan_.import.steps.size()) +
                                               " entries: split it into parts of at most " +
                                               std::to_string(limits::import_facts_max)};
    if (plan_.import.steps.empty()) return Error{Code::invalid_argument, "the import is empty: name what is to be set"};
    return std::move(plan_);
  }

 private:
  /// An agent of the definition, or one that exists.
  struct KnownAgent {
    AgentId id;
    core::AgentConfig config;
  };

  Result<void> settings() {
    if (!definition_.has_settings()) {
      if (input_.current.seq > 0) return {};
      return Error{Code::invalid_argument, "a new account needs settings: give at least its key"};
    }
    const auto settings = settings_of(definition_.settings(), input_.current.settings);
    if (!settings) return settings.error();
    add(command::SetSettings{*settings});
    plan_.names.push_back({NameKind::account, settings->key});
    return {};
  }

  /// What parts of the definition name each other by, whatever their order.
  Result<void> name_queues() {
    for (const api::QueueDefinition& queue : definition_.queues()) {
      if (const auto checked = check_key("the queue's key", queue.key()); !checked) return checked;
      const auto known = input_.current.index.queue_by_key.find(queue.key());
      const QueueId existing = known == input_.current.index.queue_by_key.end() ? QueueId() : known->second;
      const auto id = id_for(queue.id(), existing, "queue", queue.key());
      if (!id) return id.error();
      if (!queues_.emplace(queue.key(), *id).second)
        return Error{Code::invalid_argument, "two queues have the key \"" + queue.key() + "\": keep one"};
    }
    return {};
  }

  Result<void> name_agents() {
    for (const api::AgentDefinition& agent : definition_.agents()) extensions_.take(agent.extension());
    for (const api::AgentDefinition& agent : definition_.agents()) {
      if (const auto checked = check_key("the agent's key", agent.key()); !checked) return checked;
      const auto known = input_.current.index.agent_by_key.find(agent.key());
      const AgentId existing = known == input_.current.index.agent_by_key.end() ? AgentId() : known->second;
      const auto id = id_for(agent.id(), existing, "agent", agent.key());
      if (!id) return id.error();
      const auto extension = extensions_.of(*id, agent);
      if (!extension) return Error{extension.error().code, "agent \"" + agent.key() + "\": " + extension.error().what};
      core::AgentConfig named;
      named.key = agent.key();
      named.extension = *extension;
      if (!agents_.emplace(agent.key(), KnownAgent{*id, named}).second)
        return Error{Code::invalid_argument, "two agents have the key \"" + agent.key() + "\": keep one"};
    }
    return {};
  }

  /// Calls may overflow to a queue or agent that comes later, and round in circles: such a queue is there first, and has its
  /// rules when all others are there, too.
  Result<void> queues() {
    for (const api::QueueDefinition& queue : definition_.queues()) {
      const auto config = config_of(queue, finders());
      if (!config) return Error{config.error().code, "queue \"" + queue.key() + "\": " + config.error().what};
      const QueueId id = queues_.at(queue.key());
      if (config->overflow.empty()) {
        add(command::SetQueue{id, *config});
        continue;
      }
      overflowing_.push_back({id, *config});
      const core::Queue* before = core::find_queue(input_.current, id);
      if (before != nullptr && !before->removed) continue;
      core::QueueConfig first = *config;
      first.overflow.clear();
      add(command::SetQueue{id, std::move(first)});
    }
    return {};
  }

  Result<void> queues_that_overflow() {
    for (command::SetQueue& queue : overflowing_) add(std::move(queue));
    return {};
  }

  Result<void> agents() {
    for (const api::AgentDefinition& agent : definition_.agents()) {
      auto config = config_of(agent, finders());
      if (!config) return Error{config.error().code, "agent \"" + agent.key() + "\": " + config.error().what};
      config->extension = agents_.at(agent.key()).config.extension;
      const auto memberships = memberships_of(agent, finders().queue);
      if (!memberships)
        return Error{memberships.error().code, "agent \"" + config->key + "\": " + memberships.error().what};
      add(command::SetAgent{agents_.at(agent.key()).id, *config, *memberships});
    }
    return {};
  }

  Result<void> domains() {
    for (const std::string& text : definition_.domains()) {
      const auto domain = domain_of(text);
      if (!domain) return domain.error();
      domains_.insert(*domain);
      plan_.names.push_back({NameKind::sip_domain, *domain});
      add(command::SetDomain{*domain});
    }
    return {};
  }

  Result<void> trunks() {
    for (const api::Trunk& given : definition_.trunks()) {
      const auto trunk = trunk_of(given);
      if (!trunk) return trunk.error();
      plan_.names.push_back({NameKind::trunk, trunk->address});
      add(command::SetTrunk{*trunk});
    }
    return {};
  }

  Result<void> numbers() {
    for (const api::Number& number : definition_.numbers()) {
      const auto route = route_of(number, finders());
      if (!route) return Error{route.error().code, "number " + number.number() + ": " + route.error().what};
      plan_.names.push_back({NameKind::number, number.number()});
      add(command::SetNumber{number.number(), *route});
    }
    return {};
  }

  Result<void> credentials() {
    for (const api::CredentialDefinition& credential : definition_.credentials()) {
      const auto agent = agent_of(credential.agent());
      if (!agent) return agent.error();
      if (const auto added = add_credential(*agent, credential); !added)
        return Error{added.error().code, "agent \"" + agent->config.key + "\": " + added.error().what};
    }
    return {};
  }

  Result<void> add_credential(const KnownAgent& agent, const api::CredentialDefinition& credential) {
    if (domains_.empty())
      return Error{Code::failed_precondition, "credentials need a SIP domain: give the account one"};
    const std::string username = username_of(credential.username(), agent.config);
    if (const auto checked = check_user_part("username", username); !checked) return checked;
    const bool generated = credential.password().empty();
    const std::string password =
        generated ? generated_password(input_.key, input_.current.id, agent.id, input_.command) : credential.password();
    if (const auto checked = check_password("password", password); !checked) return checked;
    const Ha1ByDomain hashes = hashes_of(domains_, username, password);
    const core::Agent* before = core::find_agent(input_.current, agent.id);
    const bool has_one = before != nullptr && before->credential_version > 0;
    const bool same = has_one && before->username == username && stored(agent.id) == text_of(hashes);
    // A repeated command shows the password that it generated; another one leaves an agent's own alone.
    if (generated && (same || !has_one)) plan_.passwords.push_back({agent.id, agent.config.key, username, password});
    if (same || (generated && has_one)) return {};
    add(command::SetCredential{agent.id, username});
    plan_.secrets.push_back({ha1_secret_name(agent.id), text_of(hashes)});
    return {};
  }

  std::string stored(AgentId agent) const {
    const auto secret = input_.find_secret(ha1_secret_name(agent));
    return secret ? *secret : std::string();
  }

  template <class Tag>
  Result<Id<Tag>> id_for(const std::string& given, Id<Tag> existing, const char* kind, const std::string& key) const {
    if (!given.empty()) return id_of<Tag>(std::string(kind) + " id", given);
    if (existing.set()) return existing;
    return Id<Tag>(new_id(input_.command, kind, key));
  }

  Result<QueueId> queue_of(const std::string& id_or_key) const {
    const auto defined = queues_.find(id_or_key);
    if (defined != queues_.end()) return defined->second;
    for (const auto& [key, id] : queues_)
      if (id.text() == id_or_key) return id;
    return find_queue(input_.current, id_or_key);
  }

  Result<KnownAgent> agent_of(const std::string& id_or_key) const {
    const auto defined = agents_.find(id_or_key);
    if (defined != agents_.end()) return defined->second;
    for (const auto& [key, agent] : agents_)
      if (agent.id.text() == id_or_key) return agent;
    const auto existing = find_agent(input_.current, id_or_key);
    if (!existing) return existing.error();
    return KnownAgent{*existing, core::find_agent(input_.current, *existing)->config};
  }

  Finders finders() const {
    return {[this](const std::string& text) { return queue_of(text); },
            [this](const std::string& text) -> Result<AgentId> {
              const auto agent = agent_of(text);
              if (!agent) return agent.error();
              return agent->id;
            }};
  }

  void add(command::ConfigStep step) { plan_.import.steps.push_back(std::move(step)); }

  const api::AccountDefinition& definition_;
  const PlanInput& input_;
  AccountPlan plan_;
  std::set<std::string> domains_;
  Extensions extensions_;
  std::map<std::string, QueueId> queues_;
  std::vector<command::SetQueue> overflowing_;
  std::map<std::string, KnownAgent> agents_;
};

}  // namespace

Result<AccountPlan> plan_import(const api::AccountDefinition& definition, const PlanInput& input) {
  return Planner(definition, input).plan();
}

Result<std::string> Extensions::of(AgentId agent, const api::AgentDefinition& definition) {
  if (!definition.generate_extension()) return definition.extension();
  if (!definition.extension().empty())
    return Error{Code::invalid_argument, "extension stands beside generate_extension: give one of them"};
  const core::Agent* before = core::find_agent(account_, agent);
  if (before != nullptr && !before->removed && !before->config.extension.empty()) return before->config.extension;
  const core::Index& ix = account_.index;
  std::string free;
  do {
    free = std::to_string(++last_);
  } while (taken_.count(free) > 0 || ix.agent_by_extension.count(free) > 0 || ix.agent_by_username.count(free) > 0);
  return free;
}

Ulid new_id(CommandId command, std::string_view kind, std::string_view key) {
  const auto command_ts = static_cast<Ms>(command.value.high >> 16);
  return derived_ulid(command_ts, fnv1a(key, fnv1a(kind)), mix64(command.value.low ^ mix64(command.value.high)));
}

Ha1ByDomain hashes_of(const std::set<std::string>& domains, const std::string& username, const std::string& password) {
  Ha1ByDomain hashes;
  for (const std::string& domain : domains) hashes[domain] = ha1_of(username, domain, password);
  return hashes;
}

}  // namespace rf::node
