// The program rf-log on real directories: exit codes and what it prints. RF_LOG_PROGRAM is its path.
#include <gtest/gtest.h>

#include <sys/wait.h>

#include <atomic>
#include <cstdio>
#include <filesystem>
#include <thread>

#include "storage/rocks/store.hpp"
#include "tests/storage/support/account_script.hpp"
#include "tests/storage/support/node_log.hpp"
#include "tests/storage/support/temporary_directory.hpp"

namespace rf::storage {
namespace {

namespace fs = std::filesystem;
using test::AccountScript;
using test::NodeLog;

constexpr std::uint32_t shard = 7;

struct Outcome {
  int code = -1;
  std::string output;
};

Outcome run(const std::string& arguments) {
  Outcome outcome;
  FILE* pipe = popen((std::string(RF_LOG_PROGRAM) + " " + arguments + " 2>&1").c_str(), "r");
  RF_ASSERT(pipe != nullptr);
  char buffer[4096];
  for (std::size_t n = fread(buffer, 1, sizeof buffer, pipe); n > 0; n = fread(buffer, 1, sizeof buffer, pipe))
    outcome.output.append(buffer, n);
  outcome.code = WEXITSTATUS(pclose(pipe));
  return outcome;
}

class RfLogTest : public ::testing::Test {
 protected:
  void SetUp() override {
    node_.options.env = nullptr;  // for real: another process looks at it
    ASSERT_TRUE(node_.start().ok());
    for (int i = 0; i < 30; ++i)
      ASSERT_TRUE(node_.propose(script_.next(3, CommandId(Ulid{3, static_cast<std::uint64_t>(i) + 1}))).ok());
  }
  bool contains(const Outcome& outcome, const std::string& text) {
    return outcome.output.find(text) != std::string::npos;
  }

  test::TemporaryDirectory directory_;
  NodeLog node_{directory_.path("log")};
  AccountScript script_{test::account_in_shard(shard, 1), 1};
};

TEST_F(RfLogTest, LooksAtARunningNode) {
  const Outcome verified = run("verify " + directory_.path("log"));
  EXPECT_EQ(verified.code, 0) << verified.output;
  EXPECT_TRUE(contains(verified, "sound: ")) << verified.output;
  const Outcome replayed = run("replay " + directory_.path("log"));
  EXPECT_EQ(replayed.code, 0) << replayed.output;
  EXPECT_TRUE(contains(replayed, "equal: ")) << replayed.output;
  const Outcome accepted = run("accept " + directory_.path("log"));
  EXPECT_EQ(accepted.code, 2) << accepted.output;
  EXPECT_TRUE(contains(accepted, "in use")) << accepted.output;
  EXPECT_TRUE(node_.propose(script_.next(3, CommandId())).ok());
}

TEST_F(RfLogTest, LooksAtACopyOfARunningNode) {
  const std::string log = directory_.path("log");
  std::atomic<bool> stop = false;
  std::thread writer([&] {
    while (!stop) RF_ASSERT(node_.propose(script_.next(3, CommandId())).ok());
  });
  for (int round = 0; round < 5; ++round) {
    const std::string copy = directory_.path("copy-" + std::to_string(round));
    fs::create_directory(copy);
    for (const char* const part : {"FORMAT", "mark", "db"})
      fs::copy(log + "/" + part, copy + "/" + part, fs::copy_options::recursive);
    const Outcome verified = run("verify " + copy);
    EXPECT_EQ(verified.code, 0) << verified.output;
    const Outcome replayed = run("replay " + copy);
    EXPECT_EQ(replayed.code, 0) << replayed.output;
    EXPECT_TRUE(contains(run("dump " + copy + " history"), script_.id().text() + " seq 1 "));
  }
  stop = true;
  writer.join();
}

TEST_F(RfLogTest, DumpsEveryPartAsText) {
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(node_.propose(script_.next(6, CommandId())).ok());
  node_.stop();
  const std::string log = directory_.path("log");
  const Outcome history = run("dump " + log + " --account " + script_.id().text());
  EXPECT_EQ(history.code, 0);
  EXPECT_TRUE(contains(history, script_.id().text() + " seq 1 ")) << history.output.substr(0, 400);
  EXPECT_TRUE(contains(history, "agent=us_"));
  EXPECT_TRUE(contains(history, "result command=cm_"));
  EXPECT_TRUE(contains(run("dump " + log + " log --shard 7"), "shard 7 index 1 term 1 epoch_start node=\"n1\""));
  const Outcome rows = run("dump " + log + " fold");
  for (const char* const row : {" agent id=us_", " sticky key=\"key ", " place key=\"key ", " disposition call=cl_"})
    EXPECT_TRUE(contains(rows, script_.id().text() + row)) << row;
  EXPECT_TRUE(contains(run("dump " + log + " results"), script_.id().text() + " cm_"));
  EXPECT_TRUE(contains(run("dump " + log + " meta"), "shard 7 term 1"));
  EXPECT_EQ(run("dump " + log + " --shard 65").code, 2);
  EXPECT_EQ(run("dump " + log + " --account nobody").code, 2);
}

TEST_F(RfLogTest, VerifyNamesTheFirstBrokenRecordAndExitsOne) {
  node_.stop();
  const std::string log = directory_.path("log");
  const auto erase = [&](Family family, const std::string& key) {
    auto directory = rocks::LogDirectory::look_at(log, *rocksdb::Env::Default());
    auto store = rocks::Store::open(**directory, rocks::Access::read_write, false, [] { return Ms{0}; });
    RF_ASSERT(store.ok());
    rocks::WriteSet set(**store);
    set.erase(family, key);
    RF_ASSERT((*store)->write(set, rocks::Durable::now).ok());
  };
  erase(Family::fold, fold_key(shard, script_.id(), RowKind::queue, id_bytes(Ulid{1, 1})));
  const Outcome replayed = run("replay " + log);
  EXPECT_EQ(replayed.code, 1);
  EXPECT_TRUE(contains(replayed, "queue " + text_of(Ulid{1, 1}) + " is not stored")) << replayed.output;
  erase(Family::raftlog, log_key(shard, 9));
  const Outcome verified = run("verify " + log);
  EXPECT_EQ(verified.code, 1);
  EXPECT_TRUE(contains(verified, "broken: shard 7 index 9: ")) << verified.output;
}

TEST_F(RfLogTest, SaysHowItIsUsed) {
  EXPECT_EQ(run("").code, 2);
  EXPECT_EQ(run("--help").code, 0);
  EXPECT_TRUE(contains(run("mend /tmp"), "no command \"mend\""));
  const Outcome nothing = run("verify " + directory_.path("nothing"));
  EXPECT_EQ(nothing.code, 2);
  EXPECT_TRUE(contains(nothing, "no Ringfence log")) << nothing.output;
}

}  // namespace
}  // namespace rf::storage
