#include "core/account/assign.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "core/base/assert.hpp"
#include "core/base/plant.hpp"
#include "core/state/index.hpp"

namespace rf::core {

void Assign::operator()(const fact::EdgeSeen& f) const {
  edge(f.edge, [&](Edge& e) {
    e.epoch = f.epoch;
    e.n = f.n;
  });
}

void Assign::sweep(const EdgeName& name, EdgeHealth health, Edge::Sweep kind) const {
  edge(name, [&](Edge& e) {
    e.health = health;
    e.sweep = kind;
    e.sweep_seq = fact.seq;
    e.sweep_new_epoch = false;
    e.snapshot = link::Snapshot{};
  });
}

void Assign::operator()(const fact::EdgeSnapshot& f) const {
  sweep(f.edge, EdgeHealth::live, Edge::Sweep::snapshot);
  edge(f.edge, [&](Edge& e) {
    e.sweep_new_epoch = f.new_epoch;
    e.snapshot = f.snapshot;
    e.snapshot_due = false;
  });
}

void Assign::operator()(const fact::EdgeSilent& f) const {
  edge(f.edge, [](Edge& e) { e.health = EdgeHealth::silent; });
}

void Assign::operator()(const fact::EdgeBack& f) const {
  const Edge* known = find_edge(account, f.edge);
  // A sweep under way goes on, and ends in the same looks.
  if (known == nullptr || known->sweep == Edge::Sweep::none) return sweep(f.edge, EdgeHealth::live, Edge::Sweep::back);
  edge(f.edge, [](Edge& e) { e.health = EdgeHealth::live; });
}

void Assign::operator()(const fact::EdgeLost& f) const {
  sweep(f.edge, EdgeHealth::lost, Edge::Sweep::lost);
  edge(f.edge, [](Edge& e) { e.snapshot_due = true; });
  if (RF_PLANT(phones_lost_without_rows))
    for (const auto& [id, agent] : account.agents)
      bindings(id, [&](Agent& a) { std::erase_if(a.bindings, [&](const Binding& b) { return b.edge == f.edge; }); });
}

void Assign::operator()(const fact::EdgeSwept& f) const {
  edge(f.edge, [](Edge& e) {
    e.sweep = Edge::Sweep::none;
    e.snapshot = link::Snapshot{};
  });
}

}  // namespace rf::core
