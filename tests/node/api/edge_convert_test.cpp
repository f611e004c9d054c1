#include "node/api/edge_convert.hpp"

#include <gtest/gtest.h>

namespace rf::node {
namespace {

const AccountId account(Ulid{1, 1});
const CallId call(Ulid{1, 2});

TEST(EdgeConvert, ATargetIsWrittenWithItsEndpoints) {
  link::RingTarget target;
  target.reservation = ReservationId(Ulid{1, 3});
  target.agent = AgentId(Ulid{1, 4});
  target.bindings = {BindingId(Ulid{1, 5})};
  target.endpoints = {{BindingId(Ulid{1, 6}), "sip:+4930@192.0.2.1"}, {BindingId(Ulid{1, 7}), "sip:bot@192.0.2.2"}};
  target.auto_answer = true;
  const api::NodeMessage message =
      order_message(account, {3, 1}, {"edge-1", 7, link::RingOrder{call, {target}, "sip:+4940@192.0.2.1", "+4950"}});
  const api::RingOrder& ring = message.order().body().ring();
  EXPECT_EQ(ring.call_id(), call.text());
  EXPECT_EQ(ring.place_uri(), "sip:+4940@192.0.2.1");
  EXPECT_EQ(ring.place_caller(), "+4950");
  ASSERT_EQ(ring.targets_size(), 1);
  EXPECT_EQ(ring.targets(0).binding_ids_size(), 1);
  ASSERT_EQ(ring.targets(0).endpoints_size(), 2);
  EXPECT_EQ(ring.targets(0).endpoints(0).id(), target.endpoints[0].id.text());
  EXPECT_EQ(ring.targets(0).endpoints(1).uri(), "sip:bot@192.0.2.2");
  EXPECT_TRUE(ring.targets(0).auto_answer());
}

TEST(EdgeConvert, AForwardIsWrittenInASyncToo) {
  const api::NodeMessage message =
      sync_message(account, {3, 1}, {7, {link::ForwardOrder{call, "sip:voicemail@192.0.2.3"}}});
  ASSERT_EQ(message.sync().orders_size(), 1);
  EXPECT_EQ(message.sync().orders(0).forward().call_id(), call.text());
  EXPECT_EQ(message.sync().orders(0).forward().uri(), "sip:voicemail@192.0.2.3");
}

TEST(EdgeConvert, OnlyTheSixteenKeysAreRead) {
  api::EdgeEvent event;
  event.set_account_id(account.text());
  event.set_epoch(7);
  event.set_n(1);
  event.mutable_caller_key()->set_call_id(call.text());
  for (const char key : std::string_view("0123456789*#ABCD")) {
    event.mutable_caller_key()->set_key(std::string(1, key));
    const auto read = event_of(event);
    ASSERT_TRUE(read.ok()) << key;
    EXPECT_EQ(read->event.body, link::EventBody(link::CallerKey{call, std::string(1, key)}));
  }
  for (const char* key : {"", "a", "E", "12"}) {
    event.mutable_caller_key()->set_key(key);
    EXPECT_FALSE(event_of(event)) << key;
  }
}

}  // namespace
}  // namespace rf::node
