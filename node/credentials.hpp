#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/ids.hpp"
#include "core/base/result.hpp"
#include "process/secrets.hpp"

/// SIP passwords become hashes here; a password itself is never stored (R22). Nothing here may be logged.
namespace rf::node {

/// RFC 7616 3.4.2: H(username ":" realm ":" password) in lower-case hexadecimal, once with MD5, once with SHA-256.
struct Ha1 {
  std::string md5;
  std::string sha256;
  friend bool operator==(const Ha1&, const Ha1&) = default;
};
Ha1 ha1_of(std::string_view username, std::string_view realm, std::string_view password);

/// The hashes of one agent for each SIP domain that the account had when they were set.
using Ha1ByDomain = std::map<std::string, Ha1>;
std::string text_of(const Ha1ByDomain& hashes);
/// corrupt unless `text` is what text_of() makes.
Result<Ha1ByDomain> ha1_by_domain_of(std::string_view text);

/// The name of the agent's secret in the journal.
std::string ha1_secret_name(AgentId agent);

/// 20 letters and digits (100 bits), the same for the same command: a repeated command gives the same answer (R24).
std::string generated_password(const process::Secret& key, AccountId account, AgentId agent, CommandId command);

}  // namespace rf::node
