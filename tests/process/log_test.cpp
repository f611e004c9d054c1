#include "process/log.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <limits>
#include <set>
#include <sstream>
#include <thread>
#include <vector>

#include "tests/process/fakes.hpp"

namespace rf::process {
namespace {

constexpr Ms instant_ms = 1'769'850'000'123;  // 2026-01-31T09:00:00.123Z

class LogTest : public testing::Test {
 protected:
  ManualClock clock_{instant_ms};
  CapturingSink sink_;
  Logger log_{sink_, clock_, LogLevel::info};

  std::string only_line() const {
    const auto lines = sink_.lines();
    return lines.size() == 1 ? lines[0] : "";
  }
};

TEST_F(LogTest, WritesOneJsonLine) {
  log_.info("agent_bucket_changed", {{"account", "acme"}, {"n", 3}, {"share", 0.5}, {"live", true}});
  EXPECT_EQ(only_line(), R"({"ts":"2026-01-31T09:00:00.123Z","level":"info","event":"agent_bucket_changed",)"
                         R"("account":"acme","n":3,"share":0.5,"live":true})"
                         "\n");
}

TEST_F(LogTest, TakesEveryKindOfValue) {
  const CallId call(Ulid{1, 2});
  const std::string text = "t";
  log_.warn("kinds", {{"id", call},
                      {"big", std::numeric_limits<std::uint64_t>::max()},
                      {"small", std::numeric_limits<std::int64_t>::min()},
                      {"byte", std::uint8_t{7}},
                      {"text", text},
                      {"nan", std::numeric_limits<double>::quiet_NaN()},
                      {"no", false}});
  EXPECT_EQ(only_line(), R"({"ts":"2026-01-31T09:00:00.123Z","level":"warn","event":"kinds","id":")" + call.text() +
                             R"(","big":18446744073709551615,"small":-9223372036854775808,"byte":7,"text":"t",)"
                             R"("nan":null,"no":false})"
                             "\n");
}

TEST_F(LogTest, NoValueCanBreakTheLine) {
  log_.error("sip_refused", {{"from", "a\"\n{\"event\":\"forged\"}\r\x01\xff"}});
  const std::string line = only_line();
  EXPECT_EQ(line.find('\n'), line.size() - 1);
  EXPECT_NE(line.find(R"(a\"\n{\"event\":\"forged\"}\r\u0001)"), std::string::npos);
}

TEST_F(LogTest, CutsLongTextsBetweenCharacters) {
  std::string text(log_text_bytes_max - 1, 'x');
  text += "\xc3\xab and more";
  log_.info("long", {{"text", text}});
  EXPECT_NE(only_line().find(std::string(log_text_bytes_max - 1, 'x') + "...\"}"), std::string::npos);
}

TEST_F(LogTest, LeavesOutWhatIsBelowItsLevel) {
  log_.debug("quiet", {});
  EXPECT_TRUE(sink_.lines().empty());
  Logger(sink_, clock_, LogLevel::debug).debug("loud", {});
  EXPECT_EQ(sink_.lines().size(), 1u);
  Logger(sink_, clock_, LogLevel::error).warn("quiet", {});
  EXPECT_EQ(sink_.lines().size(), 1u);
}

TEST_F(LogTest, WritesInstantsBefore1970) {
  clock_.step_wall(-instant_ms - 1);
  log_.info("old", {});
  EXPECT_NE(only_line().find("\"1969-12-31T23:59:59.999Z\""), std::string::npos);
}

TEST(LogLevel, HasNames) {
  for (const char* name : {"debug", "info", "warn", "error"}) {
    const auto level = log_level_of(name);
    ASSERT_TRUE(level.has_value()) << name;
    EXPECT_EQ(name_of(*level), name);
  }
  EXPECT_FALSE(log_level_of("loud").has_value());
}

TEST(FdLogSink, LinesOfManyThreadsDoNotMix) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
  constexpr int threads_count = 4;
  constexpr int lines_count = 500;
  std::string received;
  std::thread reader([&] {
    std::array<char, 4096> chunk;
    for (ssize_t got; (got = ::read(ends[0], chunk.data(), chunk.size())) > 0;)
      received.append(chunk.data(), static_cast<std::size_t>(got));
  });
  FdLogSink sink(ends[1]);
  const SystemClock clock;
  Logger log(sink, clock, LogLevel::info);
  std::vector<std::thread> writers;
  for (int thread = 0; thread < threads_count; ++thread)
    writers.emplace_back([&log, thread] {
      for (int n = 0; n < lines_count; ++n)
        log.info("line", {{"thread", thread}, {"n", n}, {"padding", std::string(200, 'p')}});
    });
  for (std::thread& writer : writers) writer.join();
  ::close(ends[1]);
  reader.join();
  ::close(ends[0]);

  std::set<std::string> unique;
  std::istringstream lines(received);
  for (std::string line; std::getline(lines, line);) {
    ASSERT_TRUE(line.starts_with("{\"ts\":\"") && line.ends_with("\"}")) << line;
    unique.insert(line.substr(line.find("\"thread\"")));
  }
  EXPECT_EQ(unique.size(), static_cast<std::size_t>(threads_count * lines_count));
  EXPECT_EQ(sink.dropped(), 0u);
}

TEST(FdLogSink, DropsAndCountsWhatTheOutputDoesNotTake) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK), 0);
  FdLogSink sink(ends[1]);
  const std::string line = std::string(70'000, 'a') + "\n";
  while (sink.dropped() == 0) sink.write(line);

  // The reader comes back: the torn line is ended before the next one.
  std::string received;
  std::array<char, 4096> chunk;
  for (ssize_t got; (got = ::read(ends[0], chunk.data(), chunk.size())) > 0;)
    received.append(chunk.data(), static_cast<std::size_t>(got));
  sink.write("{}\n");
  const ssize_t got = ::read(ends[0], chunk.data(), chunk.size());
  ASSERT_GT(got, 0);
  received.append(chunk.data(), static_cast<std::size_t>(got));
  EXPECT_TRUE(received.ends_with("a\n{}\n"));
  ::close(ends[0]);
  ::close(ends[1]);
}

}  // namespace
}  // namespace rf::process
