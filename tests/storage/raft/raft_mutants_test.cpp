#include <gtest/gtest.h>

#include "tests/storage/raft/world.hpp"
#include "tests/support/planted.hpp"

namespace rf::storage::raft {
namespace {

using plant::Mutant;

std::string found_by_seed(std::uint64_t seed) {
  const WorldOutcome outcome = World(WorldOptions{seed}).run();
  if (outcome.violation.empty()) return {};
  return "after " + std::to_string(outcome.steps) + " steps: " + outcome.violation;
}

class RaftMutantTest : public ::testing::TestWithParam<Mutant> {};

TEST_P(RaftMutantTest, IsCaught) { expect_caught(GetParam(), found_by_seed); }

INSTANTIATE_TEST_SUITE_P(Planted, RaftMutantTest,
                         ::testing::Values(Mutant{"vote_forgotten", {34}, 500, "C1: "},
                                           Mutant{"lost_last_writes", {}, 100},
                                           Mutant{"messages_before_vote", {}, 100, "S2: "},
                                           Mutant{"no_message_split", {}, 100, "for a change"},
                                           Mutant{"proposals_of_any_term", {}, 100, "S7: "},
                                           Mutant{"answer_by_index", {1132}, 4000, "I12: "},
                                           Mutant{"prevote_hides_term", {792}, 4000, "C9: "},
                                           Mutant{"members_unheard", {2718, 7606}, 12000, "C9: "}),
                         [](const auto& test) { return test.param.name; });

/// Random groups hardly ever come to these two.
class RareMutantTest : public ::testing::Test {
 protected:
  RareMutantTest() : group_(options(), [](std::uint64_t, std::size_t) { return std::vector<EntryPtr>(); }) {
    StoredLog log;
    log.term = 1;
    log.entries.push_back(Entry{1, EntryKind::change, "members", members_});
    EXPECT_TRUE(group_.start(1'000, log).ok());
  }
  ~RareMutantTest() override { plant::arm(""); }

  static GroupOptions options() {
    GroupOptions options;
    options.node = 1;
    return options;
  }
  /// As node 2 sends them.
  Effects append(std::uint64_t term, std::uint64_t index, std::uint64_t entries, std::uint64_t commit) {
    Message message;
    message.kind = MessageKind::append;
    message.peer = 2;
    message.term = term;
    message.index = index;
    message.index_term = index == 0 ? 0 : 1;
    message.commit = commit;
    for (std::uint64_t i = 0; i < entries; ++i) {
      const bool first = index + i == 0;
      message.entries.push_back(std::make_shared<const Entry>(first ? Entry{1, EntryKind::change, "members", members_}
                                                                    : Entry{term, EntryKind::command, "x", {}}));
    }
    return group_.receive(1'000, message);
  }

  const Members members_{{1, MemberRole::voter}, {2, MemberRole::voter}, {3, MemberRole::voter}};
  Group group_;
};

TEST_F(RareMutantTest, AnOvertakenWriteThatCounts) {
  plant::arm("overtaken_writes_count");
  const Effects first = append(2, 1, 2, 0);
  append(3, 1, 2, 0);
  group_.stored(1'000, first.writes.back().id);
  EXPECT_EQ(group_.stored_index(), 3u) << "nothing of the second is on the disk: the planted bug shows";
}

TEST_F(RareMutantTest, AnAppendFromBeforeTheLogBegins) {
  const Effects first = append(2, 1, 5, 6);
  group_.stored(1'000, first.writes.back().id);
  group_.compact(1'000, SnapshotHead{6, 2, 1, members_}, 0);
  ASSERT_EQ(group_.first_index(), 7u);
  plant::arm("append_below_log");
  EXPECT_DEATH(append(2, 0, 6, 6), "assertion failed");
}

TEST(NoRaftMutant, FindsNothing) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed)
    EXPECT_EQ(run_planted(Mutant{}, seed, found_by_seed), plant::Found::nothing);
}

}  // namespace
}  // namespace rf::storage::raft
