#pragma once
#include <google/protobuf/message.h>

#include <optional>
#include <string>

#include "core/base/result.hpp"
#include "core/base/time.hpp"
#include "tools/ringfencectl/arguments.hpp"

namespace rf::ctl {

/// As `printf "%s"` to standard output, at once. False when nobody reads it any more.
bool print(const std::string& text);

/// One line of JSON with the fields' own names, also those that are zero.
std::string json_line(const google::protobuf::Message& message);

/// The answer as --json wants it; false when people's text is wanted.
bool printed_as_json(const Invocation& asked, const google::protobuf::Message& message);

/// The flag that makes a request safe to repeat.
Flag command_id_flag();

/// A whole number; invalid_argument names the flag.
Result<std::int64_t> number_flag(const Invocation& asked, const std::string& name, std::int64_t otherwise);
/// A duration such as 30s; invalid_argument names the flag.
Result<Ms> duration_flag(const Invocation& asked, const std::string& name, Ms otherwise);
/// An instant of this machine's time zone, 0 when the flag is absent; invalid_argument names the flag.
Result<Ms> instant_flag(const Invocation& asked, const std::string& name);

}  // namespace rf::ctl
