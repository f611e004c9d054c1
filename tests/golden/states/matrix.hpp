#pragma once
#include <functional>
#include <ostream>
#include <set>
#include <string>
#include <vector>

#include "tests/support/center.hpp"

/// The tables of docs/states.md, each written by running the code once for every cell.
namespace rf::core::states {

/// An account of its own for one cell, and what the commands of a table are about: a queue with the SIP number 100, the edge
/// "e1" and calls of a foreign switch beside it.
struct Scene {
  explicit Scene(QueueConfig config) : d(std::move(config)) {}
  rf::testing::SipDesk d;
  rf::testing::Center& c = d.c;
  QueueId q = d.q;
  EdgeName edge = "e1";
  AgentId agent;
  BindingId phone;
  CallId call;
  /// The offer of the call that commands and events name.
  ReservationId offer;
};

struct State {
  std::string name;
  /// Brings a fresh scene into the state.
  std::function<void(Scene&)> enter;
};
struct Ask {
  std::string name;
  std::function<Command(const Scene&)> command;
};

struct Matrix {
  std::string title;
  std::string text;
  QueueConfig queue;
  std::vector<State> states;
  std::vector<Ask> asks;
  /// What a command may change, in a word or two; where empty, only the facts tell.
  std::function<std::string(const Scene&)> shown;
};

/// Which alternatives of Command and of link::EventBody the tables have asked.
struct Asked {
  std::set<std::size_t> commands;
  std::set<std::size_t> events;
};

/// Runs every cell and writes the table; a cell that is neither a transition, a repeat nor a named refusal that wrote nothing
/// fails the running test.
void write_matrix(std::ostream& out, const Matrix& matrix, Asked& asked);

/// "| a | b |" and a line break.
void write_row(std::ostream& out, const std::vector<std::string>& cells);
/// The row, and the line below it that makes it a table's head.
void write_head(std::ostream& out, const std::vector<std::string>& cells);

/// Whatever brings a scene into its state is not refused.
void must(Scene& s, const Command& command);
template <class Rows>
void append(Rows& rows, const Rows& more) {
  rows.insert(rows.end(), more.begin(), more.end());
}

/// An agent of the scene's queue on a foreign switch, logged out.
void add_agent(Scene& s);
/// The same, logged in, active and available.
void add_ready_agent(Scene& s);
/// The scene's agent is ready and has one phone, at the edge.
void add_phone_agent(Scene& s);
/// The scene's call is this one, and its newest offer the scene's.
void take_call(Scene& s, CallId call);

void bucket_table(std::ostream& out);
void phase_table(std::ostream& out);
Matrix agent_matrix();
Matrix call_matrix();
Matrix configuration_matrix();
Matrix edge_matrix();

std::string name_of(CallState state);
std::string name_of(Phase phase);

}  // namespace rf::core::states
