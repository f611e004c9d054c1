#include "tools/rf-load/options.hpp"

#include <gmock/gmock.h>

namespace rf::load {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string complaint(const std::vector<std::string>& arguments) {
  const auto options = options_of(arguments);
  EXPECT_FALSE(options);
  return options ? "" : options.error().what;
}

TEST(LoadOptions, EachWorkHasItsDefaults) {
  const auto steady = options_of({"steady"});
  ASSERT_TRUE(steady);
  EXPECT_EQ(steady->talk_us, 500 * ms_us);
  EXPECT_EQ(steady->agents, 100u);
  EXPECT_EQ(steady->queues(), 1u);
  EXPECT_EQ(steady->domain, "load.test");
  const auto backlog = options_of({"backlog"});
  ASSERT_TRUE(backlog);
  EXPECT_EQ(backlog->waiting, 100u);
  EXPECT_EQ(backlog->agents, 50u);
  EXPECT_EQ(backlog->talk_us, second_us);
  const auto contention = options_of({"contention"});
  ASSERT_TRUE(contention);
  EXPECT_EQ(contention->queues(), 10u);
  EXPECT_EQ(contention->numbers.back(), "7010");
}

TEST(LoadOptions, ReadsFlags) {
  const auto o =
      options_of({"contention", "--server", "127.0.0.2:5070", "--queues=3", "--number", "0098", "--answer-delay",
                  "200ms", "--talk", "1.5s", "--seconds", "2", "--rate=12.5", "--static", "--json", "x"});
  ASSERT_TRUE(o) << o.error().what;
  EXPECT_EQ(o->server.text(), "127.0.0.2:5070");
  EXPECT_THAT(o->numbers, ElementsAre("0098", "0099", "0100"));
  EXPECT_EQ(o->answer_delay_us, 200 * ms_us);
  EXPECT_EQ(o->talk_us, 1500 * ms_us);
  EXPECT_EQ(o->window_us, 2 * second_us);
  EXPECT_EQ(o->rate, 12.5);
  EXPECT_EQ(o->agent_kind, AgentKind::fixed);
  EXPECT_EQ(o->domain, "127.0.0.2");
}

TEST(LoadOptions, SaysWhatToWriteInstead) {
  EXPECT_THAT(complaint({}), HasSubstr("steady"));
  EXPECT_THAT(complaint({"stready"}), HasSubstr("prepare, steady, backlog or contention"));
  EXPECT_THAT(complaint({"steady", "--agnets", "5"}), HasSubstr("the nearest is --agents"));
  EXPECT_THAT(complaint({"steady", "agents"}), HasSubstr("rf-load --help"));
  EXPECT_THAT(complaint({"steady", "--waiting", "5"}), HasSubstr("has no argument"));
  EXPECT_THAT(complaint({"steady", "--agents"}), HasSubstr("needs a value: COUNT"));
  EXPECT_THAT(complaint({"steady", "--agents", "1", "--agents", "2"}), HasSubstr("twice"));
  EXPECT_THAT(complaint({"steady", "--static=yes"}), HasSubstr("stands alone"));
  EXPECT_THAT(complaint({"steady", "--number", "sales", "--queues", "2"}), HasSubstr("must be digits"));
  for (const char* bad : {"0", "-1", "1.5", "x", "", "1e9"})
    EXPECT_THAT(complaint({"steady", "--agents", bad}), HasSubstr("--agents cannot be")) << bad;
  for (const char* bad : {"127.0.0.1", "localhost:5060", "127.0.0.1:70000", ":1"})
    EXPECT_THAT(complaint({"steady", "--server", bad}), HasSubstr("IP:PORT")) << bad;
  for (const char* bad : {"1h", "s", "-1s", "nan"})
    EXPECT_THAT(complaint({"steady", "--talk", bad}), HasSubstr("DURATION")) << bad;
}

TEST(LoadOptions, UsageNamesEveryWork) {
  for (const char* word : {"prepare", "steady", "backlog", "contention", "--json", "Exit codes"})
    EXPECT_THAT(usage(), HasSubstr(word));
}

TEST(LoadOptions, WhosePhonesAndHowLongIsNotMeasured) {
  EXPECT_EQ(options_of({"prepare"})->endpoint, Endpoint::sip);
  EXPECT_EQ(options_of({"prepare", "--endpoint", "external"})->endpoint, Endpoint::external);
  EXPECT_THAT(complaint({"prepare", "--endpoint", "tin-can"}), HasSubstr("sip|external"));
  EXPECT_EQ(options_of({"steady"})->warmup_us, second_us);
  EXPECT_EQ(options_of({"steady", "--warmup", "0"})->warmup_us, 0);
}

}  // namespace
}  // namespace rf::load
