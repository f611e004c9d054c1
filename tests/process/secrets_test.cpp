#include "process/secrets.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <atomic>
#include <fstream>
#include <thread>
#include <vector>

#include "tests/process/temporary_directory.hpp"

namespace rf::process {
namespace {

class SecretFileTest : public testing::Test {
 protected:
  std::string write(const std::string& name, const std::string& text, mode_t mode) const {
    const std::string path = directory_.file(name);
    std::ofstream(path) << text;
    ::chmod(path.c_str(), mode);
    return path;
  }
  TemporaryDirectory directory_;
};

TEST_F(SecretFileTest, CreatesAPrivateFileThatReadsBack) {
  const std::string path = directory_.file("client.token");
  const Secret created = create_secret_file(path).value();
  EXPECT_EQ(created.reveal().size(), 43u);
  EXPECT_EQ(bytes_of_base64url(created.reveal()).value().size(), 32u);
  struct stat status {};
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777u, 0600u);
  EXPECT_EQ(status.st_nlink, 1u);
  EXPECT_TRUE(read_secret_file(path).value().matches(created.reveal()));
}

TEST_F(SecretFileTest, NeverOverwrites) {
  const std::string path = directory_.file("client.token");
  const Secret first = create_secret_file(path).value();
  EXPECT_EQ(create_secret_file(path).error().code, Code::already_exists);
  EXPECT_TRUE(read_secret_file(path).value().matches(first.reveal()));
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(directory_.file("")), {}), 1);
}

TEST_F(SecretFileTest, TwoFilesDiffer) {
  const Secret one = create_secret_file(directory_.file("a")).value();
  const Secret other = create_secret_file(directory_.file("b")).value();
  EXPECT_FALSE(one.matches(other.reveal()));
}

TEST_F(SecretFileTest, RefusesAFileThatOthersMayRead) {
  for (const mode_t mode : {0644u, 0640u, 0604u, 0620u}) {
    const std::string path = write("open.token", "abc", mode);
    const Error error = read_secret_file(path).error();
    EXPECT_EQ(error.code, Code::permission_denied);
    EXPECT_NE(error.what.find("chmod 600 " + path), std::string::npos) << error.what;
    EXPECT_EQ(error.what.find("abc"), std::string::npos);
  }
}

TEST_F(SecretFileTest, TrimsWhiteSpaceAroundTheText) {
  EXPECT_EQ(read_secret_file(write("t", " \tabc def\r\n\n", 0600)).value().reveal(), "abc def");
  EXPECT_EQ(read_secret_file(write("u", "x", 0400)).value().reveal(), "x");
}

TEST_F(SecretFileTest, RefusesWhatHoldsNoSecret) {
  EXPECT_EQ(read_secret_file(directory_.file("missing")).error().code, Code::not_found);
  EXPECT_EQ(read_secret_file(write("empty", "", 0600)).error().code, Code::invalid_argument);
  EXPECT_EQ(read_secret_file(write("white", " \n", 0600)).error().code, Code::invalid_argument);
  EXPECT_EQ(read_secret_file(write("long", std::string(secret_file_bytes_max + 1, 'x'), 0600)).error().code,
            Code::invalid_argument);
  EXPECT_TRUE(read_secret_file(write("full", std::string(secret_file_bytes_max, 'x'), 0600)).ok());
  EXPECT_EQ(read_secret_file(directory_.file("")).error().code, Code::invalid_argument);
  const std::string pipe = directory_.file("pipe");
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_EQ(read_secret_file(pipe).error().code, Code::invalid_argument);
}

TEST_F(SecretFileTest, SaysWhenTheDirectoryIsMissing) {
  const Error error = create_secret_file(directory_.file("none/client.token")).error();
  EXPECT_EQ(error.code, Code::not_found);
  EXPECT_NE(error.what.find("directory"), std::string::npos);
}

TEST_F(SecretFileTest, OneOfManyCreatorsWins) {
  const std::string path = directory_.file("race.token");
  std::atomic<int> created = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      if (create_secret_file(path).ok()) ++created;
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(created, 1);
  EXPECT_EQ(read_secret_file(path).value().reveal().size(), 43u);
}

TEST_F(SecretFileTest, AKeyFileHoldsAKey) {
  const Secret secret = create_secret_file(directory_.file("secret.key")).value();
  const SealKey key = seal_key_of(secret).value();
  EXPECT_EQ(base64url(std::string_view(reinterpret_cast<const char*>(key.bytes.data()), key.bytes.size())),
            secret.reveal());
  EXPECT_EQ(seal_key_of(Secret("too short")).error().code, Code::invalid_argument);
  EXPECT_EQ(seal_key_of(Secret("not!base64url")).error().code, Code::invalid_argument);
}

}  // namespace
}  // namespace rf::process
