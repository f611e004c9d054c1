#include "node/cluster/directory.hpp"

#include <gtest/gtest.h>

#include <optional>

#include "core/base/limits.hpp"
#include "storage/memory_journal.hpp"
#include "tests/process/fakes.hpp"

namespace rf::node {

namespace {

using core::directory::Name;
using core::directory::NameKind;

class DirectoryTest : public ::testing::Test {
 protected:
  void SetUp() override { start(); }
  void start() {
    ASSERT_TRUE(journal
                    .start(
                        [this](const storage::LogIndex&, const storage::Batch& batch) {
                          const auto change = directory.on_applied(std::get<storage::DirectoryBatch>(batch));
                          for (const HeldName& held : change.released) released.push_back(held.name.text);
                        },
                        [this](std::uint32_t shard, std::uint64_t term, storage::RoleChange role, Ms) {
                          if (shard == limits::directory_shard) directory.on_role(term, role);
                        })
                    .ok());
  }
  /// The code of the claim's answer once there is one.
  std::shared_ptr<std::optional<Code>> claim(AccountId account, const std::string& domain) {
    auto code = std::make_shared<std::optional<Code>>();
    directory.claim(account, CommandId(Ulid{9, ++commands}), {Name{NameKind::sip_domain, domain}}, into(code));
    return code;
  }
  std::shared_ptr<std::optional<Code>> release(AccountId account, const std::string& domain) {
    auto code = std::make_shared<std::optional<Code>>();
    directory.release(account, {Name{NameKind::sip_domain, domain}}, into(code));
    return code;
  }
  static Directory::Done into(const std::shared_ptr<std::optional<Code>>& code) {
    return [code](const Result<void>& result) { *code = result ? Code::ok : result.error().code; };
  }

  process::ManualClock clock{1'000'000};
  storage::MemoryJournal journal{[this] { return clock.wall_ms(); }};
  Directory directory{journal, clock};
  std::uint64_t commands = 0;
  std::vector<std::string> released;
  const AccountId one{Ulid{1, 1}};
  const AccountId two{Ulid{2, 2}};
};

TEST_F(DirectoryTest, AClaimAnswersWhenItIsDurable) {
  const auto claimed = claim(one, "a.test");
  EXPECT_FALSE(claimed->has_value());
  EXPECT_FALSE(directory.owner(NameKind::sip_domain, "a.test").has_value());
  journal.commit_all();
  EXPECT_EQ(**claimed, Code::ok);
  EXPECT_EQ(directory.owner(NameKind::sip_domain, "a.test"), one);
  EXPECT_EQ(directory.names_of(one).size(), 1u);
}

TEST_F(DirectoryTest, ANameHasOneOwnerAlsoBeforeItIsDurable) {
  const auto first = claim(one, "a.test");
  const auto second = claim(two, "a.test");
  EXPECT_EQ(**second, Code::already_exists);
  journal.commit_all();
  EXPECT_EQ(**first, Code::ok);
}

TEST_F(DirectoryTest, AClaimThatNeedsNothingWaitsForWhatItReliesOn) {
  const auto first = claim(one, "a.test");
  const auto again = claim(one, "a.test");
  EXPECT_FALSE(again->has_value());
  journal.commit_all();
  EXPECT_EQ(**first, Code::ok);
  EXPECT_EQ(**again, Code::ok);
  EXPECT_EQ(**claim(one, "a.test"), Code::ok);  // at once
}

TEST_F(DirectoryTest, AReleasedNameIsFree) {
  claim(one, "a.test");
  const auto gone = release(one, "a.test");
  const auto taken = claim(two, "a.test");
  journal.commit_all();
  EXPECT_EQ(**gone, Code::ok);
  EXPECT_EQ(**taken, Code::ok);
  EXPECT_EQ(directory.owner(NameKind::sip_domain, "a.test"), two);
  EXPECT_EQ(released, std::vector<std::string>{"a.test"});
}

TEST_F(DirectoryTest, AFailedDiskTakesNothing) {
  const auto first = claim(one, "a.test");
  journal.fail_disk();
  journal.commit_all();
  EXPECT_TRUE(first->has_value());
  EXPECT_NE(**first, Code::ok);
  EXPECT_FALSE(directory.owner(NameKind::sip_domain, "a.test").has_value());
}

TEST_F(DirectoryTest, AnotherTermBeginsWithWhatIsCommitted) {
  const auto committed = claim(one, "a.test");
  journal.commit_all();
  EXPECT_EQ(**committed, Code::ok);
  const auto lost = claim(one, "b.test");
  journal.depose(limits::directory_shard);
  EXPECT_EQ(**lost, Code::unknown_outcome);
  EXPECT_EQ(**claim(one, "c.test"), Code::unavailable);
  journal.elect(limits::directory_shard);
  const auto other = claim(two, "b.test");
  journal.commit_all();
  EXPECT_EQ(**other, Code::ok);
  EXPECT_EQ(directory.owner(NameKind::sip_domain, "a.test"), one);
  EXPECT_EQ(directory.owner(NameKind::sip_domain, "b.test"), two);
}

}  // namespace

}  // namespace rf::node
