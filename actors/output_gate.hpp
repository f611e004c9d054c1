#pragma once
#include <cstddef>
#include <deque>
#include <optional>
#include <vector>

#include "actors/answer.hpp"
#include "core/base/edge_link.hpp"

namespace rf::actors {

/// The full set of orders for one edge (R10).
struct EdgeSync {
  EdgeName edge;
  link::Sync sync;
};

/// What one turn lets out: orders first, then the answer.
struct Output {
  Answer answer;
  Outcome outcome;
  std::vector<link::Order> orders;
  std::optional<EdgeSync> sync;
  /// Its stored result commits with the turn's facts (R24); not set: none.
  CommandId id;
};

/// Holds what turns let out, in their order, until the facts each depends on are durable: its own and those of every turn
/// before it. Pure; belongs to one presence actor. The log finishes one account's batches in the order proposed.
class OutputGate {
 public:
  enum class Facts : std::uint8_t { none, proposed };

  /// Takes a turn's output behind all that is held, and gives back what may leave now: itself if it depends on nothing.
  std::vector<Output> hold(Output output, Facts facts);
  /// The oldest proposed turn is durable: gives back, in order, its output and what waited for nothing else.
  std::vector<Output> committed();
  /// The oldest proposed turn was refused or lost: gives back everything without orders and with the error as outcome.
  /// That turn gets the error itself; a later one was not taken (not_owner), or is as unsure (unknown_outcome).
  std::vector<Output> fail(const Error& error);

  std::size_t depth() const { return held_.size(); }

 private:
  struct Held {
    Output output;
    Facts facts;
  };
  void open(std::vector<Output>& out);

  std::deque<Held> held_;
};

}  // namespace rf::actors
