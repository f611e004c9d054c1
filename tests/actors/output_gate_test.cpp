#include "actors/output_gate.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace rf::actors {
namespace {

using Facts = OutputGate::Facts;

class OutputGateTest : public ::testing::Test {
 protected:
  Output turn(const std::string& name) {
    Output output;
    output.answer =
        Answer([this, name](const Outcome& o) { answers.push_back(name + " " + std::string(name_of(o.reply.code))); },
               nullptr);
    output.orders.push_back(link::Order{"edge", 1, link::HoldOrder{}});
    return output;
  }
  void let_out(std::vector<Output> outputs) {
    for (Output& output : outputs) {
      orders += output.orders.size();
      output.answer.give(output.outcome);
    }
  }

  // What a dropped answer calls back into outlives the gate.
  std::vector<std::string> answers;
  std::size_t orders = 0;
  OutputGate gate;
};

TEST_F(OutputGateTest, LetsOutAtOnceWhatDependsOnNothing) {
  let_out(gate.hold(turn("refused"), Facts::none));
  EXPECT_EQ(answers, std::vector<std::string>{"refused ok"});
  EXPECT_EQ(gate.depth(), 0u);
}

TEST_F(OutputGateTest, HoldsWhatIsProposedAndWhatStandsBehindIt) {
  let_out(gate.hold(turn("a"), Facts::proposed));
  let_out(gate.hold(turn("b"), Facts::none));
  let_out(gate.hold(turn("c"), Facts::proposed));
  EXPECT_TRUE(answers.empty());
  EXPECT_EQ(gate.depth(), 3u);
}

TEST_F(OutputGateTest, OpensInOrderAsBatchesCommit) {
  for (const char* name : {"a", "c"}) {
    let_out(gate.hold(turn(name), Facts::proposed));
    let_out(gate.hold(turn(name + std::string(" after")), Facts::none));
  }
  let_out(gate.committed());
  EXPECT_EQ(answers, (std::vector<std::string>{"a ok", "a after ok"}));
  let_out(gate.committed());
  EXPECT_EQ(answers, (std::vector<std::string>{"a ok", "a after ok", "c ok", "c after ok"}));
  EXPECT_EQ(orders, 4u);
}

TEST_F(OutputGateTest, LostLeadershipLeavesOnlyTheDoubt) {
  let_out(gate.hold(turn("a"), Facts::proposed));
  let_out(gate.hold(turn("b"), Facts::none));
  let_out(gate.hold(turn("c"), Facts::proposed));
  let_out(gate.fail(Error{Code::unknown_outcome, "lost"}));
  EXPECT_EQ(answers, (std::vector<std::string>{"a unknown_outcome", "b not_owner", "c unknown_outcome"}));
  EXPECT_EQ(orders, 0u);
  EXPECT_EQ(gate.depth(), 0u);
}

TEST_F(OutputGateTest, ARefusedBatchTakesNothingBehindItWithIt) {
  let_out(gate.hold(turn("too large"), Facts::proposed));
  let_out(gate.hold(turn("b"), Facts::proposed));
  let_out(gate.fail(Error{Code::invalid_argument, "too large"}));
  EXPECT_EQ(answers, (std::vector<std::string>{"too large invalid_argument", "b not_owner"}));
}

TEST_F(OutputGateTest, AStaleActorsTurnsAreAskedAgain) {
  let_out(gate.hold(turn("a"), Facts::proposed));
  let_out(gate.hold(turn("b"), Facts::proposed));
  let_out(gate.fail(Error{Code::failed_precondition, "not the next seq"}));
  EXPECT_EQ(answers, (std::vector<std::string>{"a not_owner", "b not_owner"}));
}

TEST_F(OutputGateTest, AFailedDiskIsSaidToEverybody) {
  let_out(gate.hold(turn("a"), Facts::proposed));
  let_out(gate.hold(turn("b"), Facts::none));
  let_out(gate.fail(Error{Code::unavailable, "disk full"}));
  EXPECT_EQ(answers, (std::vector<std::string>{"a unavailable", "b unavailable"}));
}

TEST_F(OutputGateTest, DroppedWithItsActorItSaysWhatMayHaveHappened) {
  {
    OutputGate dropped;
    let_out(dropped.hold(turn("a"), Facts::proposed));
    let_out(dropped.hold(turn("b"), Facts::none));
  }
  EXPECT_EQ(answers, (std::vector<std::string>{"a unknown_outcome", "b not_owner"}));
}

struct Kept : Postbox {
  void post(Answer answer) override { answers.push_back(std::move(answer)); }
  std::vector<Answer> answers;
};

TEST(AnswerTest, ADropGoesThroughThePostboxOnce) {
  auto postbox = std::make_shared<Kept>();
  int called = 0;
  {
    const Answer dropped([&called](const Outcome&) { ++called; }, postbox);
  }
  EXPECT_EQ(called, 0);
  ASSERT_EQ(postbox->answers.size(), 1u);
  postbox->answers.clear();
  EXPECT_EQ(called, 1);
}

TEST(AnswerTest, AGivenOneIsNotDropped) {
  auto postbox = std::make_shared<Kept>();
  int called = 0;
  {
    Answer first([&called](const Outcome&) { ++called; }, postbox);
    Answer second = std::move(first);
    second.give(Outcome{});
    second.give(Outcome{});
  }
  EXPECT_EQ(called, 1);
  EXPECT_TRUE(postbox->answers.empty());
}

}  // namespace
}  // namespace rf::actors
