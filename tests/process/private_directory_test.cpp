#include "process/private_directory.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "tests/process/temporary_directory.hpp"

namespace rf::process {
namespace {

class PrivateDirectory : public testing::Test {
 protected:
  static unsigned mode(const std::string& path) {
    struct stat status {};
    EXPECT_EQ(::stat(path.c_str(), &status), 0) << path;
    return status.st_mode & 07777u;
  }
  std::string made(unsigned mode) const {
    EXPECT_EQ(::mkdir(path_.c_str(), 0700), 0);
    EXPECT_EQ(::chmod(path_.c_str(), mode), 0);
    return path_;
  }
  const TemporaryDirectory directory_;
  const std::string path_ = directory_.file("data");
};

TEST_F(PrivateDirectory, IsMadeForItsOwnerAloneWhateverTheUmask) {
  const mode_t before = ::umask(0);
  const auto opened = open_private_directory(directory_.file("a/b/data"));
  ::umask(before);
  ASSERT_TRUE(opened.ok()) << opened.error().what;
  EXPECT_FALSE(opened->has_value());
  EXPECT_EQ(mode(directory_.file("a/b/data")), 0700u);
  EXPECT_TRUE(open_private_directory(directory_.file("a/b/data")).ok()) << "the second start";
}

TEST_F(PrivateDirectory, OthersWhoMayWriteAreRefusedWithTheWayOut) {
  made(0700);
  for (const unsigned bits : {0770u, 0702u, 01777u, 0720u}) {
    ASSERT_EQ(::chmod(path_.c_str(), bits), 0);
    const auto opened = open_private_directory(path_);
    ASSERT_FALSE(opened.ok());
    EXPECT_EQ(opened.error().code, Code::failed_precondition);
    EXPECT_NE(opened.error().what.find("run chmod 700 " + path_), std::string::npos) << opened.error().what;
    EXPECT_EQ(mode(path_), bits) << "left as it is";
  }
}

TEST_F(PrivateDirectory, OthersWhoMayOnlyLookAreAWarning) {
  const auto opened = open_private_directory(made(0755));
  ASSERT_TRUE(opened.ok());
  ASSERT_TRUE(opened->has_value());
  EXPECT_EQ(**opened, "other users can look into the directory " + path_ + " (mode 0755): run chmod 700 " + path_);
  EXPECT_EQ(mode(path_), 0755u);
}

TEST_F(PrivateDirectory, WhatCannotBeOneIsSaid) {
  std::ofstream(path_) << "a file";
  for (const std::string& path : {path_, path_ + "/below"}) {
    const auto opened = open_private_directory(path);
    ASSERT_FALSE(opened.ok());
    EXPECT_EQ(opened.error().code, Code::unavailable);
    EXPECT_NE(opened.error().what.find("set data_dir to another directory"), std::string::npos);
  }
}

}  // namespace
}  // namespace rf::process
