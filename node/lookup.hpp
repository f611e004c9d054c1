#pragma once
#include <string_view>

#include "core/state/account.hpp"
#include "node/api/definitions.hpp"
#include "node/cluster/directory.hpp"

/// Ids and keys of requests as ids of what exists. What belongs to another account is not_found like what does not exist.
namespace rf::node {

/// invalid_argument when empty, not_found.
Result<AccountId> find_account(const Directory& directory, std::string_view id_or_key);
Result<AgentId> find_agent(const core::Account& account, std::string_view id_or_key);
Result<QueueId> find_queue(const core::Account& account, std::string_view id_or_key);
/// All of them, each named once; invalid_argument when none is.
using IdTexts = google::protobuf::RepeatedPtrField<std::string>;
Result<std::vector<AgentId>> find_agents(const core::Account& account, const IdTexts& ids_or_keys);
/// Both, in that account, which must outlive what is returned.
Finders finders_in(const core::Account& account);

}  // namespace rf::node
