#pragma once
#include <string_view>

#include "core/state/account.hpp"
#include "node/cluster/directory.hpp"

/// Ids and keys of requests as ids of what exists. What belongs to another account is not_found like what does not exist.
namespace rf::node {

/// invalid_argument when empty, not_found.
Result<AccountId> find_account(const Directory& directory, std::string_view id_or_key);
Result<AgentId> find_agent(const core::Account& account, std::string_view id_or_key);
Result<QueueId> find_queue(const core::Account& account, std::string_view id_or_key);

}  // namespace rf::node
