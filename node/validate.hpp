#pragma once
#include <string>
#include <string_view>

#include "core/base/ids.hpp"
#include "core/base/result.hpp"
#include "process/ids.hpp"

/// What texts of requests must look like before anything is asked of an account. Each refuses with invalid_argument naming
/// the field and what it must be. Any thread.
namespace rf::node {

/// At most `bytes_max` bytes without control characters.
Result<void> check_text(std::string_view field, std::string_view text, std::size_t bytes_max);
/// 1-64 letters, digits and . _ - ; not shaped like an id.
Result<void> check_key(std::string_view field, std::string_view text);
/// 1-64 letters, digits and + * # . _ - : what can stand in the user part of a SIP URI. Numbers, extensions, usernames.
Result<void> check_user_part(std::string_view field, std::string_view text);
/// 1-128 bytes without control characters.
Result<void> check_password(std::string_view field, std::string_view text);

/// A host name or IPv4 address of at most 253 characters, in lower case.
Result<std::string> domain_of(std::string_view text);
/// A numeric IPv4 or IPv6 address in its one canonical form.
Result<std::string> trunk_address_of(std::string_view text);

/// The request's command id; a new one when it has none.
Result<CommandId> command_id_of(std::string_view text, process::IdMaker& ids);

/// The id in `text`, e.g. `id_of<CallTag>("call", text)`; invalid_argument names the field.
template <class Tag>
Result<Id<Tag>> id_of(std::string_view field, std::string_view text) {
  const auto id = Id<Tag>::of(text);
  if (id && id->set()) return *id;
  return Error{Code::invalid_argument, std::string(field) + " must be an id, " + std::string(Tag::prefix) +
                                           "_ and 26 characters, not \"" + std::string(text.substr(0, 64)) + "\""};
}

/// Valid UTF-8 of the text: what is not becomes U+FFFD, for texts that come from a SIP message.
std::string utf8_of(std::string_view text);

}  // namespace rf::node
