#include "sip-edge/wire.hpp"

#include <google/protobuf/stubs/logging.h>
#include <gtest/gtest.h>

#include <random>

#include "tests/sip-edge/support/fake_node.hpp"

namespace rf::edge {
namespace {

using test::pb::EdgeMessage;
using test::pb::NodeMessage;

/// Values of every type in any shape that they can take.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : random_(seed) {}

  std::uint64_t below(std::uint64_t n) { return random_() % n; }
  std::uint64_t number() { return random_() >> below(64); }
  Ms clock() { return static_cast<Ms>(below(1'000'000'000'000'000)); }
  template <class IdType>
  IdType id() {
    return IdType(Ulid{random_(), random_() | 1});
  }
  template <class IdType>
  IdType id_or_none() {
    return below(2) == 0 ? IdType() : id<IdType>();
  }
  /// Any bytes, also what is no UTF-8.
  std::string bytes() {
    std::string text(below(40), '\0');
    for (char& c : text) c = static_cast<char>(random_());
    return text;
  }
  std::string text() {
    std::string text(below(40), '\0');
    for (char& c : text) c = static_cast<char>('a' + below(26));
    return text;
  }
  Fence fence() { return {static_cast<std::uint32_t>(below(64)), number() | 1}; }

  link::CallArrived arrival() { return {id<CallId>(), bytes(), bytes(), bytes()}; }
  link::BindingUp binding() { return {id<AgentId>(), id<BindingId>(), bytes()}; }
  link::Snapshot snapshot() {
    link::Snapshot snapshot{text(), {}, {}};
    for (auto n = below(5); n > 0; --n)
      snapshot.calls.push_back({arrival(), id_or_none<ReservationId>(), id_or_none<AgentId>(), clock()});
    for (auto n = below(5); n > 0; --n) snapshot.bindings.push_back(binding());
    return snapshot;
  }
  link::EventBody event_body(std::size_t kind) {
    switch (kind) {
      case 0: return snapshot();
      case 1: return arrival();
      case 2: return link::OfferClosed{id<ReservationId>(), static_cast<link::CloseCause>(below(9))};
      case 3: return link::Answered{id<ReservationId>(), id<BindingId>()};
      case 4: return link::LegGone{id<ReservationId>()};
      case 5: return link::CallEnded{id<CallId>(), static_cast<link::EndCause>(below(6))};
      case 6: return binding();
      case 7: return link::CallerKey{id<CallId>(), std::string(1, "0123456789*#ABCD"[below(16)])};
      default: return link::BindingDown{id<BindingId>(), bytes()};
    }
  }
  link::RingTarget target() {
    link::RingTarget target{
        id<ReservationId>(), id<AgentId>(), {}, {}, clock(), clock(), static_cast<std::uint32_t>(below(9)),
        below(2) == 0};
    for (auto n = below(3); n > 0; --n) target.endpoints.push_back({id<BindingId>(), bytes()});
    for (auto n = below(4); n > 0; --n) target.bindings.push_back(id<BindingId>());
    return target;
  }
  link::OrderBody order_body(std::size_t kind) {
    link::RingOrder ring{id<CallId>(), {}, bytes(), bytes()};
    switch (kind) {
      case 0: return link::HoldOrder{id<CallId>()};
      case 1:
        for (auto n = below(4); n > 0; --n) ring.targets.push_back(target());
        return ring;
      case 2: return link::CloseOrder{id<CallId>(), id<ReservationId>()};
      case 3: return link::BridgeOrder{id<CallId>(), id<ReservationId>()};
      case 4: return link::ForwardOrder{id<CallId>(), bytes()};
      default: return link::HangupOrder{id<CallId>()};
    }
  }
  DirectoryEntry entry() {
    return {
        static_cast<DirectoryCopy::Kind>(below(3)), text(), {id<AccountId>(), static_cast<std::uint32_t>(below(64))}};
  }
  std::string hex(std::size_t digits) {
    std::string text(digits, '0');
    for (char& c : text) c = "0123456789abcdef"[below(16)];
    return text;
  }
  std::mt19937_64& source() { return random_; }

 private:
  std::mt19937_64 random_;
};

/// As it arrives at the other side.
template <class Message>
Message sent(const Message& message) {
  Message received;
  EXPECT_TRUE(received.ParseFromString(message.SerializeAsString()));
  return received;
}

template <class Said>
Said read_as(const NodeMessage& message) {
  Result<wire::NodeSays> said = wire::read(sent(message), "x");
  EXPECT_TRUE(said.ok()) << said.error().what;
  EXPECT_TRUE(std::holds_alternative<Said>(said.value()));
  return std::get<Said>(said.value());
}

std::string wrong(const NodeMessage& message) {
  const Result<wire::NodeSays> said = wire::read(message, "x");
  return said ? "nothing" : said.error().what;
}

constexpr int rounds = 500;

TEST(Wire, EveryEventArrivesAsItWas) {
  Dice dice(1);
  for (int i = 0; i < rounds * 9; ++i) {
    const auto account = dice.id<AccountId>();
    const link::Event event{dice.number(), dice.number(), dice.clock(),
                            dice.event_body(static_cast<std::size_t>(i % 9))};
    const EdgeMessage message = sent(wire::event(account, event));
    ASSERT_TRUE(message.has_event());
    EXPECT_EQ(message.event().account_id(), account.text());
    EXPECT_EQ(test::event_of(message.event()), event);
  }
}

TEST(Wire, AttachHeartbeatDigestsAndQuestionsArriveAsTheyWere) {
  Dice dice(2);
  for (int i = 0; i < rounds; ++i) {
    const wire::Attach attach{"edge-1", dice.number(), dice.text(), dice.clock(), {dice.text(), dice.text()}};
    const EdgeMessage attached = sent(wire::attach(attach));
    ASSERT_TRUE(attached.has_attach());
    EXPECT_EQ(attached.attach().edge(), attach.edge);
    EXPECT_EQ(attached.attach().epoch(), attach.epoch);
    EXPECT_EQ(attached.attach().boot_id(), attach.boot_id);
    EXPECT_EQ(attached.attach().clock_ms(), attach.clock_ms);
    EXPECT_EQ(attached.attach().protocol_version(), 1u);
    ASSERT_EQ(attached.attach().domains_size(), 2);
    EXPECT_EQ(attached.attach().domains(1), attach.domains[1]);

    const Ms clock = dice.clock();
    EXPECT_EQ(sent(wire::heartbeat(clock)).heartbeat().clock_ms(), clock);

    wire::AccountDigests digests;
    for (auto n = dice.below(4); n > 0; --n) digests.push_back({dice.id<AccountId>(), {dice.number(), dice.number()}});
    const EdgeMessage told = sent(wire::digests(digests));
    ASSERT_TRUE(told.has_digests());
    ASSERT_EQ(told.digests().digests_size(), static_cast<int>(digests.size()));
    for (std::size_t n = 0; n < digests.size(); ++n) {
      const auto& digest = told.digests().digests(static_cast<int>(n));
      EXPECT_EQ(digest.account_id(), digests[n].first.text());
      EXPECT_EQ(digest.n(), digests[n].second.n);
      EXPECT_EQ(digest.hash(), digests[n].second.hash);
    }

    const SipUser user{dice.text(), dice.bytes()};
    const EdgeMessage question = sent(wire::ha1_request(user));
    EXPECT_EQ(question.ha1_request().domain(), user.domain);
    EXPECT_EQ(question.ha1_request().username(), user.name);
  }
}

TEST(Wire, EveryOrderIsReadAsItWas) {
  Dice dice(3);
  for (int i = 0; i < rounds * 6; ++i) {
    const auto account = dice.id<AccountId>();
    const Fence fence = dice.fence();
    const link::Order order{"x", dice.number(), dice.order_body(static_cast<std::size_t>(i % 6))};
    const auto came = read_as<input::OrderCame>(test::order(account, fence, order));
    EXPECT_EQ(came.account, account);
    EXPECT_EQ(came.fence, fence);
    EXPECT_EQ(came.order, order);
  }
}

TEST(Wire, ASyncIsReadAsItWas) {
  Dice dice(4);
  for (int i = 0; i < rounds; ++i) {
    const auto account = dice.id<AccountId>();
    const Fence fence = dice.fence();
    link::Sync sync{dice.number(), {}};
    for (auto n = dice.below(6); n > 0; --n) sync.orders.push_back(dice.order_body(dice.below(6)));
    const auto came = read_as<input::SyncCame>(test::sync(account, fence, sync));
    EXPECT_EQ(came.account, account);
    EXPECT_EQ(came.fence, fence);
    EXPECT_EQ(came.sync.edge_epoch, sync.edge_epoch);
    EXPECT_EQ(came.sync.orders, sync.orders);
  }
}

TEST(Wire, AnswersAreReadAsTheyWere) {
  Dice dice(5);
  for (int i = 0; i < rounds; ++i) {
    const auto account = dice.id<AccountId>();
    const std::uint64_t epoch = dice.number();
    const std::uint64_t n = dice.number();
    const auto acked = read_as<input::Acked>(test::ack(account, epoch, n));
    EXPECT_TRUE(acked.account == account && acked.epoch == epoch && acked.n == n);
    const auto expected = read_as<input::Expected>(test::expected(account, epoch, n));
    EXPECT_TRUE(expected.account == account && expected.epoch == epoch && expected.n == n);
    EXPECT_EQ(read_as<input::SnapshotAsked>(test::snapshot_request(account)).account, account);
    const wire::NotOwner not_owner{account, dice.text()};
    EXPECT_EQ(read_as<wire::NotOwner>(test::not_owner(account, not_owner.hint)), not_owner);
    const wire::CredentialChanged changed{account, dice.id<AgentId>(), dice.below(2) == 0};
    EXPECT_EQ(read_as<wire::CredentialChanged>(test::credential_changed(account, changed.agent, changed.removed)),
              changed);
  }
}

TEST(Wire, WhatANodeSaysOfItselfIsReadAsItWas) {
  Dice dice(6);
  for (int i = 0; i < rounds; ++i) {
    const wire::Accepted accepted{dice.text(), 1};
    EXPECT_EQ(read_as<wire::Accepted>(test::accepted(accepted.node)), accepted);
    wire::Leading leading;
    for (auto n = dice.below(6); n > 0; --n) leading.shards.push_back(dice.fence());
    EXPECT_EQ(read_as<wire::Leading>(test::leading(leading.shards)), leading);
    DirectoryPart part{dice.number(), dice.below(2) == 0, dice.below(2) == 0, {}, {}, 0};
    for (auto n = dice.below(6); n > 0; --n) part.names.push_back(dice.entry());
    for (auto n = dice.below(6); n > 0; --n) {
      part.released.push_back(dice.entry());
      part.released.back().owner = {};
    }
    EXPECT_EQ(read_as<DirectoryPart>(test::directory(part)), part);
  }
}

TEST(Wire, Ha1AnswersAreReadAsTheyWere) {
  Dice dice(7);
  for (int i = 0; i < rounds; ++i) {
    Ha1Answer answer{
        {dice.text(), dice.bytes()}, static_cast<Ha1Answer::Verdict>(i % 3), {}, {}, "", "", dice.number()};
    if (answer.verdict == Ha1Answer::Verdict::found) {
      answer.account = dice.id<AccountId>();
      answer.agent = dice.id<AgentId>();
      answer.md5 = dice.hex(32);
      answer.sha256 = dice.hex(64);
    }
    EXPECT_EQ(read_as<Ha1Answer>(test::ha1_reply(answer)), answer);
  }
  NodeMessage domain = test::ha1_reply({{"d", "u"}, Ha1Answer::Verdict::unknown, {}, {}, "", "", 0});
  domain.mutable_ha1_reply()->set_result(test::pb::HA1_RESULT_UNKNOWN_DOMAIN);
  EXPECT_EQ(read_as<Ha1Answer>(domain).verdict, Ha1Answer::Verdict::unknown);
}

class BadWire : public testing::Test {
 protected:
  Dice dice_{8};
  const AccountId account_ = dice_.id<AccountId>();
  NodeMessage message_ = test::order(account_, {3, 1}, {"x", 1, link::RingOrder{dice_.id<CallId>(), {dice_.target()}}});
};

TEST_F(BadWire, NamesTheWrongField) {
  message_.mutable_order()->set_account_id("ac_1");
  EXPECT_EQ(wrong(message_), "order.account_id is not an id of its kind");
  message_.mutable_order()->set_account_id(dice_.id<CallId>().text());
  EXPECT_EQ(wrong(message_), "order.account_id is not an id of its kind");
  message_.mutable_order()->set_account_id(AccountId().text());
  EXPECT_EQ(wrong(message_), "order.account_id is not an id of its kind");
}

TEST_F(BadWire, FencesAreNeeded) {
  message_.mutable_order()->mutable_fence()->set_shard(64);
  EXPECT_EQ(wrong(message_), "fence names no shard and term");
  message_.mutable_order()->clear_fence();
  EXPECT_EQ(wrong(message_), "fence names no shard and term");
  EXPECT_EQ(wrong(test::leading({{65, 1}})), "fence names no shard and term");
  EXPECT_EQ(wrong(test::leading({{64, 1}})), "nothing");
}

TEST_F(BadWire, TargetsAreChecked) {
  auto& target = *message_.mutable_order()->mutable_body()->mutable_ring()->mutable_targets(0);
  target.set_ring_until_edge_ms(INT64_MAX);
  EXPECT_EQ(wrong(message_), "target.ring_until_edge_ms is no time of a monotonic clock");
  target.set_ring_until_edge_ms(1);
  target.set_confirm_until_edge_ms(-1);
  EXPECT_EQ(wrong(message_), "target.confirm_until_edge_ms is no time of a monotonic clock");
  target.set_confirm_until_edge_ms(1);
  target.add_binding_ids("");
  EXPECT_EQ(wrong(message_), "target.binding_ids is not an id of its kind");
  target.clear_binding_ids();
  target.add_endpoints()->set_uri("sip:+4930@192.0.2.1");
  EXPECT_EQ(wrong(message_), "endpoint.id is not an id of its kind");
}

TEST_F(BadWire, OneBadOrderSpoilsItsSync) {
  NodeMessage message = test::sync(account_, {3, 1}, {1, {link::HoldOrder{dice_.id<CallId>()}}});
  message.mutable_sync()->add_orders();
  EXPECT_EQ(wrong(message), "order is none that this edge knows: a newer node needs a newer edge");
}

TEST_F(BadWire, AnUnknownMessageIsNamedSo) {
  EXPECT_EQ(wrong({}), "message is none that this edge knows: a newer node needs a newer edge");
}

TEST_F(BadWire, HashesMustBeHashes) {
  Ha1Answer answer{{"d", "u"}, Ha1Answer::Verdict::found, account_, dice_.id<AgentId>(), dice_.hex(32), dice_.hex(64),
                   1};
  answer.md5[0] = 'A';
  EXPECT_EQ(wrong(test::ha1_reply(answer)), "ha1_reply.ha1_md5 is not a hash in lower-case hexadecimal");
  answer.md5[0] = 'a';
  answer.sha256.pop_back();
  EXPECT_EQ(wrong(test::ha1_reply(answer)), "ha1_reply.ha1_sha256 is not a hash in lower-case hexadecimal");
}

TEST_F(BadWire, WrongNamesAreLeftOutOfADirectory) {
  NodeMessage message = test::directory({7, true, false, {dice_.entry(), dice_.entry(), dice_.entry()}, {}, 0});
  message.mutable_directory()->mutable_names(0)->set_account_id("");
  message.mutable_directory()->mutable_names(1)->set_shard(64);
  // Of a newer node.
  auto& newer = *message.mutable_directory()->add_names();
  newer.set_kind(static_cast<test::pb::NameKind>(9));
  const auto part = read_as<DirectoryPart>(message);
  EXPECT_EQ(part.names.size(), 1u);
  EXPECT_EQ(part.left_out, 2u);
}

TEST_F(BadWire, DamagedMessagesAreReadOrRefused) {
  // Each text that is no UTF-8 any more would be a line on stderr.
  const google::protobuf::LogSilencer silence;
  int read = 0;
  int refused = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string bytes = message_.SerializeAsString();
    for (auto n = dice_.below(3) + 1; n > 0; --n)
      bytes[dice_.below(bytes.size())] = static_cast<char>(dice_.below(256));
    NodeMessage damaged;
    if (!damaged.ParseFromString(bytes)) continue;
    ++(wire::read(damaged, "x").ok() ? read : refused);
  }
  EXPECT_GT(read, 0);
  EXPECT_GT(refused, 0);
}

}  // namespace
}  // namespace rf::edge
