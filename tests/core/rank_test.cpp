#include "core/queue/queue_index.hpp"

#include <gtest/gtest.h>

namespace rf::core {
namespace {

const AgentId ann(Ulid{1, 1});
const AgentId bob(Ulid{1, 2});
const AgentId cid(Ulid{1, 3});

MemberChange member(AgentId agent, Ms metric) {
  MemberView view;
  view.idle_since_ts = metric;
  view.edges = {"edge-1"};
  return {agent, view};
}

/// A call at edge-1 for which ann, bob and cid are ready, in that order.
RankRequest request(std::size_t wanted) {
  RankRequest out;
  out.edge = "edge-1";
  out.arrived_ts = out.now_ts = 100'000;
  out.wanted = wanted;
  out.whole = true;
  out.changes = {member(ann, 1), member(bob, 2), member(cid, 3)};
  return out;
}

std::vector<AgentId> ranked(const RankRequest& request) {
  QueueIndex index;
  return rank(index, request).agents;
}

TEST(Rank, TheStickyAgentComesBeforeTheStrategy) {
  RankRequest sticky = request(2);
  EXPECT_EQ(ranked(sticky), (std::vector<AgentId>{ann, bob}));
  sticky.sticky = cid;
  EXPECT_EQ(ranked(sticky), (std::vector<AgentId>{cid, ann}));
  sticky.tried = {Tried{cid, 1}};
  EXPECT_EQ(ranked(sticky), (std::vector<AgentId>{ann, bob})) << "who had a chance at the call comes last (P12)";
}

TEST(Rank, AStickyAgentWhoCannotBeOfferedTheCallIsSkipped) {  // S16
  RankRequest sticky = request(1);
  sticky.sticky = AgentId(Ulid{1, 9});
  EXPECT_EQ(ranked(sticky), (std::vector<AgentId>{ann})) << "not ready, or no member";
  sticky.sticky = cid;
  sticky.pair_waits = {PairWait{cid, 100'001}};
  EXPECT_EQ(ranked(sticky), (std::vector<AgentId>{ann})) << "has the call already, or turned it away";
  sticky.pair_waits.clear();
  sticky.changes[2].view->delay_ms = 1;
  EXPECT_EQ(ranked(sticky), (std::vector<AgentId>{ann})) << "the queue does not ask the agent yet";
  sticky.changes[2].view->delay_ms = 0;
  sticky.changes[2].view->edges = {"edge-2"};
  EXPECT_EQ(ranked(sticky), (std::vector<AgentId>{ann})) << "no phone at the call's edge";
}

}  // namespace
}  // namespace rf::core
