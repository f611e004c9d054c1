#pragma once
#include <string>

#include "core/base/time.hpp"
#include "tools/ringfencectl/live_rows.hpp"

/// The live boards as text. Pure: the same rows and time give the same text.
namespace rf::ctl {

enum class Colour { off, on };

struct BoardView {
  /// The account's name.
  std::string title;
  Ms now_ts = 0;
  Colour colour = Colour::off;
  std::size_t columns = 80;
  std::size_t lines = 24;
  /// Empty while the watch runs; otherwise what happens instead.
  std::string trouble;
};

/// The whole board: agents in each of the nine buckets, each agent with the time in its state, each queue with who waits.
/// Longer boards end with how much is left out.
std::string board_text(const LiveRows& rows, const BoardView& view);
/// The board in one line, for a log: counts of the buckets that are not empty, then the queues.
std::string board_line(const LiveRows& rows, const BoardView& view);

/// A queue (all, when `queue` is empty: its id or key) with its waiting calls in the order of their arrival.
std::string queue_text(const LiveRows& rows, const BoardView& view, const std::string& queue);
std::string queue_line(const LiveRows& rows, const BoardView& view, const std::string& queue);

}  // namespace rf::ctl
