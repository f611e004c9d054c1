#include "tools/ringfencectl/board.hpp"

#include <gmock/gmock.h>

#include <cstdlib>
#include <ctime>
#include <fstream>
#include <sstream>

#include "tests/tools/ringfencectl/centre.hpp"

namespace rf::ctl {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* golden_path = "tests/golden/board.txt";

struct BoardTest : testing::Test {
  LiveRows rows;
  BoardView view;

  BoardTest() {
    setenv("TZ", "UTC", 1);
    tzset();
    rows.take(snapshot_of_a_centre());
    view.title = "Front desk";
    view.now_ts = 1'000'000'000;
  }
};

/// Escape sequences in a form that a file and a reviewer can hold.
std::string visible(const std::string& text) {
  std::string out;
  for (const char c : text) out += c == '\x1b' ? "^[" : std::string(1, c);
  return out;
}

TEST_F(BoardTest, LooksLikeTheGolden) {
  std::string all = "== terminal without colours\n" + board_text(rows, view);
  view.colour = Colour::on;
  all += "== terminal with colours\n" + visible(board_text(rows, view));
  view.colour = Colour::off;
  view.columns = 40;
  view.lines = 8;
  view.trouble = "the node is away, trying again";
  all += "== small terminal, node away\n" + board_text(rows, view);
  all += "== a line a second\n" + board_line(rows, view) + "\n";
  view.columns = 80;
  view.lines = 24;
  view.trouble.clear();
  all += "== queues\n" + queue_text(rows, view, "") + "== one queue, and its line\n" +
         queue_text(rows, view, "support") + queue_line(rows, view, "q_sales") + "\n";

  if (std::getenv("RF_UPDATE_GOLDENS") != nullptr) std::ofstream(golden_path) << all;
  std::ifstream file(golden_path);
  ASSERT_TRUE(file) << golden_path << " is missing: run in the root of the repository with RF_UPDATE_GOLDENS=1";
  std::ostringstream golden;
  golden << file.rdbuf();
  EXPECT_EQ(all, golden.str()) << "if the change is meant, run again with RF_UPDATE_GOLDENS=1";
}

TEST_F(BoardTest, NoCallerReachesTheTerminalUnfiltered) {
  EXPECT_THAT(board_text(rows, view), Not(HasSubstr("\x1b")));
  EXPECT_THAT(queue_text(rows, view, ""), Not(HasSubstr("\x1b")));
}

TEST_F(BoardTest, NoLineIsWiderThanTheTerminal) {
  for (const std::size_t columns : {10u, 33u, 79u}) {
    view.columns = columns;
    std::istringstream lines(board_text(rows, view));
    for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), columns) << line;
  }
}

TEST_F(BoardTest, AnEmptyAccountHasABoardToo) {
  EXPECT_THAT(board_text(LiveRows(), view), HasSubstr("ready 0"));
  EXPECT_EQ(board_line(LiveRows(), view), "13:46:40");
}

}  // namespace
}  // namespace rf::ctl
