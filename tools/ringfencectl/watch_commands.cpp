#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <functional>

#include "process/clock.hpp"
#include "ringfence/v1/account.grpc.pb.h"
#include "ringfence/v1/queue.grpc.pb.h"
#include "tools/ringfencectl/board.hpp"
#include "tools/ringfencectl/commands.hpp"
#include "tools/ringfencectl/printing.hpp"
#include "tools/ringfencectl/watch_stream.hpp"
#include "tools/ringfencectl/words.hpp"

namespace rf::ctl {

namespace {

/// A board nobody ends would fill a log.
constexpr Ms plain_output_ms = 60 * second_ms;
/// How often a terminal is drawn anew at most, and how often at least: times count up.
constexpr Ms redraw_min_ms = 200;
constexpr Ms redraw_max_ms = second_ms;

struct Screen {
  bool terminal = false;
  Colour colour = Colour::off;

  static Screen of_output() {
    Screen out;
    const char* kind = std::getenv("TERM");
    out.terminal = isatty(STDOUT_FILENO) != 0 && kind != nullptr && std::string_view(kind) != "dumb";
    out.colour = out.terminal && std::getenv("NO_COLOR") == nullptr ? Colour::on : Colour::off;
    return out;
  }
  void size(BoardView& view) const {
    winsize window{};
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &window) != 0 || window.ws_col == 0 || window.ws_row == 0) return;
    view.columns = window.ws_col;
    // The last line stays free for the cursor.
    view.lines = window.ws_row - 1u;
  }
};

/// The two forms of a board.
struct Drawing {
  std::function<std::string(const LiveRows&, const BoardView&)> text;
  std::function<std::string(const LiveRows&, const BoardView&)> line;
};

/// Draws until the time is over, the stream ends or nobody reads any more.
class Show {
 public:
  Show(WatchStream& stream, const Invocation& asked, Drawing drawing, std::string title)
      : stream_(stream), asked_(asked), drawing_(std::move(drawing)), screen_(Screen::of_output()) {
    view_.title = std::move(title);
    view_.colour = screen_.colour;
  }

  Result<int> run(Ms for_ms) {
    const Ms end_ms = for_ms == 0 ? never_ms : clock_.mono_ms() + for_ms;
    if (screen_.terminal && !asked_.has("json")) print("\x1b[?1049h\x1b[?25l");
    const Result<int> out = draw_until(end_ms);
    if (screen_.terminal && !asked_.has("json")) print("\x1b[?25h\x1b[?1049l");
    return out;
  }

 private:
  Result<int> draw_until(Ms end_ms) {
    Ms draw_at_ms = clock_.mono_ms();
    for (;;) {
      const Ms now_ms = clock_.mono_ms();
      const Ms wake_ms = std::min(end_ms, draw_at_ms);
      const auto next = stream_.next(wake_ms > now_ms ? wake_ms - now_ms : 0);
      if (next.refused) return *next.refused;
      if (next.stopped || clock_.mono_ms() >= end_ms) return 0;
      view_.trouble = next.trouble;
      if (next.frame) {
        rows_.take(*next.frame);
        if (asked_.has("json") && !print(json_line(*next.frame))) return 0;
        if (screen_.terminal) draw_at_ms = std::min(draw_at_ms, drawn_ms_ + redraw_min_ms);
      }
      if (clock_.mono_ms() < draw_at_ms) continue;
      if (rows_.complete() && !asked_.has("json") && !draw()) return 0;
      drawn_ms_ = clock_.mono_ms();
      draw_at_ms = drawn_ms_ + redraw_max_ms;
    }
  }

  bool draw() {
    view_.now_ts = clock_.wall_ms();
    if (!screen_.terminal) return print(drawing_.line(rows_, view_) + "\n");
    screen_.size(view_);
    return print("\x1b[H\x1b[2J" + drawing_.text(rows_, view_));
  }

  WatchStream& stream_;
  const Invocation& asked_;
  const Drawing drawing_;
  const Screen screen_;
  const process::SystemClock clock_;
  LiveRows rows_;
  BoardView view_;
  Ms drawn_ms_ = 0;
};

Result<int> show(const Invocation& asked, Session& session, const Drawing& drawing) {
  const bool unbounded = Screen::of_output().terminal;
  const auto for_ms = duration_flag(asked, "for", unbounded ? 0 : plain_output_ms);
  if (!for_ms) return for_ms.error();
  const auto account = session.account();
  if (!account) return account.error();
  api::GetAccountRequest request;
  request.set_account(*account);
  const auto known = session.call<api::AccountService>(&api::AccountService::Stub::GetAccount, request);
  if (!known) return known.error();
  const auto& settings = known->account().settings();
  WatchStream stream(session, known->account().id());
  session.interrupt().set([&] { stream.stop(); });
  auto out = Show(stream, asked, drawing, settings.name().empty() ? settings.key() : settings.name()).run(*for_ms);
  session.interrupt().set({});
  return out;
}

Result<int> watch(const Invocation& asked, Session& session) { return show(asked, session, {board_text, board_line}); }

Result<int> watch_queue(const Invocation& asked, Session& session) {
  const std::string queue = asked.operand(0);
  if (!queue.empty()) {
    const auto account = session.account();
    if (!account) return account.error();
    api::GetQueueRequest request;
    request.set_account(*account);
    request.set_queue(queue);
    const auto known = session.call<api::QueueService>(&api::QueueService::Stub::GetQueue, request);
    if (!known) return known.error();
  }
  const auto text = [&](const LiveRows& rows, const BoardView& view) { return queue_text(rows, view, queue); };
  const auto line = [&](const LiveRows& rows, const BoardView& view) { return queue_line(rows, view, queue); };
  return show(asked, session, {text, line});
}

}  // namespace

std::vector<Command> watch_commands() {
  const Flag bound = {"for", "DURATION", "ends after so long; without a terminal 60s when absent"};
  return {
      {{"watch", "", "the live board; without a terminal a line a second", {bound}}, watch},
      {{"queue watch", "[QUEUE]", "who waits in the queue, live; without a terminal a line a second", {bound}},
       watch_queue},
  };
}

}  // namespace rf::ctl
