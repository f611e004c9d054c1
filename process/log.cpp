#include "process/log.hpp"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <ctime>

#include "process/json.hpp"

namespace rf::process {

namespace {

constexpr std::array<std::string_view, 4> level_names = {"debug", "info", "warn", "error"};

void append_ts(std::string& out, Ms wall_ms) {
  Ms ms = wall_ms % second_ms;
  std::time_t seconds = static_cast<std::time_t>(wall_ms / second_ms);
  if (ms < 0) {
    ms += second_ms;
    --seconds;
  }
  std::tm utc{};
  ::gmtime_r(&seconds, &utc);
  std::array<char, 96> text;
  std::snprintf(text.data(), text.size(), "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", utc.tm_year + 1900, utc.tm_mon + 1,
                utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec, static_cast<int>(ms));
  out += text.data();
}

template <class Number>
void append_number(std::string& out, Number value) {
  std::array<char, 32> text;
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value);
  out.append(text.data(), end.ptr);
}

void append_text(std::string& out, std::string_view text) {
  if (text.size() <= log_text_bytes_max) {
    append_json_string(out, text);
    return;
  }
  std::size_t cut = log_text_bytes_max;
  while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xc0u) == 0x80u) --cut;
  append_json_string(out, std::string(text.substr(0, cut)) + "...");
}

struct AppendValue {
  std::string& out;
  void operator()(std::string_view v) const { append_text(out, v); }
  void operator()(const std::string& v) const { append_text(out, v); }
  void operator()(std::int64_t v) const { append_number(out, v); }
  void operator()(std::uint64_t v) const { append_number(out, v); }
  void operator()(bool v) const { out += v ? "true" : "false"; }
  void operator()(double v) const {
    // JSON has no word for what is not finite.
    if (std::isfinite(v))
      append_number(out, v);
    else
      out += "null";
  }
};

}  // namespace

std::string_view name_of(LogLevel level) { return level_names[static_cast<std::size_t>(level)]; }

std::optional<LogLevel> log_level_of(std::string_view name) {
  for (std::size_t i = 0; i < level_names.size(); ++i)
    if (level_names[i] == name) return static_cast<LogLevel>(i);
  return std::nullopt;
}

FdLogSink::FdLogSink(int fd) : fd_(fd) {}

void FdLogSink::write(std::string_view line) noexcept {
  const std::lock_guard lock(mutex_);
  if (mid_line_) {
    // The rest of an earlier line was lost: end it, so that this one can be parsed.
    if (::write(fd_, "\n", 1) != 1) {
      ++dropped_;
      return;
    }
    mid_line_ = false;
  }
  while (!line.empty()) {
    const ssize_t written = ::write(fd_, line.data(), line.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) {
      ++dropped_;
      return;
    }
    line.remove_prefix(static_cast<std::size_t>(written));
    mid_line_ = !line.empty();
  }
}

std::uint64_t FdLogSink::dropped() const {
  const std::lock_guard lock(mutex_);
  return dropped_;
}

Logger::Logger(LogSink& sink, const Clock& clock, LogLevel level) : sink_(sink), clock_(clock), level_(level) {}

void Logger::debug(std::string_view event, std::initializer_list<LogField> fields) {
  write(LogLevel::debug, event, fields);
}
void Logger::info(std::string_view event, std::initializer_list<LogField> fields) {
  write(LogLevel::info, event, fields);
}
void Logger::warn(std::string_view event, std::initializer_list<LogField> fields) {
  write(LogLevel::warn, event, fields);
}
void Logger::error(std::string_view event, std::initializer_list<LogField> fields) {
  write(LogLevel::error, event, fields);
}

void Logger::write(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) {
  if (level < level_) return;
  std::string line = "{\"ts\":\"";
  append_ts(line, clock_.wall_ms());
  line += "\",\"level\":\"";
  line += name_of(level);
  line += "\",\"event\":";
  append_json_string(line, event);
  for (const LogField& field : fields) {
    line += ',';
    append_json_string(line, field.name);
    line += ':';
    std::visit(AppendValue{line}, field.value);
  }
  line += "}\n";
  sink_.write(line);
}

}  // namespace rf::process
