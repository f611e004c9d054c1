#include "tools/ringfencectl/words.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>

#include "tools/ringfencectl/table.hpp"

namespace rf::ctl {
namespace {

TEST(Words, AreThoseOfTheLog) {
  EXPECT_EQ(word(api::BUCKET_UNREACHABLE), "unreachable");
  EXPECT_EQ(word(api::STATUS_ON_BREAK), "on_break");
  EXPECT_EQ(word(api::MEMBERSHIP_MODE_SUPERVISOR_MANAGED), "supervisor_managed");
  EXPECT_EQ(word(api::CLOSE_CAUSE_LOST_RACE), "lost_race");
  EXPECT_EQ(word(api::OUTCOME_UNSPECIFIED), "-");
  EXPECT_EQ(word(static_cast<api::Outcome>(77)), "77");
}

TEST(Words, AreReadInEitherSpelling) {
  EXPECT_EQ(status_of("on_break"), api::STATUS_ON_BREAK);
  EXPECT_EQ(status_of("not-ready"), api::STATUS_NOT_READY);
  EXPECT_EQ(status_of("unspecified"), std::nullopt);
  EXPECT_EQ(status_of("lunch"), std::nullopt);
  EXPECT_EQ(close_cause_of("no_answer"), api::CLOSE_CAUSE_NO_ANSWER);
}

TEST(Words, SpansCountUpFromMinutes) {
  EXPECT_EQ(span_text(-5), "0:00");
  EXPECT_EQ(span_text(7'999), "0:07");
  EXPECT_EQ(span_text(754'000), "12:34");
  EXPECT_EQ(span_text(3'723'000), "1:02:03");
}

TEST(Words, InstantsAreOfThisTimeZone) {
  setenv("TZ", "UTC", 1);
  tzset();
  const Ms now_ts = 1'777'000'000'000;  // 2026-04-24 03:06:40
  EXPECT_EQ(date_text(now_ts), "2026-04-24 03:06:40");
  EXPECT_EQ(date_text(0), "");
  EXPECT_EQ(instant_of("2026-04-24 03:06:40", 0), now_ts);
  EXPECT_EQ(instant_of("2026-04-24T03:06:40", 0), now_ts);
  EXPECT_EQ(instant_of("03:06:40", now_ts), now_ts);
  EXPECT_EQ(instant_of("03:06", now_ts), now_ts - 40'000);
  EXPECT_EQ(instant_of("2026-04-24", 0), now_ts - 11'200'000);
  EXPECT_EQ(instant_of("yesterday", now_ts), std::nullopt);
  EXPECT_EQ(instant_of("", now_ts), std::nullopt);
}

TEST(Words, WhatStrangersWroteCannotDriveTheTerminal) {
  EXPECT_EQ(plain("a\x1b[2Jb\n\x7f"), "a?[2Jb??");
  EXPECT_EQ(plain("caf\xc3\xa9"), "caf\xc3\xa9");
  EXPECT_EQ(plain("\xc2\x9b"
                  "31m"),
            "?31m");
}

TEST(Words, WidthsAreCountedInCharacters) {
  EXPECT_EQ(width_of("caf\xc3\xa9"), 4u);
  EXPECT_EQ(clipped("caf\xc3\xa9s", 4), "caf\xc3\xa9");
  EXPECT_EQ(clipped("ab", 4), "ab");
}

TEST(Words, TablesAreAsWideAsTheirCells) {
  Table table({{"AGENT"}, {"FOR", Align::right}, {"CALL"}});
  EXPECT_TRUE(table.empty());
  table.row({"ada", "0:07", ""});
  table.row({"ren\xc3\xa9 \x1b", "12:34", "c1"});
  EXPECT_EQ(table.text(), "AGENT     FOR  CALL\n"
                          "ada      0:07\n"
                          "ren\xc3\xa9 ?  12:34  c1\n");
}

}  // namespace
}  // namespace rf::ctl
