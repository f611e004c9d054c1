#include "tests/sim/network.hpp"

#include <algorithm>

#include "tests/sim/text.hpp"

namespace rf::sim {

namespace {

std::string arrow(const Stream& s, const char* way) {
  return "edge-" + std::to_string(s.edge) + way + "node-" + std::to_string(s.node) + " (" + std::to_string(s.id) + ") ";
}

}  // namespace

StreamPtr Network::open(std::size_t edge, std::size_t node) {
  auto stream = std::make_shared<Stream>();
  stream->id = ++last_id_;
  stream->edge = edge;
  stream->node = node;
  streams_.push_back(stream);
  return stream;
}

const std::vector<StreamPtr>& Network::streams() {
  std::erase_if(streams_, [](const StreamPtr& s) { return !s->edge_end && !s->node_end; });
  return streams_;
}

Ms Network::arrival(const StreamPtr& stream, Ms& last_ms) {
  const Ms at_ms = context_.now_ms() + context_.random.about(context_.plan.message);
  return last_ms = std::max({last_ms, at_ms, stream->stalled_until_ms});
}

void Network::send(const StreamPtr& stream, ToNode message) {
  if (stream->to_node_cut) return;
  const bool counts = !std::holds_alternative<Heartbeat>(message);
  stream->in_flight += counts ? 1 : 0;
  context_.schedule.at(arrival(stream, stream->to_node_at_ms), [this, stream, counts, message = std::move(message)] {
    stream->in_flight -= counts ? 1 : 0;
    if (stream->to_node_cut || !stream->node_end) return;
    if (counts) context_.judge.note([&] { return arrow(*stream, " -> ") + text_of(message); });
    ends_.at_node(stream, message);
  });
}

void Network::send(const StreamPtr& stream, ToEdge message) {
  if (stream->to_edge_cut) return;
  ++stream->in_flight;
  context_.schedule.at(arrival(stream, stream->to_edge_at_ms), [this, stream, message = std::move(message)] {
    --stream->in_flight;
    if (stream->to_edge_cut || !stream->edge_end) return;
    context_.judge.note([&] { return arrow(*stream, " <- ") + text_of(message); });
    ends_.at_edge(stream, message);
  });
}

void Network::hear_end_at_edge(const StreamPtr& stream, Ms delay_ms) {
  context_.schedule.after(delay_ms, [this, stream] {
    stream->to_edge_cut = true;
    if (std::exchange(stream->edge_end, false)) ends_.edge_hears_end(stream);
  });
}

void Network::hear_end_at_node(const StreamPtr& stream, Ms delay_ms) {
  context_.schedule.after(delay_ms, [this, stream] {
    stream->to_node_cut = true;
    if (std::exchange(stream->node_end, false)) ends_.node_hears_end(stream);
  });
}

void Network::cut(const StreamPtr& stream, Ms notice_ms) {
  stream->to_node_cut = stream->to_edge_cut = true;
  hear_end_at_edge(stream, context_.random.between(0, notice_ms));
  hear_end_at_node(stream, context_.random.between(0, notice_ms));
}

void Network::node_gone(const StreamPtr& stream, Ms linger_ms) {
  stream->node_end = false;
  stream->to_node_cut = true;
  hear_end_at_edge(stream, context_.random.between(0, linger_ms));
}

void Network::edge_gone(const StreamPtr& stream, Ms notice_ms) {
  stream->edge_end = false;
  stream->to_edge_cut = true;
  // What it sent before may still arrive.
  hear_end_at_node(stream, context_.random.between(0, notice_ms));
}

}  // namespace rf::sim
