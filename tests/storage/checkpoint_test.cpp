// Kept states of an account's past (R30): a cache that never changes an answer.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <thread>

#include "storage/keys.hpp"
#include "storage/rocks/log_directory.hpp"
#include "storage/rocks/store.hpp"
#include "tests/storage/support/account_script.hpp"
#include "tests/storage/support/node_log.hpp"
#include "tests/storage/support/temporary_directory.hpp"

namespace rf::storage {
namespace {

namespace fs = std::filesystem;
using test::AccountScript;
using test::NodeLog;

const AccountId account = test::account_in_shard(7, 1);

class CheckpointTest : public ::testing::Test {
 protected:
  CheckpointTest() : script_(account, 11) {}

  std::string log_path() const { return directory_.path("log"); }
  std::string folder() const { return log_path() + "/checkpoints"; }

  std::unique_ptr<NodeLog> open(std::uint64_t checkpoint_facts = 10) {
    auto node = std::make_unique<NodeLog>(log_path());
    node->options.checkpoint_facts = checkpoint_facts;
    node->options.rows_interval_ms = 0;
    const Result<void> started = node->start();
    EXPECT_TRUE(started.ok()) << started.error().what;
    return node;
  }

  /// Goes on until the account has so many kept states.
  void write_until(NodeLog& node, std::size_t files_wanted) {
    while (seqs().size() < files_wanted) {
      ASSERT_TRUE(node.propose(script_.next(5, CommandId())).ok());
      were_[script_.account().seq] = script_.account();
      ASSERT_LT(script_.account().seq, 200'000u) << "no state is kept";
    }
  }

  /// Of the files that are finished.
  std::vector<std::uint64_t> seqs() const {
    std::vector<std::uint64_t> found;
    if (!fs::exists(folder())) return found;
    for (const auto& file : fs::directory_iterator(folder())) {
      const std::string name = file.path().filename();
      if (name.ends_with(".sst"))
        found.push_back(std::stoull(name.substr(name.find('-') + 1, name.size() - name.find('-') - 5)));
    }
    std::sort(found.begin(), found.end());
    return found;
  }
  std::string file_of(std::uint64_t seq) const {
    return folder() + "/" + account.text() + "-" + std::to_string(seq) + ".sst";
  }

  void expect_all(NodeLog& node) const {
    for (const auto& [seq, was] : were_) {
      if (seq % 7 != 0 && !fs::exists(file_of(seq))) continue;
      const Result<core::Account> folded = node.journal().account_at(account, seq);
      ASSERT_TRUE(folded.ok()) << folded.error().what;
      ASSERT_EQ(folded->seq, seq);
      ASSERT_EQ(test::rows_of(*folded), test::rows_of(was)) << "seq " << seq;
      ASSERT_EQ(folded->index.due, was.index.due);
    }
  }

  /// The account's first history record is gone: nothing is folded from the first fact any more.
  void cut_history() {
    auto directory = rocks::LogDirectory::look_at(log_path(), *rocksdb::Env::Default());
    ASSERT_TRUE(directory.ok());
    auto store = rocks::Store::open(**directory, rocks::Access::read_write, false, [] { return Ms{0}; });
    ASSERT_TRUE(store.ok()) << store.error().what;
    rocks::WriteSet set(**store);
    set.erase(Family::events, event_key(account, 1));
    ASSERT_TRUE((*store)->write(set, rocks::Durable::now).ok());
  }

  test::TemporaryDirectory directory_;
  AccountScript script_;
  std::map<std::uint64_t, core::Account> were_;
};

TEST_F(CheckpointTest, StatesAreTheSameWithThem) {
  auto node = open();
  write_until(*node, 3);
  expect_all(*node);
  node->stop();
  node = open();
  expect_all(*node);
}

TEST_F(CheckpointTest, AStateIsFoldedFromTheNewestBefore) {
  auto node = open();
  write_until(*node, 2);
  node->stop();
  const std::uint64_t kept = seqs()[1];
  cut_history();
  node = open();
  const Result<core::Account> folded = node->journal().account_at(account, kept);
  ASSERT_TRUE(folded.ok()) << folded.error().what;
  EXPECT_EQ(test::rows_of(*folded), test::rows_of(were_.at(kept)));
}

TEST_F(CheckpointTest, NoneIsKeptOfAFewFacts) {
  auto node = open(1000);
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(node->propose(script_.next(5, CommandId())).ok());
  ASSERT_LT(script_.account().seq, 1000u);
  node->stop();
  EXPECT_TRUE(seqs().empty());
}

TEST_F(CheckpointTest, DeletedAndDamagedOnesChangeNoAnswer) {
  auto node = open();
  write_until(*node, 4);
  node->stop();
  const std::vector<std::uint64_t> kept = seqs();
  fs::remove(file_of(kept[0]));
  // A bit in the middle.
  {
    std::fstream file(file_of(kept[1]), std::ios::binary | std::ios::in | std::ios::out);
    const auto middle = static_cast<std::streamoff>(fs::file_size(file_of(kept[1])) / 3);
    file.seekg(middle);
    const char byte = static_cast<char>(file.get());
    file.seekp(middle);
    file.put(static_cast<char>(byte ^ 4));
  }
  // The state of another seq, and a file that is no state at all.
  fs::copy_file(file_of(kept[3]), file_of(kept[2]), fs::copy_options::overwrite_existing);
  std::ofstream(folder() + "/notes.txt") << "mine";
  node = open();
  expect_all(*node);
  EXPECT_FALSE(fs::exists(file_of(kept[1]))) << "one that does not verify goes";
  EXPECT_FALSE(fs::exists(file_of(kept[2])));
  EXPECT_TRUE(fs::exists(file_of(kept[3])));
  EXPECT_TRUE(fs::exists(folder() + "/notes.txt"));
}

TEST_F(CheckpointTest, AStateOfAHistoryThatIsNoMoreIsNotUsed) {
  auto node = open();
  write_until(*node, 2);
  node->stop();
  const std::uint64_t kept = seqs().back();
  const std::string old = directory_.path("old");
  fs::rename(file_of(kept), old);
  // Another history of the same account, up to a state at the same seq.
  fs::remove_all(log_path());
  were_.clear();
  script_ = AccountScript(account, 12);
  node = open(1'000'000);
  while (script_.account().seq < kept) {
    ASSERT_TRUE(
        node->propose(script_.next(std::min<std::uint64_t>(5, kept - script_.account().seq), CommandId())).ok());
    were_[script_.account().seq] = script_.account();
  }
  node->stop();
  fs::create_directories(folder());
  fs::rename(old, file_of(kept));
  node = open(1'000'000);
  const Result<core::Account> folded = node->journal().account_at(account, kept);
  ASSERT_TRUE(folded.ok()) << folded.error().what;
  EXPECT_EQ(test::rows_of(*folded), test::rows_of(were_.at(kept)));
  EXPECT_FALSE(fs::exists(file_of(kept)));
}

}  // namespace
}  // namespace rf::storage
