#include "tests/sim/text.hpp"

#include "core/state/touched.hpp"

namespace rf::sim {

namespace {

template <class... Arms>
struct Match : Arms... {
  using Arms::operator()...;
};
template <class... Arms>
Match(Arms...) -> Match<Arms...>;

std::string number(std::uint64_t n) { return std::to_string(n); }

}  // namespace

std::string text_of(const link::EventBody& body) {
  return std::visit(
      Match{[](const link::Snapshot& e) {
              std::string text = "snapshot " + e.boot_id;
              for (const link::CarriedCall& call : e.calls)
                text += " " + brief(call.arrival.call) + (call.answered_by.set() ? "/" + brief(call.answered_by) : "");
              for (const link::BindingUp& up : e.bindings) text += " " + brief(up.binding);
              return text;
            },
            [](const link::CallArrived& e) { return "call arrived " + brief(e.call) + " for " + e.number; },
            [](const link::OfferClosed& e) {
              return "offer closed " + brief(e.reservation) + " " + std::string(core::name_of(e.cause));
            },
            [](const link::Answered& e) { return "answered " + brief(e.reservation); },
            [](const link::LegGone& e) { return "leg gone " + brief(e.reservation); },
            [](const link::CallEnded& e) {
              return "call ended " + brief(e.call) + " " + std::string(core::name_of(e.cause));
            },
            [](const link::CallerKey& e) { return "key " + e.key + " of " + brief(e.call); },
            [](const link::BindingUp& e) { return "binding up " + brief(e.binding) + " of " + brief(e.agent); },
            [](const link::BindingDown& e) { return "binding down " + brief(e.binding); }},
      body);
}

std::string text_of(const link::OrderBody& body) {
  return std::visit(Match{[](const link::HoldOrder& o) { return "hold " + brief(o.call); },
                          [](const link::RingOrder& o) {
                            std::string text = "ring " + brief(o.call);
                            for (const link::RingTarget& t : o.targets)
                              text += " " + brief(t.reservation) + "->" + brief(t.agent) + " until " +
                                      std::to_string(t.ring_until_edge_ms);
                            return text;
                          },
                          [](const link::CloseOrder& o) { return "close " + brief(o.reservation); },
                          [](const link::BridgeOrder& o) { return "bridge " + brief(o.reservation); },
                          [](const link::HangupOrder& o) { return "hang up " + brief(o.call); },
                          [](const link::ForwardOrder& o) { return "forward " + brief(o.call) + " to " + o.uri; }},
                    body);
}

std::string text_of(const core::Fact& fact) {
  std::string text = number(fact.seq) + " " + std::string(core::name_of(fact.body));
  const core::Touched rows = core::touched(fact.body, core::Account{});
  if (rows.agent.set()) text += " " + brief(rows.agent);
  if (rows.call.set()) text += " " + brief(rows.call);
  if (rows.reservation.set()) text += " " + brief(rows.reservation);
  if (!rows.edge.empty()) text += " " + rows.edge;
  if (fact.from != fact.to)
    text += " [" + std::string(core::name_of(fact.from)) + "->" + std::string(core::name_of(fact.to)) + "]";
  return text;
}

std::string text_of(const ToNode& message) {
  return std::visit(Match{[](const Attach& m) { return "attach epoch " + number(m.epoch) + " " + m.boot_id; },
                          [](const Heartbeat& m) { return "heartbeat " + std::to_string(m.clock_ms); },
                          [](const EdgeEvent& m) {
                            return brief(m.account) + " #" + number(m.event.epoch) + "." + number(m.event.n) + " " +
                                   text_of(m.event.body);
                          },
                          [](const Digests& m) { return "digests of " + number(m.digests.size()); }},
                    message);
}

std::string text_of(const ToEdge& message) {
  return std::visit(
      Match{[](const Leading& m) {
              return "leading " + number(m.shards.size()) +
                     (m.shards.empty() ? "" : " in term " + number(m.shards.front().term));
            },
            [](const OrderSent& m) {
              return brief(m.account) + " term " + number(m.fence.term) + " " + text_of(m.order.body);
            },
            [](const SyncSent& m) {
              std::string text = brief(m.account) + " term " + number(m.fence.term) + " sync";
              for (const link::OrderBody& body : m.sync.orders) text += " [" + text_of(body) + "]";
              return text;
            },
            [](const Ack& m) { return brief(m.account) + " ack " + number(m.epoch) + "." + number(m.n); },
            [](const Expected& m) { return brief(m.account) + " expected " + number(m.epoch) + "." + number(m.n); },
            [](const NotOwner& m) { return brief(m.account) + " not owner"; },
            [](const SnapshotRequest& m) { return brief(m.account) + " snapshot wanted"; }},
      message);
}

}  // namespace rf::sim
