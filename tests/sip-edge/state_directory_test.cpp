#include "sip-edge/state_directory.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <optional>

#include "tests/process/temporary_directory.hpp"

namespace rf::edge {
namespace {

class StateDirectoryTest : public testing::Test {
 protected:
  std::uint64_t start(Ms wall_ms) const { return StateDirectory::open(path_, wall_ms).value().epoch(); }
  Error refused(Ms wall_ms) const {
    const auto opened = StateDirectory::open(path_, wall_ms);
    return opened ? Error{} : opened.error();
  }
  void write(const std::string& text) const { std::ofstream(path_ + "/epoch") << text; }

  const process::TemporaryDirectory directory_;
  const std::string path_ = directory_.file("a/b");
};

TEST_F(StateDirectoryTest, BeginsWithTheWallClock) { EXPECT_EQ(start(1'700'000'000'000), 1'700'000'000'000u); }

TEST_F(StateDirectoryTest, RisesWithEveryStartWhateverTheClockSays) {
  EXPECT_EQ(start(1000), 1000u);
  EXPECT_EQ(start(1000), 1001u);
  EXPECT_EQ(start(-5), 1002u);
  EXPECT_EQ(start(2000), 2000u);
  EXPECT_EQ(start(0), 2001u);
}

TEST_F(StateDirectoryTest, IsThereBeforeItIsUsed) {
  const auto state = StateDirectory::open(path_, 5);
  std::string text;
  std::getline(std::ifstream(path_ + "/epoch"), text);
  EXPECT_EQ(text, "5");
}

TEST_F(StateDirectoryTest, BelongsToOneProcess) {
  std::optional<Result<StateDirectory>> first = StateDirectory::open(path_, 1000);
  ASSERT_TRUE(first->ok());
  EXPECT_EQ(refused(1000),
            (Error{Code::failed_precondition, "another process uses the directory " + path_ +
                                                  ": stop it, or set data_dir (and edge.name) to another one"}));
  StateDirectory moved = std::move(*first).value();
  first.reset();
  EXPECT_EQ(refused(1000).code, Code::failed_precondition);
  EXPECT_EQ(moved.epoch(), 1000u);
}

TEST_F(StateDirectoryTest, RefusesWhatIsNoEpoch) {
  start(1000);
  for (const char* text : {"", "\n", "12", "12x\n", "-1\n", "0\n", "99999999999999999999\n", "1000000000000000\n"}) {
    write(text);
    EXPECT_EQ(refused(1000), (Error{Code::corrupt, path_ + "/epoch holds no number of a start: delete it if this "
                                                           "machine's clock is right"}))
        << text;
  }
  write("7\n");
  EXPECT_EQ(start(1), 8u);
}

TEST_F(StateDirectoryTest, IsForItsOwnerAlone) {
  const auto mode = [&](const std::string& path) {
    struct stat status {};
    EXPECT_EQ(::stat(path.c_str(), &status), 0);
    return status.st_mode & 0777u;
  };
  EXPECT_FALSE(StateDirectory::open(path_, 1000)->warning());
  EXPECT_EQ(mode(path_), 0700u);
  EXPECT_EQ(mode(path_ + "/epoch"), 0600u);
  EXPECT_EQ(mode(path_ + "/lock"), 0600u);
  ::chmod(path_.c_str(), 0750);
  EXPECT_TRUE(StateDirectory::open(path_, 1000)->warning());
  ::chmod(path_.c_str(), 0770);
  EXPECT_EQ(refused(1000).code, Code::failed_precondition);
}

TEST_F(StateDirectoryTest, SaysWhenTheDirectoryCannotBeMade) {
  std::ofstream(directory_.file("a")) << "a file";
  const Error error = refused(1000);
  EXPECT_EQ(error.code, Code::unavailable);
  EXPECT_NE(error.what.find("cannot create the directory " + path_), std::string::npos);
  EXPECT_NE(error.what.find("set data_dir to another directory"), std::string::npos);
}

}  // namespace
}  // namespace rf::edge
