// The stream between an edge and a node, either end: any message gives a value or a sentence, and what one end read and
// writes again is read as the same.
#include <google/protobuf/stubs/logging.h>

#include "core/base/assert.hpp"
#include "node/api/edge_convert.hpp"
#include "sip-edge/wire.hpp"
#include "tests/fuzz/filler.hpp"
#include "tests/fuzz/target.hpp"

namespace rf::fuzz {
namespace {

namespace pb = ringfence::v1;

enum class Way : std::uint8_t { edge_bytes, node_bytes, edge_fields, node_fields, count };

void node_reads(const pb::EdgeMessage& message) {
  if (message.has_digests()) {
    const auto read = node::digests_of(message.digests());
    if (!read) RF_ASSERT(!read.error().what.empty());
  }
  if (!message.has_event()) return;
  const auto read = node::event_of(message.event());
  if (!read) {
    RF_ASSERT(!read.error().what.empty());
    return;
  }
  const auto again = node::event_of(edge::wire::event(read->account, read->event).event());
  RF_ASSERT(again && again->account == read->account && again->event == read->event);
}

pb::NodeMessage written(const edge::input::OrderCame& order) {
  return node::order_message(order.account, {order.fence.shard, order.fence.term}, order.order);
}
pb::NodeMessage written(const edge::input::SyncCame& sync) {
  return node::sync_message(sync.account, {sync.fence.shard, sync.fence.term}, sync.sync);
}

template <class Came>
void read_again(const edge::wire::NodeSays& said, const EdgeName& self) {
  const auto* came = std::get_if<Came>(&said);
  if (came == nullptr) return;
  const pb::NodeMessage message = written(*came);
  const auto again = edge::wire::read(message, self);
  RF_ASSERT(again.ok() && std::holds_alternative<Came>(*again));
  RF_ASSERT(written(std::get<Came>(*again)).SerializeAsString() == message.SerializeAsString());
}

void edge_reads(const pb::NodeMessage& message) {
  const EdgeName self = "edge-1";
  const auto said = edge::wire::read(message, self);
  if (!said) {
    RF_ASSERT(said.error().code == Code::invalid_argument && !said.error().what.empty());
    return;
  }
  read_again<edge::input::OrderCame>(*said, self);
  read_again<edge::input::SyncCame>(*said, self);
}

template <class MessageType>
MessageType parsed(std::string_view bytes) {
  // It would print every text that is not UTF-8.
  static const auto silent = google::protobuf::SetLogHandler(nullptr);
  (void)silent;
  MessageType message;
  // What does not parse never reaches us; what came before the fault is as good as anything.
  (void)message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
  return message;
}

std::string seed(Way way, std::string_view bytes) { return chosen(static_cast<std::uint8_t>(way), bytes); }

}  // namespace

void run(std::string_view input) {
  const auto [way, bytes] = choice_of(input, static_cast<std::uint8_t>(Way::count));
  switch (static_cast<Way>(way)) {
    case Way::edge_bytes: return node_reads(parsed<pb::EdgeMessage>(bytes));
    case Way::node_bytes: return edge_reads(parsed<pb::NodeMessage>(bytes));
    case Way::edge_fields: return node_reads(filled<pb::EdgeMessage>(bytes));
    case Way::node_fields: return edge_reads(filled<pb::NodeMessage>(bytes));
    case Way::count: break;
  }
}

std::vector<std::string> seeds() {
  const AccountId account(Ulid{1, 1});
  const link::CallArrived arrived{CallId(Ulid{1, 2}), "100", "\xff", "A"};
  const link::BindingUp up{AgentId(Ulid{1, 3}), BindingId(Ulid{1, 4}), "sip:a@b"};
  const link::Snapshot snapshot{"boot", {{arrived, ReservationId(Ulid{1, 5}), up.agent, 7}}, {up}};
  const std::vector<link::EventBody> bodies = {snapshot,
                                               arrived,
                                               link::OfferClosed{ReservationId(Ulid{1, 5}), link::CloseCause::busy},
                                               link::Answered{ReservationId(Ulid{1, 5}), up.binding},
                                               link::Answered{ReservationId(Ulid{1, 5}), BindingId()},
                                               link::LegGone{ReservationId(Ulid{1, 5})},
                                               link::CallEnded{arrived.call, link::EndCause::ordered},
                                               up,
                                               link::BindingDown{up.binding, "expired"},
                                               link::CallerKey{arrived.call, "#"}};
  std::vector<std::string> out;
  for (const link::EventBody& body : bodies)
    out.push_back(seed(Way::edge_bytes, edge::wire::event(account, {1, 1, 0, body}).SerializeAsString()));
  const link::Endpoint endpoint{BindingId(Ulid{1, 6}), "sip:+4930@192.0.2.1"};
  const link::RingOrder ring{arrived.call,
                             {{ReservationId(Ulid{1, 5}), up.agent, {up.binding}, {endpoint}, 10, 20, 1, true}},
                             "sip:+4930@192.0.2.1",
                             "+4940"};
  const link::ForwardOrder forward{arrived.call, endpoint.uri};
  out.push_back(seed(Way::node_bytes, node::order_message(account, {1, 1}, {"edge-1", 1, ring}).SerializeAsString()));
  out.push_back(seed(
      Way::node_bytes,
      node::sync_message(account, {1, 1}, {1, {ring, link::HoldOrder{arrived.call}, forward}}).SerializeAsString()));
  out.push_back(seed(Way::node_bytes, node::leading_message({{1, 1}, {2, 1}}).SerializeAsString()));
  for (char kind = 0; kind < 12; ++kind) {
    const std::string fields = std::string(1, kind) + std::string(40, '\x0a');
    out.push_back(seed(Way::edge_fields, fields));
    out.push_back(seed(Way::node_fields, fields));
  }
  return out;
}

}  // namespace rf::fuzz
