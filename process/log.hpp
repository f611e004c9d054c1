#pragma once
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "core/base/ids.hpp"
#include "process/clock.hpp"

namespace rf::process {

enum class LogLevel : std::uint8_t { debug, info, warn, error };

/// The level's name in configuration and log lines.
std::string_view name_of(LogLevel level);
/// Nothing unless `name` is debug, info, warn or error.
std::optional<LogLevel> log_level_of(std::string_view name);

/// Longer text values are cut there and end in "...".
constexpr std::size_t log_text_bytes_max = 4096;

/// One named value of a log line. Names are identifiers written in the source, never input; `ts`, `level` and `event`
/// are taken.
struct LogField {
  using Value = std::variant<std::string_view, std::string, std::int64_t, std::uint64_t, double, bool>;

  LogField(std::string_view n, std::string_view v) : name(n), value(v) {}
  LogField(std::string_view n, const char* v) : name(n), value(std::string_view(v)) {}
  LogField(std::string_view n, const std::string& v) : name(n), value(std::string_view(v)) {}
  LogField(std::string_view n, double v) : name(n), value(v) {}
  template <std::same_as<bool> T>
  LogField(std::string_view n, T v) : name(n), value(v) {}
  template <std::signed_integral T>
  LogField(std::string_view n, T v) : name(n), value(static_cast<std::int64_t>(v)) {}
  template <std::unsigned_integral T>
  requires(!std::same_as<T, bool>) LogField(std::string_view n, T v) : name(n), value(static_cast<std::uint64_t>(v)) {}
  template <class Tag>
  LogField(std::string_view n, const Id<Tag>& v) : name(n), value(v.text()) {}

  std::string_view name;
  Value value;
};

/// Where finished lines go.
class LogSink {
 public:
  virtual ~LogSink() = default;
  /// Takes one line with its newline. Called from any thread, several at once; never throws.
  virtual void write(std::string_view line) noexcept = 0;
};

/// Writes each line to a file descriptor with one write(2); lines of several threads never mix. The descriptor stays
/// the caller's. A line that the descriptor does not take is dropped and counted: logging never stops the program.
class FdLogSink final : public LogSink {
 public:
  explicit FdLogSink(int fd);
  void write(std::string_view line) noexcept override;
  std::uint64_t dropped() const;

 private:
  const int fd_;
  mutable std::mutex mutex_;
  std::uint64_t dropped_ = 0;
  bool mid_line_ = false;
};

/// Writes JSON lines: `{"ts":"2026-01-31T09:00:00.123Z","level":"info","event":"call_queued","call":"cl_..."}`.
/// An event name is an identifier and values are fields: `log.info("call_queued", {{"call", call}, {"waiting", 3}})`.
/// Never give it a credential or a SIP body. Any thread.
class Logger {
 public:
  /// `sink` and `clock` must outlive the logger. Lines below `level` cost one comparison.
  Logger(LogSink& sink, const Clock& clock, LogLevel level);

  void debug(std::string_view event, std::initializer_list<LogField> fields);
  void info(std::string_view event, std::initializer_list<LogField> fields);
  void warn(std::string_view event, std::initializer_list<LogField> fields);
  void error(std::string_view event, std::initializer_list<LogField> fields);

 private:
  void write(LogLevel level, std::string_view event, std::initializer_list<LogField> fields);

  LogSink& sink_;
  const Clock& clock_;
  const LogLevel level_;
};

}  // namespace rf::process
