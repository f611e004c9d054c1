#pragma once
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "core/account/command.hpp"
#include "core/directory/directory.hpp"
#include "node/credentials.hpp"
#include "ringfence/v1/account.pb.h"
#include "storage/journal.hpp"

namespace rf::node {

namespace api = ringfence::v1;

/// A password that was generated for an agent: shown once.
struct NewPassword {
  AgentId agent;
  std::string key;
  std::string username;
  std::string password;
};

/// Everything that an import does.
struct AccountPlan {
  /// To be claimed in the directory first (R21).
  std::vector<core::directory::Name> names;
  core::command::Import import;
  std::vector<storage::Secret> secrets;
  std::vector<NewPassword> passwords;
};

struct PlanInput {
  /// The account as it is; empty (seq 0) when it is new, but with its id.
  const core::Account& current;
  CommandId command;
  /// For passwords that must be generated.
  const process::Secret& key;
  /// The account's stored secret of that name.
  std::function<Result<std::string>(const std::string& name)> find_secret;
};

/// Turns a definition into one atomic command. What exists is known by id or key; new ids follow from the command, so that
/// the same command gives the same plan. Credentials that are as wanted already are left alone. invalid_argument, not_found.
Result<AccountPlan> plan_import(const api::AccountDefinition& definition, const PlanInput& input);

/// The id that the command gives to the new entity of that kind and key.
Ulid new_id(CommandId command, std::string_view kind, std::string_view key);

/// Chooses extensions for agents that are to have one generated.
class Extensions {
 public:
  explicit Extensions(const core::Account& account) : account_(account) {}

  /// Somebody else is about to have it.
  void take(const std::string& extension) { taken_.insert(extension); }
  /// What the definition gives, else what the agent has already, else the lowest free number above 1000.
  Result<std::string> of(AgentId agent, const api::AgentDefinition& definition);

 private:
  const core::Account& account_;
  std::set<std::string> taken_;
  std::uint32_t last_ = 1000;
};

/// The hashes for every SIP domain of the account.
Ha1ByDomain hashes_of(const std::set<std::string>& domains, const std::string& username, const std::string& password);

}  // namespace rf::node
