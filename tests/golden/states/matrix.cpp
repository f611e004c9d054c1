#include "tests/golden/states/matrix.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

#include "tests/support/invariants.hpp"

namespace rf::core::states {

using rf::testing::Center;

namespace {

/// Shorter refusals do not say why.
constexpr std::size_t sentence_bytes_min = 20;

std::string with_facts(const Scene& s) {
  std::string text;
  const std::vector<std::string> facts = s.c.last_facts();
  for (std::size_t i = 0, same = 1; i < facts.size(); i += same, same = 1) {
    while (i + same < facts.size() && facts[i + same] == facts[i]) ++same;
    text += (text.empty() ? "" : ", ") + facts[i] + (same == 1 ? "" : " x" + std::to_string(same));
  }
  return " (" + text + ")";
}

void expect_untouched(const Scene& s, const Account& before) {
  EXPECT_TRUE(s.c.last.facts.empty()) << "wrote" << with_facts(s) << " (P16)";
  EXPECT_TRUE(s.c.last.orders.empty()) << "ordered something";
  EXPECT_EQ(rf::testing::difference(before, s.c.account()), "");
}

/// What an edge is told instead of a reply in words, if its event or digest was not simply taken.
std::string told_edge(const Command& command, const EdgeReply& reply) {
  if (reply.snapshot_wanted) return "snapshot wanted";
  const auto* event = std::get_if<command::EdgeEvent>(&command);
  if (event == nullptr) return {};
  if (reply.expected) return "refused: expects event " + std::to_string(reply.acked + 1);
  EXPECT_GE(reply.acked, event->event.n) << "neither acknowledged nor refused (R16)";
  return {};
}

/// A refused or repeated event may find a snapshot half carried through: that goes on, the event itself is not seen (R17).
void expect_only_sweep(const Scene& s, const Account& before) {
  const Edge* edge = find_edge(before, s.edge);
  EXPECT_TRUE(edge != nullptr && edge->sweep == Edge::Sweep::snapshot) << "wrote" << with_facts(s);
}

bool saw_event(const TurnResult& turn) {
  return std::any_of(turn.facts.begin(), turn.facts.end(),
                     [](const Fact& fact) { return std::holds_alternative<fact::EdgeSeen>(fact.body); });
}

std::string result_of(Scene& s, const Matrix& m, const Command& command) {
  const std::string from = m.shown ? m.shown(s) : std::string();
  const Account before = s.c.account();
  const TurnResult& turn = s.c.run(command);
  if (!turn.reply.ok()) {
    expect_untouched(s, before);
    EXPECT_GE(turn.reply.what.size(), sentence_bytes_min) << "a refusal without a sentence";
    EXPECT_NE(turn.reply.what.find(' '), std::string::npos) << "a refusal without a sentence";
    return "refused: " + std::string(rf::name_of(turn.reply.code));
  }
  const std::string told = told_edge(command, turn.edge);
  const std::string nothing = told.empty() ? "no change" : told;
  if (turn.facts.empty()) {
    expect_untouched(s, before);
    return nothing;
  }
  const bool unseen = std::holds_alternative<command::EdgeEvent>(command) && !saw_event(turn);
  if (unseen) expect_only_sweep(s, before);
  EXPECT_EQ(unseen ? "" : told, "") << "and yet facts";
  const std::string first = unseen ? nothing + ", the sweep goes on: " : "";
  if (!m.shown) return "written" + with_facts(s);
  const std::string to = m.shown(s);
  return first + (from == to ? to : from + " -> " + to) + with_facts(s);
}

}  // namespace

void write_row(std::ostream& out, const std::vector<std::string>& cells) {
  out << "|";
  for (const std::string& cell : cells) out << " " << cell << " |";
  out << "\n";
}

void write_head(std::ostream& out, const std::vector<std::string>& cells) {
  write_row(out, cells);
  out << "|";
  for (std::size_t i = 0; i < cells.size(); ++i) out << "---|";
  out << "\n";
}

void write_matrix(std::ostream& out, const Matrix& m, Asked& asked) {
  out << "\n## " << m.title << "\n\n" << m.text << "\n\n";
  write_head(out, {"state", "command", "result"});
  for (const State& state : m.states) {
    std::vector<std::pair<std::string, std::string>> rows;
    for (const Ask& ask : m.asks) {
      SCOPED_TRACE(m.title + ", " + state.name + ": " + ask.name);
      Scene scene(m.queue);
      state.enter(scene);
      const Command command = ask.command(scene);
      asked.commands.insert(command.index());
      if (const auto* event = std::get_if<command::EdgeEvent>(&command)) asked.events.insert(event->event.body.index());
      const std::string result = result_of(scene, m, command);
      const auto same = std::find_if(rows.begin(), rows.end(), [&](const auto& row) { return row.second == result; });
      if (same == rows.end())
        rows.emplace_back(ask.name, result);
      else
        same->first += "; " + ask.name;
    }
    for (const auto& [names, result] : rows) write_row(out, {state.name, names, result});
  }
}

void must(Scene& s, const Command& command) { EXPECT_TRUE(s.c.run(command).reply.ok()) << s.c.last.reply.what; }

void add_agent(Scene& s) { s.agent = s.c.agent("ann", {Center::in(s.q)}); }

void add_ready_agent(Scene& s) { s.agent = s.c.ready_agent("ann", {Center::in(s.q)}); }

void add_phone_agent(Scene& s) {
  s.agent = s.d.agent("ann");
  s.phone = s.d.phones.at(s.agent);
}

void take_call(Scene& s, CallId call) {
  s.call = call;
  s.offer = s.c.offer_of(call);
}

std::string name_of(CallState state) {
  switch (state) {
    case CallState::waiting: return "waiting";
    case CallState::closing: return "closing";
    case CallState::answered: return "answered";
    case CallState::ended: return "ended";
    case CallState::forwarded: return "forwarded";
  }
  return {};
}

std::string name_of(Phase phase) {
  switch (phase) {
    case Phase::offered: return "offered";
    case Phase::closing: return "closing";
    case Phase::releasing: return "releasing";
    case Phase::answered: return "answered";
    case Phase::ending: return "ending";
  }
  return {};
}

}  // namespace rf::core::states
