#include "process/config.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tests/process/temporary_directory.hpp"

namespace rf::process {
namespace {

ProgramSpec spec() {
  return {.name = "ringfenced",
          .version = "1.2.3",
          .summary = "The node.",
          .options = {
              Option::address("grpc.listen", "127.0.0.1:7400", "Where the API listens."),
              Option::text("data_dir", "./data", "Where the log is kept."),
              Option::choice("log.level", "info", {"debug", "info", "warn", "error"}, "What is logged."),
              Option::integer("grpc.threads", 2, 1, 64, "Threads of the API."),
              Option::duration("drain", "30s", 0, 600'000, "How long SIGTERM waits for calls."),
              Option::boolean("insecure_listen", "Allows other addresses than loopback."),
              Option::address_or_none("metrics.listen", "", "Where metrics are served."),
              Option::text_list("peers", "", "The other nodes."),
          }};
}

class ConfigTest : public testing::Test {
 protected:
  std::string write(const std::string& text) const {
    const std::string path = directory_.file("rf.toml");
    std::ofstream(path) << text;
    return path;
  }
  static ProgramConfig run(const std::vector<std::string>& arguments) {
    Launch launched = launch(spec(), arguments).value();
    EXPECT_FALSE(launched.answer.has_value());
    return launched.config;
  }
  static std::string mistakes(const std::vector<std::string>& arguments) {
    const Result<Launch> launched = launch(spec(), arguments);
    return launched ? "" : launched.error().what;
  }
  TemporaryDirectory directory_;
};

TEST_F(ConfigTest, WorksWithoutAnyArgument) {
  const ProgramConfig config = run({});
  EXPECT_EQ(config.address("grpc.listen"), (HostPort{"127.0.0.1", 7400}));
  EXPECT_EQ(config.text("data_dir"), "./data");
  EXPECT_EQ(config.text("log.level"), "info");
  EXPECT_EQ(config.integer("grpc.threads"), 2);
  EXPECT_EQ(config.duration_ms("drain"), 30'000);
  EXPECT_FALSE(config.boolean("insecure_listen"));
  EXPECT_FALSE(config.address("metrics.listen").set());
  EXPECT_TRUE(config.text_list("peers").empty());
  EXPECT_EQ(config.place_of("drain"), "the default of drain");
}

TEST_F(ConfigTest, FlagsWinOverTheFileAndTheFileOverDefaults) {
  const std::string path = write("data_dir = \"/var/lib/rf\"\n"
                                 "peers = [\"a:1\", \"b:2\"]\n"
                                 "insecure_listen = true\n"
                                 "[grpc]\n"
                                 "listen = \"[::1]:1\"\n"
                                 "threads = 8\n");
  const ProgramConfig config = run({"--grpc.threads", "16", "--config", path, "--drain=1m"});
  EXPECT_EQ(config.text("data_dir"), "/var/lib/rf");
  EXPECT_EQ(config.address("grpc.listen").text(), "[::1]:1");
  EXPECT_EQ(config.integer("grpc.threads"), 16);
  EXPECT_EQ(config.duration_ms("drain"), 60'000);
  EXPECT_TRUE(config.boolean("insecure_listen"));
  EXPECT_EQ(config.text_list("peers"), (std::vector<std::string>{"a:1", "b:2"}));
  EXPECT_EQ(config.text("log.level"), "info");
  EXPECT_EQ(config.place_of("grpc.threads"), "--grpc.threads");
  EXPECT_EQ(config.place_of("grpc.listen"), path + ":5: grpc.listen");
}

TEST_F(ConfigTest, BooleanFlagsMayStandAlone) {
  EXPECT_TRUE(run({"--insecure_listen"}).boolean("insecure_listen"));
  EXPECT_FALSE(run({"--insecure_listen", "false"}).boolean("insecure_listen"));
  const ProgramConfig config = run({"--insecure_listen", "--data_dir", "x"});
  EXPECT_TRUE(config.boolean("insecure_listen"));
  EXPECT_EQ(config.text("data_dir"), "x");
  const std::string path = write("insecure_listen = true\n");
  EXPECT_FALSE(run({"--config=" + path, "--insecure_listen=false"}).boolean("insecure_listen"));
}

TEST_F(ConfigTest, ListFlagsAreSeparatedByCommas) {
  EXPECT_EQ(run({"--peers", "a:1,b:2"}).text_list("peers"), (std::vector<std::string>{"a:1", "b:2"}));
}

TEST_F(ConfigTest, NamesTheNearestKeyAndTheLine) {
  const std::string path = write("datadir = \"x\"\n\n[grpc]\nlisen = \"x\"\n[grcp]\nthreads = 3\n");
  EXPECT_EQ(mistakes({"--config", path}),
            path + ":1: the key \"datadir\" is not known; the nearest known key is \"data_dir\"\n" + path +
                ":4: the key \"grpc.lisen\" is not known; the nearest known key is \"grpc.listen\"\n" + path +
                ":6: the key \"grcp.threads\" is not known; the nearest known key is \"grpc.threads\"");
}

TEST_F(ConfigTest, NamesTheNearestFlag) {
  EXPECT_EQ(mistakes({"--grpc.lisen", "127.0.0.1:1", "--dran=5s"}),
            "the flag \"--grpc.lisen\" is not known; the nearest known flag is \"--grpc.listen\"\n"
            "the flag \"--dran\" is not known; the nearest known flag is \"--drain\"");
}

TEST_F(ConfigTest, SaysWhatAValueMustBe) {
  const std::string path = write("drain = 30\ngrpc = 1\n[log]\nlevel = \"loud\"\n");
  EXPECT_EQ(mistakes({"--grpc.threads=65", "--config", path, "--grpc.listen", "here"}),
            path + ":1: \"drain\" must be a number with its unit (ms, s, m, h, d) from 0s to 10m\n" + path +
                ":2: \"grpc\" must be a table: write it as [grpc]\n" + path +
                ":4: \"log.level\" must be one of debug, info, warn, error\n"
                "--grpc.threads must be a whole number from 1 to 64\n"
                "--grpc.listen must be HOST:PORT, for example 127.0.0.1:7400 or [::1]:7400");
}

TEST_F(ConfigTest, RefusesCommandLinesThatMakeNoSense) {
  EXPECT_EQ(mistakes({"--data_dir"}), "--data_dir needs a value: write --data_dir VALUE or --data_dir=VALUE");
  EXPECT_EQ(mistakes({"--data_dir", "--drain", "1s"}),
            "--data_dir needs a value: write --data_dir VALUE or --data_dir=VALUE");
  EXPECT_EQ(mistakes({"--config"}), "--config needs a value: write --config VALUE or --config=VALUE");
  EXPECT_EQ(mistakes({"--drain=1s", "--drain", "2s"}), "--drain is given twice; give it once");
  EXPECT_EQ(mistakes({"start"}), "\"start\" is not a flag; flags are written --name value, see --help");
  EXPECT_EQ(mistakes({"--"}), "\"--\" is not a flag; flags are written --name value, see --help");
}

TEST_F(ConfigTest, AFileThatCannotBeReadIsAMistakeLikeAnother) {
  std::filesystem::create_directory(directory_.file("folder.toml"));
  for (const char* name : {"none.toml", "folder.toml"}) {
    const Result<Launch> launched = launch(spec(), {"--config", directory_.file(name)});
    ASSERT_FALSE(launched.ok());
    EXPECT_EQ(launched.error().code, Code::invalid_argument);
    EXPECT_NE(launched.error().what.find(name), std::string::npos);
  }
}

TEST_F(ConfigTest, PrintsEveryOptionAsTomlThatReadsBack) {
  const char* const expected = R"(# Where the log is kept.
data_dir = "/tmp/a \"b\""

# How long SIGTERM waits for calls.
drain = "2m"

# Allows other addresses than loopback.
insecure_listen = false

# The other nodes.
peers = ["a", "b"]

[grpc]
# Where the API listens.
listen = "127.0.0.1:7400"

# Threads of the API.
threads = 2

[log]
# What is logged.
level = "info"

[metrics]
# Where metrics are served.
listen = ""
)";
  const Launch first =
      launch(spec(), {"--print-config", "--data_dir=/tmp/a \"b\"", "--drain=120s", "--peers=a,b"}).value();
  EXPECT_EQ(first.answer, expected);
  EXPECT_EQ(launch(spec(), {"--print-config", "--config", write(expected)}).value().answer, expected);
}

TEST_F(ConfigTest, AnswersHelpAndVersion) {
  EXPECT_EQ(launch(spec(), {"--version"}).value().answer, "ringfenced 1.2.3\n");
  const std::string help = launch(spec(), {"--drain=wrong", "--help"}).value().answer.value();
  EXPECT_EQ(help.find("Usage: ringfenced"), 0u);
  for (const Option& option : spec().options) {
    EXPECT_NE(help.find("--" + option.key), std::string::npos);
    EXPECT_NE(help.find(option.help), std::string::npos);
  }
  EXPECT_NE(help.find("Exit codes:\n  0  "), std::string::npos);
  EXPECT_NE(help.find("\n  2  wrong configuration"), std::string::npos);
}

TEST_F(ConfigTest, PrintConfigStillFindsMistakes) {
  EXPECT_FALSE(launch(spec(), {"--print-config", "--drain=wrong"}).ok());
}

TEST(ArgumentsOf, LeavesOutTheProgramsName) {
  const char* const argv[] = {"ringfenced", "--drain", "1s"};
  EXPECT_EQ(arguments_of(3, argv), (std::vector<std::string>{"--drain", "1s"}));
  EXPECT_TRUE(arguments_of(0, nullptr).empty());
}

// Without the fixture: the child process that dies would leave its directory behind.
TEST(ConfigDeathTest, AskingForAnUndeclaredOptionIsOurBug) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  const ProgramConfig config = launch(spec(), {}).value().config;
  EXPECT_DEATH(static_cast<void>(config.text("data_dri")), "assertion failed");
  EXPECT_DEATH(static_cast<void>(config.integer("data_dir")), "assertion failed");
}

}  // namespace
}  // namespace rf::process
