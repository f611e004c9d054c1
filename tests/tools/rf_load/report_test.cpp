#include "tools/rf-load/report.hpp"

#include <gmock/gmock.h>

namespace rf::load {
namespace {

using testing::HasSubstr;

Outcome outcome() {
  Outcome out;
  out.options = *options_of({"backlog", "--agents", "10", "--talk", "1s"});
  out.figures.calls = 30;
  out.figures.connected = 30;
  out.figures.connected_in_window = 18;
  out.figures.finished = 30;
  out.figures.talked_us = 19 * second_us;
  out.figures.route.record(1500);
  out.registers.asked = 10;
  out.registers.registered = 10;
  out.window_us = 2 * second_us;
  out.kernel = "Linux \"6\"";
  return out;
}

TEST(Report, NamesRateAndShareOfTheIdeal) {
  const std::string text = text_of(outcome());
  EXPECT_THAT(text, HasSubstr("9.0/s of ideal 10.0/s (95.0 %)"));
  EXPECT_THAT(text, HasSubstr("\nclean\n"));
}

TEST(Report, JsonHasFiguresAndConditions) {
  const std::string text = json_of(outcome());
  EXPECT_THAT(text, HasSubstr("\"clean\": true"));
  EXPECT_THAT(text, HasSubstr("\"connected_per_s\": 9,"));
  EXPECT_THAT(text, HasSubstr("\"share_of_ideal\": 0.95,"));
  EXPECT_THAT(text, HasSubstr("\"route\": {\"count\": 1, \"p50_ms\": 1.5"));
  EXPECT_THAT(text, HasSubstr("\"kernel\": \"Linux \\\"6\\\"\""));
  EXPECT_THAT(text, HasSubstr("\"refusals\": {}"));
}

TEST(Report, IsCleanOnlyWhenNothingWentWrong) {
  EXPECT_TRUE(clean(outcome()));
  using Change = void (*)(Outcome&);
  for (const Change change : std::initializer_list<Change>{
           [](Outcome& o) { o.figures.failed = 1; }, [](Outcome& o) { o.figures.unfinished = 1; },
           [](Outcome& o) { o.figures.overlapping = 1; }, [](Outcome& o) { o.figures.double_answers = 1; },
           [](Outcome& o) { o.figures.unconfirmed = 1; }, [](Outcome& o) { o.figures.strangers = 1; },
           [](Outcome& o) { o.figures.connected = 0; }, [](Outcome& o) { o.registers.registered = 9; },
           [](Outcome& o) { o.trouble = "x"; }}) {
    Outcome changed = outcome();
    change(changed);
    EXPECT_FALSE(clean(changed));
    EXPECT_THAT(text_of(changed), HasSubstr("NOT clean"));
  }
  Outcome shed = outcome();
  shed.figures.shed = 5;
  EXPECT_TRUE(clean(shed));
}

}  // namespace
}  // namespace rf::load
