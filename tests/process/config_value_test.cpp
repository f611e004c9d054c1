#include "process/config_value.hpp"

#include <gtest/gtest.h>

namespace rf::process {
namespace {

TEST(Address, ReadsAndWritesEveryForm) {
  EXPECT_EQ(address_of("127.0.0.1:7400"), (HostPort{"127.0.0.1", 7400}));
  EXPECT_EQ(address_of("[::1]:0"), (HostPort{"::1", 0}));
  EXPECT_EQ(address_of("node-1.example_x:65535"), (HostPort{"node-1.example_x", 65535}));
  for (const char* text : {"127.0.0.1:7400", "[fe80::1]:5060", "localhost:1"})
    EXPECT_EQ(address_of(text).value().text(), text);
}

TEST(Address, RefusesWhatIsNone) {
  for (const char* text : {"", "7400", ":7400", "host:", "host:x", "host:65536", "host:-1", "host: 1", "::1:7400",
                           "[host]:1", "[]:1", "a b:1", "a\n:1", "host:7400x"})
    EXPECT_FALSE(address_of(text).has_value()) << text;
}

TEST(Address, KnowsLoopback) {
  for (const char* host : {"localhost", "127.0.0.1", "127.9.9.9", "::1"})
    EXPECT_TRUE((HostPort{host, 1}).loopback()) << host;
  for (const char* host : {"0.0.0.0", "::", "128.0.0.1", "127.example", "localhost.example", "::ffff:127.0.0.1", ""})
    EXPECT_FALSE((HostPort{host, 1}).loopback()) << host;
}

TEST(Duration, ReadsEveryUnit) {
  EXPECT_EQ(duration_ms_of("300ms"), 300);
  EXPECT_EQ(duration_ms_of("20s"), 20'000);
  EXPECT_EQ(duration_ms_of("5m"), 300'000);
  EXPECT_EQ(duration_ms_of("2h"), 7'200'000);
  EXPECT_EQ(duration_ms_of("7d"), 604'800'000);
  EXPECT_EQ(duration_ms_of("0s"), 0);
}

TEST(Duration, RefusesWhatIsNone) {
  for (const char* text :
       {"", "20", "s", "20 s", "-1s", "1.5s", "20S", "20s ", "1h30m", "9223372036854775807d", "99999999999999999999s"})
    EXPECT_FALSE(duration_ms_of(text).has_value()) << text;
}

TEST(Duration, WritesTheShortestForm) {
  for (const char* text : {"0s", "1ms", "1500ms", "20s", "90s", "5m", "2h", "36h", "7d"})
    EXPECT_EQ(duration_text(duration_ms_of(text).value()), text);
  EXPECT_EQ(duration_text(60'000), "1m");
}

TEST(NearestKey, CountsEdits) {
  const std::vector<std::string> known = {"grpc.listen", "http.listen", "data_dir", "log.level"};
  EXPECT_EQ(nearest_key("grpc.lisen", known), "grpc.listen");
  EXPECT_EQ(nearest_key("http.litsen", known), "http.listen");
  EXPECT_EQ(nearest_key("datadir", known), "data_dir");
  EXPECT_EQ(nearest_key("loglevel", known), "log.level");
  EXPECT_EQ(nearest_key("x", {}), "");
}

TEST(ValueRule, EveryDefaultTextSurvivesPrinting) {
  const ValueRule list{.type = ValueType::text_list};
  EXPECT_EQ(toml_text(list, value_of_text(list, "").value()), "[]");
  EXPECT_EQ(toml_text(list, value_of_text(list, "a,b c").value()), R"(["a", "b c"])");
  const ValueRule text{.type = ValueType::text};
  EXPECT_EQ(toml_text(text, value_of_text(text, "a\"\\\n").value()), R"("a\"\\\n")");
  const ValueRule off{.type = ValueType::address_or_none};
  EXPECT_EQ(toml_text(off, value_of_text(off, "").value()), "\"\"");
}

}  // namespace
}  // namespace rf::process
