#include "tools/ringfencectl/board.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "tools/ringfencectl/words.hpp"

namespace rf::ctl {

namespace {

struct BucketStyle {
  api::Bucket bucket;
  const char* label;
  /// The code of SGR (ECMA-48) for its colour.
  const char* colour;
};

/// In the order in which a supervisor looks: who can take calls, who is busy, who is away.
constexpr std::array<BucketStyle, 9> styles = {{{api::BUCKET_READY, "ready", "32"},
                                                {api::BUCKET_RING, "ring", "33;1"},
                                                {api::BUCKET_INCALL, "incall", "36;1"},
                                                {api::BUCKET_WRAPUP, "wrapup", "35"},
                                                {api::BUCKET_IDLE, "idle", "37"},
                                                {api::BUCKET_PAUSED, "paused", "33"},
                                                {api::BUCKET_EXTCALL, "extcall", "34;1"},
                                                {api::BUCKET_UNREACHABLE, "unreachable", "31;1"},
                                                {api::BUCKET_OFFLINE, "offline", "90"}}};

const char* colour_of(api::Bucket bucket) {
  for (const BucketStyle& style : styles)
    if (style.bucket == bucket) return style.colour;
  return "0";
}

/// Text that is cut at the terminal's width: escape sequences take no columns.
class Line {
 public:
  Line(const BoardView& view) : left_(view.columns), colour_(view.colour) {}

  Line& add(std::string_view text, const char* colour) {
    const std::string cut = clipped(plain(text), left_);
    left_ -= std::min(left_, width_of(cut));
    if (colour_ == Colour::on && colour != nullptr && !cut.empty())
      out_ += std::string("\x1b[") + colour + "m" + cut + "\x1b[0m";
    else
      out_ += cut;
    return *this;
  }
  Line& add(std::string_view text) { return add(text, nullptr); }
  /// In a column of that width, with two blanks after it.
  Line& cell(std::string_view text, std::size_t width, const char* colour) {
    add(text, colour);
    return add(std::string(width - std::min(width, width_of(text)) + 2, ' '));
  }
  Line& right(std::string_view text, std::size_t width) {
    return add(std::string(width - std::min(width, width_of(text)), ' ')).add(text).add("  ");
  }

  std::string take() {
    if (colour_ == Colour::off) out_.erase(out_.find_last_not_of(' ') + 1);
    return std::move(out_);
  }

 private:
  std::string out_;
  std::size_t left_;
  Colour colour_;
};

/// What a queue's line says, counted from the rows.
struct QueueCount {
  std::size_t waiting = 0;
  Ms oldest_ts = 0;
  std::size_t ready = 0;
  std::size_t active = 0;
};

QueueCount count_of(const LiveRows& rows, const api::Queue& queue) {
  QueueCount out;
  for (const api::Call* call : rows.calls()) {
    if (call->queue_id() != queue.definition().id() || call->state() != api::CALL_STATE_WAITING) continue;
    ++out.waiting;
    if (out.oldest_ts == 0) out.oldest_ts = call->arrived_ts();
  }
  for (const api::Agent* agent : rows.agents())
    for (const api::Membership& membership : agent->definition().memberships()) {
      if (membership.queue() != queue.definition().id() || !membership.active()) continue;
      ++out.active;
      if (agent->bucket() == api::BUCKET_READY) ++out.ready;
    }
  return out;
}

std::string longest_text(const QueueCount& count, Ms now_ts) {
  return count.waiting == 0 ? "-" : span_text(now_ts - count.oldest_ts);
}

std::string caller_of(const api::Call& call) {
  if (call.caller_name().empty()) return call.caller();
  return call.caller().empty() ? call.caller_name() : call.caller_name() + " " + call.caller();
}

std::string heading(const BoardView& view, const LiveRows& rows) {
  Line line(view);
  line.add(view.title, "1").add("   " + clock_text(view.now_ts) + "   seq " + std::to_string(rows.seq()));
  if (!view.trouble.empty()) line.add("   ").add(view.trouble, "31;1");
  return line.take();
}

std::size_t agents_in(const LiveRows& rows, api::Bucket bucket) {
  const auto agents = rows.agents();
  return static_cast<std::size_t>(
      std::count_if(agents.begin(), agents.end(), [&](const api::Agent* agent) { return agent->bucket() == bucket; }));
}

/// On two lines, so that all nine fit a narrow terminal: those at work, those who are not.
void add_buckets(std::vector<std::string>& out, const LiveRows& rows, const BoardView& view) {
  for (const auto& [first, last] : {std::pair<std::size_t, std::size_t>{0, 5}, {5, styles.size()}}) {
    Line line(view);
    for (std::size_t i = first; i < last; ++i) {
      const std::size_t count = agents_in(rows, styles[i].bucket);
      line.cell(std::string(styles[i].label) + " " + std::to_string(count), 14, count == 0 ? "90" : styles[i].colour);
    }
    out.push_back(line.take());
  }
}

void add_agents(std::vector<std::string>& out, const LiveRows& rows, const BoardView& view) {
  std::size_t width = 5;
  for (const api::Agent* agent : rows.agents()) width = std::max(width, width_of(agent->definition().key()));
  width = std::min<std::size_t>(width, 24);
  out.push_back(Line(view).cell("AGENT", width, "1").cell("STATE", 11, "1").right("FOR", 8).add("CALL", "1").take());
  for (const api::Agent* agent : rows.agents()) {
    Line line(view);
    line.cell(clipped(agent->definition().key(), width), width, nullptr)
        .cell(word(agent->bucket()), 11, colour_of(agent->bucket()))
        .right(span_text(view.now_ts - agent->bucket_since_ts()), 8);
    if (const api::Call* call = rows.call_of(agent->definition().id()))
      line.add(rows.queue_key(call->queue_id()) + " " + caller_of(*call));
    else if (agent->bucket() == api::BUCKET_PAUSED && !agent->reason().empty())
      line.add(agent->reason());
    out.push_back(line.take());
  }
}

void add_queues(std::vector<std::string>& out, const LiveRows& rows, const BoardView& view) {
  std::size_t width = 5;
  for (const api::Queue* queue : rows.queues()) width = std::max(width, width_of(queue->definition().key()));
  width = std::min<std::size_t>(width, 24);
  out.push_back(Line(view)
                    .cell("QUEUE", width, "1")
                    .right("WAITING", 7)
                    .right("LONGEST", 8)
                    .right("READY", 5)
                    .right("LOGGED IN", 9)
                    .take());
  for (const api::Queue* queue : rows.queues()) {
    const QueueCount count = count_of(rows, *queue);
    out.push_back(Line(view)
                      .cell(clipped(queue->definition().key(), width), width, count.waiting == 0 ? nullptr : "33;1")
                      .right(std::to_string(count.waiting), 7)
                      .right(longest_text(count, view.now_ts), 8)
                      .right(std::to_string(count.ready), 5)
                      .right(std::to_string(count.active), 9)
                      .take());
  }
}

/// At most the view's lines; the last one says how many did not fit.
std::string joined(const std::vector<std::string>& lines, const BoardView& view) {
  const std::size_t room = std::max<std::size_t>(view.lines, 2);
  std::string out;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (i + 1 == room && lines.size() > room) return out + "... " + std::to_string(lines.size() - i) + " more lines\n";
    out += lines[i] + "\n";
  }
  return out;
}

bool is_meant(const api::Queue& queue, const std::string& wanted) {
  return wanted.empty() || queue.definition().id() == wanted || queue.definition().key() == wanted;
}

}  // namespace

std::string board_text(const LiveRows& rows, const BoardView& view) {
  std::vector<std::string> lines = {heading(view, rows), ""};
  add_buckets(lines, rows, view);
  lines.push_back("");
  add_queues(lines, rows, view);
  lines.push_back("");
  add_agents(lines, rows, view);
  return joined(lines, view);
}

std::string board_line(const LiveRows& rows, const BoardView& view) {
  std::string out = clock_text(view.now_ts);
  for (const BucketStyle& style : styles)
    if (const std::size_t count = agents_in(rows, style.bucket); count != 0)
      out += std::string(" ") + style.label + " " + std::to_string(count);
  out += queue_line(rows, view, "").substr(clock_text(view.now_ts).size());
  return out;
}

std::string queue_text(const LiveRows& rows, const BoardView& view, const std::string& queue) {
  std::vector<std::string> lines = {heading(view, rows)};
  for (const api::Queue* row : rows.queues()) {
    if (!is_meant(*row, queue)) continue;
    const QueueCount count = count_of(rows, *row);
    lines.push_back("");
    lines.push_back(Line(view)
                        .add(row->definition().key(), "1")
                        .add("   waiting " + std::to_string(count.waiting) + "   longest " +
                             longest_text(count, view.now_ts) + "   ready " + std::to_string(count.ready) + " of " +
                             std::to_string(count.active))
                        .take());
    std::size_t place = 0;
    for (const api::Call* call : rows.calls()) {
      if (call->queue_id() != row->definition().id() || call->state() != api::CALL_STATE_WAITING) continue;
      Line line(view);
      line.right(std::to_string(++place), 4).right(span_text(view.now_ts - call->arrived_ts()), 8);
      line.cell(clipped(caller_of(*call), 30), 30, nullptr);
      std::string rings;
      for (const api::Offer& offer : call->offers())
        if (offer.phase() == api::OFFER_PHASE_OFFERED || offer.phase() == api::OFFER_PHASE_CLOSING)
          rings += (rings.empty() ? "rings at " : ", ") + rows.agent_key(offer.agent_id());
      lines.push_back(line.add(rings, colour_of(api::BUCKET_RING)).take());
    }
  }
  return joined(lines, view);
}

std::string queue_line(const LiveRows& rows, const BoardView& view, const std::string& queue) {
  std::string out = clock_text(view.now_ts);
  for (const api::Queue* row : rows.queues()) {
    if (!is_meant(*row, queue)) continue;
    const QueueCount count = count_of(rows, *row);
    out += " | " + plain(row->definition().key()) + " waiting " + std::to_string(count.waiting);
    if (count.waiting != 0) out += " longest " + longest_text(count, view.now_ts);
  }
  if (!view.trouble.empty()) out += " | " + view.trouble;
  return out;
}

}  // namespace rf::ctl
