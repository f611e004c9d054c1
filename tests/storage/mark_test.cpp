// The durable mark: the one thing that notices a log whose tail RocksDB dropped in silence.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "core/base/plant.hpp"
#include "storage/inspection.hpp"
#include "storage/rocks/log_directory.hpp"
#include "storage/rocks/mark.hpp"
#include "tests/storage/support/account_script.hpp"
#include "tests/storage/support/node_log.hpp"
#include "tests/storage/support/temporary_directory.hpp"

namespace rf::storage {
namespace {

namespace fs = std::filesystem;
using test::AccountScript;
using test::NodeLog;

constexpr std::uint32_t shard = 7;

class MarkTest : public ::testing::Test {
 protected:
  std::string log_path() const { return directory_.path("log"); }

  /// 200 batches, an orderly stop, then one bit wrong in the middle of the write-ahead log.
  void make_log_and_lose_its_tail() {
    NodeLog node(log_path());
    ASSERT_TRUE(node.start().ok());
    for (int i = 0; i < 200; ++i) ASSERT_TRUE(node.propose(script_.next(3, CommandId())).ok());
    node.stop();
    fs::path wal;
    for (const auto& entry : fs::directory_iterator(log_path() + "/db"))
      if (entry.path().extension() == ".log" && (wal.empty() || entry.file_size() > fs::file_size(wal)))
        wal = entry.path();
    std::fstream file(wal, std::ios::in | std::ios::out | std::ios::binary);
    const auto middle = static_cast<std::streamoff>(fs::file_size(wal) / 2);
    file.seekg(middle);
    const auto byte = static_cast<char>(file.get() ^ 1);
    file.seekp(middle);
    file.put(byte);
  }

  test::TemporaryDirectory directory_;
  AccountScript script_{test::account_in_shard(shard, 1), 1};
};

#ifdef RF_MUTANTS

TEST_F(MarkTest, WithoutTheMarkALostTailGoesUnnoticed) {
  make_log_and_lose_its_tail();
  plant::arm("storage_mark_unchecked");
  NodeLog node(log_path());
  const Result<void> started = node.start();
  plant::arm("");
  ASSERT_TRUE(started.ok());
  EXPECT_EQ(node.role(shard), RoleChange::leader) << "if something else catches it, this test has lost its point";
  EXPECT_LT(node.journal().load(script_.id())->seq, script_.account().seq);
}

#else

TEST_F(MarkTest, ALostTailIsFoundAndTheShardNotServed) {
  make_log_and_lose_its_tail();
  NodeLog node(log_path());
  const Result<void> started = node.start();
  ASSERT_TRUE(started.ok()) << started.error().what;
  EXPECT_EQ(node.role(shard), RoleChange::follower);
  EXPECT_EQ(node.role(shard + 1), RoleChange::leader) << "nothing of this shard was lost";
  const Result<LogIndex> proposed = node.propose(script_.next(3, CommandId()));
  ASSERT_FALSE(proposed.ok());
  EXPECT_EQ(proposed.error().code, Code::corrupt);
  const std::string& what = proposed.error().what;
  EXPECT_NE(what.find("shard 7"), std::string::npos) << what;
  EXPECT_NE(what.find("durable mark 201"), std::string::npos) << what;
  EXPECT_NE(what.find("rf-log verify"), std::string::npos) << what;
  EXPECT_NE(what.find("backup"), std::string::npos) << what;
  EXPECT_EQ(node.journal().load(script_.id()).error().code, Code::corrupt);
  EXPECT_FALSE(node.journal().health().ok());

  // It stays so, however often the node starts.
  node.stop();
  ASSERT_TRUE(node.start().ok());
  EXPECT_EQ(node.role(shard), RoleChange::follower);
}

TEST_F(MarkTest, VerifyNamesTheLostTailAndAcceptTakesWhatIsLeft) {
  make_log_and_lose_its_tail();
  {
    const auto log = Inspection::open(log_path(), nullptr);
    ASSERT_TRUE(log.ok());
    const auto verified = (*log)->verify();
    EXPECT_FALSE(verified.broken);
    ASSERT_TRUE(verified.lost_tail);
    EXPECT_NE(verified.lost_tail->find("shard 7"), std::string::npos) << *verified.lost_tail;
  }
  ASSERT_TRUE(accept_log(log_path(), nullptr).ok());
  NodeLog node(log_path());
  ASSERT_TRUE(node.start().ok());
  EXPECT_EQ(node.role(shard), RoleChange::leader);
  const Result<core::Account> loaded = node.journal().load(script_.id());
  ASSERT_TRUE(loaded.ok());
  EXPECT_LT(loaded->seq, script_.account().seq);
  script_.resume(*loaded);
  EXPECT_TRUE(node.propose(script_.next(3, CommandId())).ok());
}

TEST_F(MarkTest, AcceptRefusesABrokenLogAndOneInUse) {
  NodeLog node(log_path());
  ASSERT_TRUE(node.start().ok());
  EXPECT_EQ(accept_log(log_path(), nullptr).error().code, Code::failed_precondition);
  EXPECT_EQ(accept_log(directory_.path("nothing"), nullptr).error().code, Code::not_found);
}

TEST_F(MarkTest, IsWrittenSoonAfterTheLastSync) {
  NodeLog node(log_path());
  node.options.mark_interval_ms = 20;
  ASSERT_TRUE(node.start().ok());
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(node.propose(script_.next(3, CommandId())).ok());
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  std::uint64_t marked = 0;
  while (marked < 6 && std::chrono::steady_clock::now() < deadline) {
    const auto directory = rocks::LogDirectory::look_at(log_path(), *rocksdb::Env::Default());
    ASSERT_TRUE(directory.ok());
    const auto marks = rocks::read_marks(**directory);
    ASSERT_TRUE(marks.ok()) << marks.error().what;
    marked = (*marks)[shard].index;
  }
  EXPECT_EQ(marked, 6u) << "EpochStart and five batches, without a stop";
}

TEST_F(MarkTest, AMissingOrDamagedMarkIsNotPassedOver) {
  {
    NodeLog node(log_path());
    ASSERT_TRUE(node.start().ok());
  }
  const std::string file = log_path() + "/mark";
  std::string bytes(fs::file_size(file), '\0');
  std::ifstream(file, std::ios::binary).read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  for (std::size_t at = 0; at < bytes.size(); at += 37) {
    std::string wrong = bytes;
    wrong[at] = static_cast<char>(wrong[at] ^ 4);
    EXPECT_FALSE(rocks::decode_marks(wrong).ok());
  }
  EXPECT_FALSE(rocks::decode_marks(bytes.substr(1)).ok());
  EXPECT_FALSE(rocks::decode_marks("").ok());
  fs::remove(file);
  NodeLog node(log_path());
  const Result<void> started = node.start();
  ASSERT_FALSE(started.ok());
  EXPECT_EQ(started.error().code, Code::corrupt);
  EXPECT_NE(started.error().what.find("rf-log accept"), std::string::npos) << started.error().what;
  ASSERT_TRUE(accept_log(log_path(), nullptr).ok());
  EXPECT_TRUE(node.start().ok());
}

#endif

}  // namespace
}  // namespace rf::storage
