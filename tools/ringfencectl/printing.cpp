#include "tools/ringfencectl/printing.hpp"

#include <google/protobuf/util/json_util.h>

#include <charconv>
#include <cstdio>

#include "process/clock.hpp"
#include "process/config_value.hpp"
#include "tools/ringfencectl/words.hpp"

namespace rf::ctl {

bool print(const std::string& text) {
  const std::size_t written = std::fwrite(text.data(), 1, text.size(), stdout);
  return written == text.size() && std::fflush(stdout) == 0;
}

std::string json_line(const google::protobuf::Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  options.always_print_primitive_fields = true;
  std::string out;
  const auto written = google::protobuf::util::MessageToJsonString(message, &out, options);
  RF_ASSERT(written.ok());
  return out + "\n";
}

bool printed_as_json(const Invocation& asked, const google::protobuf::Message& message) {
  if (!asked.has("json")) return false;
  print(json_line(message));
  return true;
}

Flag command_id_flag() {
  return {"command-id", "ID", "cm_ and a ULID: the same id again gives the same result, for 24 h"};
}

Result<std::int64_t> number_flag(const Invocation& asked, const std::string& name, std::int64_t otherwise) {
  if (!asked.has(name)) return otherwise;
  const std::string text = asked.flag(name, "");
  std::int64_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || read.ec != std::errc() || read.ptr != text.data() + text.size())
    return Error{Code::invalid_argument, "--" + name + " must be a whole number, not \"" + text + "\""};
  return number;
}

Result<Ms> duration_flag(const Invocation& asked, const std::string& name, Ms otherwise) {
  if (!asked.has(name)) return otherwise;
  const std::string text = asked.flag(name, "");
  if (const auto ms = process::duration_ms_of(text)) return *ms;
  return Error{Code::invalid_argument,
               "--" + name + " must be a whole number with its unit (ms, s, m, h or d) such as 30s, not \"" + text +
                   "\""};
}

Result<Ms> instant_flag(const Invocation& asked, const std::string& name) {
  if (!asked.has(name)) return Ms{0};
  const std::string text = asked.flag(name, "");
  if (const auto ts = instant_of(text, process::SystemClock().wall_ms())) return *ts;
  return Error{Code::invalid_argument,
               "--" + name +
                   " must be a date and time such as \"2026-05-01 14:00:00\", a day or a time of "
                   "today, not \"" +
                   text + "\""};
}

}  // namespace rf::ctl
