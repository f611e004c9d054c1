#include "process/json.hpp"

#include <gtest/gtest.h>

namespace rf::process {
namespace {

std::string json(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

constexpr std::string_view bad = "\xef\xbf\xbd";

std::string in_quotes(std::string_view text) { return "\"" + std::string(text) + "\""; }

TEST(JsonString, EscapesWhatJsonForbids) {
  EXPECT_EQ(json("plain"), "\"plain\"");
  EXPECT_EQ(json(""), "\"\"");
  EXPECT_EQ(json("a\"b\\c/d"), R"("a\"b\\c/d")");
  EXPECT_EQ(json("\n\r\t"), R"("\n\r\t")");
  EXPECT_EQ(json(std::string_view("\0\x01\x1f\x7f", 4)), R"("\u0000\u0001\u001f\u007f")");
}

TEST(JsonString, KeepsValidUtf8) {
  const std::string_view text = "Zo\xc3\xab \xe2\x82\xac \xf0\x9f\x93\x9e";
  EXPECT_EQ(json(text), in_quotes(text));
}

TEST(JsonString, ReplacesEachByteThatIsNotUtf8) {
  EXPECT_EQ(json("a\xff z"), in_quotes("a" + std::string(bad) + " z"));
  // A lone tail byte, a cut sequence, an overlong slash, a surrogate, beyond U+10FFFF.
  EXPECT_EQ(json("\x80"), in_quotes(bad));
  EXPECT_EQ(json("\xe2\x82"), in_quotes(std::string(bad) + std::string(bad)));
  EXPECT_EQ(json("\xc0\xaf"), in_quotes(std::string(bad) + std::string(bad)));
  EXPECT_EQ(json("\xed\xa0\x80"), in_quotes(std::string(bad) + std::string(bad) + std::string(bad)));
  EXPECT_EQ(json("\xf4\x90\x80\x80").size(), 2 + 4 * bad.size());
  EXPECT_EQ(json("\xc3x"), in_quotes(std::string(bad) + "x"));
}

}  // namespace
}  // namespace rf::process
