#include "process/config_reader.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "tests/process/temporary_directory.hpp"

namespace rf::process {
namespace {

ConfigReader reader_of(const std::string& text) { return ConfigReader::from_text(text, "centre.toml").value(); }

std::string mistakes(const ConfigReader& reader) {
  const Result<void> finished = reader.finish();
  return finished ? "" : finished.error().what;
}

constexpr const char* centre = R"([account]
key = "front-desk"
wrapup = "3s"

[[agents]]
key = "ann"
role = "agent"
max_concurrent = 2
auto_ready = true
queues = ["sales", "support"]

[[agents]]
key = "bob"
peer = "[::1]:5060"
)";

TEST(ConfigReader, ReadsTypedValues) {
  ConfigReader root = reader_of(centre);
  ConfigReader account = root.table("account");
  EXPECT_EQ(account.required_text("key"), "front-desk");
  EXPECT_EQ(account.duration_ms("wrapup", 0, 60'000), 3000);
  EXPECT_EQ(account.duration_ms("ring", 0, 60'000), std::nullopt);
  std::vector<ConfigReader> agents = root.tables("agents");
  ASSERT_EQ(agents.size(), 2u);
  EXPECT_EQ(agents[0].required_text("key"), "ann");
  EXPECT_EQ(agents[0].choice("role", {"agent", "supervisor"}), "agent");
  EXPECT_EQ(agents[0].integer("max_concurrent", 1, 10), 2);
  EXPECT_EQ(agents[0].boolean("auto_ready"), true);
  EXPECT_EQ(agents[0].text_list("queues"), (std::vector<std::string>{"sales", "support"}));
  EXPECT_EQ(agents[1].text("key"), "bob");
  EXPECT_EQ(agents[1].address("peer"), (HostPort{"::1", 5060}));
  EXPECT_EQ(agents[1].boolean("auto_ready"), std::nullopt);
  EXPECT_TRUE(root.tables("queues").empty());
  EXPECT_EQ(root.table("report").text("name"), std::nullopt);
  EXPECT_EQ(mistakes(root), "");
}

TEST(ConfigReader, NamesUnknownKeysWithLineAndNearest) {
  ConfigReader root = reader_of("titel = \"x\"\n"
                                "[[agents]]\n"
                                "key = \"ann\"\n"
                                "extention = \"100\"\n"
                                "[qeues]\n"
                                "a = 1\n");
  root.text("title");
  root.tables("queues");
  for (ConfigReader& agent : root.tables("agents")) {
    agent.text("key");
    agent.text("extension");
  }
  EXPECT_EQ(mistakes(root),
            "centre.toml:1: the key \"titel\" is not known; the nearest known key is \"title\"\n"
            "centre.toml:4: the key \"agents.extention\" is not known; the nearest known key is \"extension\"\n"
            "centre.toml:5: the key \"qeues\" is not known; the nearest known key is \"queues\"");
  EXPECT_EQ(root.finish().error().code, Code::invalid_argument);
}

TEST(ConfigReader, ReportsEveryWrongValueInTheFilesOrder) {
  ConfigReader root = reader_of("n = 0\n"
                                "b = \"true\"\n"
                                "d = 20\n"
                                "a = \"nowhere\"\n"
                                "l = [1]\n"
                                "t = 5\n"
                                "c = \"x\"\n"
                                "key = \"\"\n"
                                "sub = 1\n"
                                "list = {}\n"
                                "m = 1.5\n");
  EXPECT_EQ(root.integer("m", 0, 9), std::nullopt);
  EXPECT_TRUE(root.tables("list").empty());
  EXPECT_EQ(root.table("sub").text("x"), std::nullopt);
  EXPECT_EQ(root.required_text("key"), "");
  EXPECT_EQ(root.choice("c", {"y", "z"}), std::nullopt);
  EXPECT_EQ(root.text("t"), std::nullopt);
  EXPECT_TRUE(root.text_list("l").empty());
  EXPECT_EQ(root.address("a"), std::nullopt);
  EXPECT_EQ(root.duration_ms("d", 0, 86'400'000), std::nullopt);
  EXPECT_EQ(root.boolean("b"), std::nullopt);
  EXPECT_EQ(root.integer("n", 1, 9), std::nullopt);
  EXPECT_EQ(mistakes(root), "centre.toml:1: \"n\" must be a whole number from 1 to 9\n"
                            "centre.toml:2: \"b\" must be true or false\n"
                            "centre.toml:3: \"d\" must be a number with its unit (ms, s, m, h, d) from 0s to 1d\n"
                            "centre.toml:4: \"a\" must be HOST:PORT, for example 127.0.0.1:7400 or [::1]:7400\n"
                            "centre.toml:5: \"l\" must be a list of texts, for example [\"a\", \"b\"]\n"
                            "centre.toml:6: \"t\" must be a text in quotes\n"
                            "centre.toml:7: \"c\" must be one of y, z\n"
                            "centre.toml:8: \"key\" is needed here: give it a text in quotes\n"
                            "centre.toml:9: \"sub\" must be a table: write it as [sub]\n"
                            "centre.toml:10: \"list\" must be a list of tables: write each as [[list]]\n"
                            "centre.toml:11: \"m\" must be a whole number from 0 to 9");
}

TEST(ConfigReader, AMissingKeyIsPlacedAtItsTable) {
  ConfigReader root = reader_of("\n\n[[agents]]\nname = \"x\"\n");
  for (ConfigReader& agent : root.tables("agents")) {
    agent.text("name");
    agent.required_text("key");
  }
  EXPECT_EQ(mistakes(root), "centre.toml:3: \"agents.key\" is needed here: give it a text in quotes");
}

TEST(ConfigReader, PlacesTheCallersOwnMistakes) {
  ConfigReader root = reader_of("a = 1\n\nb = 2\n");
  root.integer("a", 0, 9);
  root.integer("b", 0, 9);
  root.refuse("b", "must be less than \"a\"");
  EXPECT_EQ(mistakes(root), "centre.toml:3: \"b\" must be less than \"a\"");
}

TEST(ConfigReader, AnOpenedTableWithoutKnownKeysTakesNone) {
  ConfigReader root = reader_of("[empty]\nx = 1\n");
  root.table("empty");
  EXPECT_NE(mistakes(root).find("\"empty.x\""), std::string::npos);
}

TEST(ConfigReader, SaysWhereATextIsNotToml) {
  const Error error = ConfigReader::from_text("a = 1\nb = \n", "x.toml").error();
  EXPECT_EQ(error.code, Code::invalid_argument);
  EXPECT_EQ(error.what.find("x.toml:2: this is not TOML: "), 0u) << error.what;
  EXPECT_FALSE(ConfigReader::from_text("a = 1\na = 2\n", "x.toml").ok());
  EXPECT_FALSE(ConfigReader::from_text("a = \"\xff\"\n", "x.toml").ok());
}

TEST(ConfigReader, DeepNestingIsAMistakeNotACrash) {
  std::string key = "a";
  for (int i = 0; i < 200'000; ++i) key += ".a";
  EXPECT_EQ(ConfigReader::from_text(key + " = 1\n", "x").error().code, Code::invalid_argument);
  EXPECT_EQ(ConfigReader::from_text("\n[" + key + "]\n", "x").error().what.find("x:2: "), 0u);
  EXPECT_EQ(ConfigReader::from_text("t = { " + key + " = 1 }\n", "x").error().code, Code::invalid_argument);
  EXPECT_FALSE(ConfigReader::from_text("a = " + std::string(100'000, '['), "x").ok());
  EXPECT_TRUE(ConfigReader::from_text("a.b.c.d = \"1.2.3.4\"\n", "x").ok());

  // Quoted parts that look like the end of a key.
  std::string quoted = "\"=\"";
  for (int i = 0; i < 200'000; ++i) quoted += ".\"=\"";
  EXPECT_EQ(ConfigReader::from_text(quoted + " = 1\n", "x").error().code, Code::invalid_argument);
  EXPECT_FALSE(ConfigReader::from_text("t = { a = \"\"\" \" \"\"\", " + quoted + " = 1 }\n", "x").ok());
  // Each within the bounds, but not together.
  std::string opened, closed;
  for (int i = 0; i < 250; ++i) {
    opened += "a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a = { ";
    closed += " }";
  }
  EXPECT_FALSE(ConfigReader::from_text(opened + "a = 1" + closed + "\n", "x").ok());

  const std::string dots(1000, '.');
  EXPECT_TRUE(ConfigReader::from_text("# " + dots + "\na = \"" + dots + "\"\nb = '''\n" + dots + "'''\n", "x").ok());
}

TEST(ConfigReader, SaysWhyAFileCannotBeRead) {
  const TemporaryDirectory directory;
  const Error missing = ConfigReader::from_file(directory.file("none.toml")).error();
  EXPECT_EQ(missing.code, Code::not_found);
  EXPECT_NE(missing.what.find("none.toml"), std::string::npos);
  EXPECT_EQ(ConfigReader::from_file(directory.file("")).error().code, Code::invalid_argument);
  std::ofstream(directory.file("ok.toml")) << "a = 1\n";
  EXPECT_EQ(ConfigReader::from_file(directory.file("ok.toml")).value().integer("a", 0, 2), 1);
  std::ofstream(directory.file("long.toml")) << std::string((8u << 20) + 1, ' ');
  EXPECT_EQ(ConfigReader::from_file(directory.file("long.toml")).error().code, Code::invalid_argument);
}

}  // namespace
}  // namespace rf::process
