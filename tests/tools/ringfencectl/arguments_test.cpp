#include "tools/ringfencectl/arguments.hpp"

#include <gmock/gmock.h>

#include <set>

#include "tools/ringfencectl/commands.hpp"

namespace rf::ctl {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<CommandForm> forms() {
  return {{"agent list", "", "every agent", {}},
          {"agent login", "AGENT [WHERE]", "logs in", {{"queues", "Q1,Q2", "which"}, {"quiet", "", "says nothing"}}},
          {"watch", "", "the live board", {}}};
}

Invocation parsed(const std::vector<std::string>& arguments) {
  auto asked = parse(forms(), arguments);
  EXPECT_TRUE(asked.ok()) << asked.error().what;
  return asked.ok() ? *asked : Invocation();
}

std::string refusal(const std::vector<std::string>& arguments) {
  const auto asked = parse(forms(), arguments);
  if (asked) return "(taken)";
  EXPECT_EQ(asked.error().code, Code::invalid_argument);
  return asked.error().what;
}

TEST(Arguments, FlagsMayStandAnywhereAndInBothForms) {
  for (const auto& arguments : {std::vector<std::string>{"--queues", "a,b", "agent", "login", "ada", "--quiet"},
                                {"agent", "--quiet", "login", "--queues=a,b", "ada"},
                                {"agent", "login", "ada", "--queues", "a,b", "--quiet"}}) {
    const Invocation asked = parsed(arguments);
    EXPECT_EQ(asked.command, 1u);
    EXPECT_THAT(asked.operands, ElementsAre("ada"));
    EXPECT_EQ(asked.flag("queues", "-"), "a,b");
    EXPECT_TRUE(asked.has("quiet"));
    EXPECT_FALSE(asked.has("json"));
    EXPECT_EQ(asked.operand(1), "");
  }
}

TEST(Arguments, AfterTwoDashesEverythingIsAnOperand) {
  EXPECT_THAT(parsed({"agent", "login", "--", "--odd", "-x"}).operands, ElementsAre("--odd", "-x"));
}

TEST(Arguments, ADashAloneAndAnEmptyTextAreOperands) {
  EXPECT_THAT(parsed({"agent", "login", "-", ""}).operands, ElementsAre("-", ""));
}

TEST(Arguments, WhatIsWrongIsSaid) {
  EXPECT_THAT(refusal({}), HasSubstr("no command"));
  EXPECT_THAT(refusal({"agent"}), HasSubstr("needs a second word: agent list, agent login"));
  EXPECT_THAT(refusal({"agnt", "list"}), HasSubstr("nearest is \"agent list\""));
  EXPECT_THAT(refusal({"agent", "logn"}), HasSubstr("nearest is \"agent login\""));
  EXPECT_THAT(refusal({"agent", "login"}), HasSubstr("AGENT is missing: ringfencectl agent login AGENT [WHERE]"));
  EXPECT_THAT(refusal({"agent", "list", "x"}), HasSubstr("\"x\" is one word too many"));
  EXPECT_THAT(refusal({"watch", "--acount", "x"}),
              HasSubstr("\"watch\" has no flag --acount; the nearest is --account"));
  EXPECT_THAT(refusal({"watch", "--quiet"}), HasSubstr("\"watch\" has no flag --quiet"));
  EXPECT_THAT(refusal({"watch", "--account"}), HasSubstr("--account needs a value: ACCOUNT"));
  EXPECT_THAT(refusal({"watch", "--json=yes"}), HasSubstr("--json stands alone"));
  EXPECT_THAT(refusal({"watch", "--json", "--json"}), HasSubstr("--json was given twice"));
  EXPECT_THAT(refusal({"watch", "-j"}), HasSubstr("unknown flag \"-j\""));
}

TEST(Arguments, HelpAnswersAtOnce) {
  EXPECT_THAT(parsed({"--help"}).answer, HasSubstr("agent login AGENT [WHERE]  logs in"));
  EXPECT_THAT(parsed({"agent", "-h"}).answer, HasSubstr("Exit codes: 0 done"));
  const std::string one = parsed({"agent", "login", "--help"}).answer;
  EXPECT_THAT(one, HasSubstr("usage: ringfencectl agent login AGENT [WHERE]"));
  EXPECT_THAT(one, HasSubstr("--queues Q1,Q2"));
  EXPECT_THAT(one, HasSubstr("--token-file FILE"));
}

TEST(Arguments, AFlagMeansTheSameInEveryCommand) {
  // The reader decides by the name alone whether the next word is a flag's value.
  std::set<std::string> alone;
  std::set<std::string> valued;
  const auto sort = [&](const std::vector<Flag>& flags) {
    for (const Flag& flag : flags) (flag.value.empty() ? alone : valued).insert(flag.name);
  };
  sort(common_flags());
  for (const Command& command : all_commands()) sort(command.form.flags);
  for (const std::string& name : alone) EXPECT_EQ(valued.count(name), 0u) << name;
}

TEST(Arguments, EveryCommandHasItsOwnWordsAndHelp) {
  std::set<std::string> words;
  for (const Command& command : all_commands()) {
    EXPECT_TRUE(words.insert(command.form.words).second) << command.form.words;
    EXPECT_FALSE(command.form.help.empty()) << command.form.words;
    EXPECT_NE(command.run, nullptr) << command.form.words;
  }
}

}  // namespace
}  // namespace rf::ctl
