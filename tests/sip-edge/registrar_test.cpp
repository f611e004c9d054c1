#include "sip-edge/registrar.hpp"

#include <gmock/gmock.h>

namespace rf::edge {
namespace {

using testing::ElementsAre;

AgentId agent_no(std::uint64_t n) { return AgentId(Ulid{7, n}); }

std::vector<std::string> names(const std::vector<BindingEvent>& events) {
  std::vector<std::string> out;
  for (const BindingEvent& event : events) {
    if (const auto* up = std::get_if<BindingUpEvent>(&event)) {
      out.push_back("up " + std::to_string(up->binding.value.low) + " " + up->contact);
    } else {
      const auto& down = std::get<BindingDownEvent>(event);
      out.push_back("down " + std::to_string(down.binding.value.low) + " " + std::string(name_of(down.reason)));
    }
  }
  return out;
}

class RegistrarTest : public testing::Test {
 protected:
  RegistrarTest() : registrar(limits(), [this] { return BindingId(Ulid{0, ++last_id}); }) {}

  static RegistrarLimits limits() {
    RegistrarLimits out;
    out.expires_min_s = 60;
    out.expires_max_s = 600;
    out.expires_default_s = 300;
    out.bindings_per_user_max = 3;
    out.bindings_max = 6;
    return out;
  }

  static RegisterContact contact(const std::string& uri) { return {*parse_uri(uri), {}, "", 0}; }
  static RegisterContact instance(const std::string& uri, const std::string& id, std::uint32_t reg_id) {
    return {*parse_uri(uri), {}, id, reg_id};
  }
  Registration from(const std::string& user, const std::string& call_id, std::uint32_t cseq,
                    std::vector<RegisterContact> contacts) {
    Registration out;
    out.domain = "front.example";
    out.user = user;
    out.account = AccountId(Ulid{1, 1});
    out.agent = agent_no(user.size());
    out.call_id = call_id;
    out.cseq = cseq;
    out.contacts = std::move(contacts);
    out.flow = {Transport::udp, "192.0.2.9", 5062};
    return out;
  }

  std::uint64_t last_id = 0;
  Registrar registrar;
};

TEST_F(RegistrarTest, ARegistrationIsUpOnceAndRefreshesAreNoEvents) {
  auto result = registrar.apply(from("alice", "c1", 1, {contact("sip:alice@10.0.0.1")}), 1000);
  EXPECT_EQ(result.status, 200);
  EXPECT_THAT(names(result.events), ElementsAre("up 1 sip:alice@10.0.0.1"));
  ASSERT_EQ(result.bindings.size(), 1u);
  EXPECT_EQ(result.bindings[0]->expires_ms, 1000 + 300 * second_ms) << "the default";
  EXPECT_EQ(registrar.next_expiry_ms(), 301000);

  Registration refresh = from("alice", "c1", 2, {contact("sip:alice@10.0.0.1")});
  refresh.flow.port = 6000;
  result = registrar.apply(refresh, 50000);
  EXPECT_TRUE(result.events.empty());
  EXPECT_EQ(result.bindings[0]->flow.port, 6000) << "rung where it last came from";
  EXPECT_EQ(registrar.next_expiry_ms(), 350000);
  EXPECT_TRUE(registrar.expire(349999).empty());
  EXPECT_THAT(names(registrar.expire(350000)), ElementsAre("down 1 expired"));
  EXPECT_EQ(registrar.next_expiry_ms(), never_ms);
}

TEST_F(RegistrarTest, ExpiryIsPerContactThenPerRequestThenDefaultAndAtMostTheLimit) {
  Registration both = from("alice", "c1", 1, {contact("sip:a@h1"), contact("sip:a@h2")});
  both.contacts[0].expires_s = 100;
  both.expires_s = 4000000000u;
  const auto result = registrar.apply(both, 0);
  ASSERT_EQ(result.bindings.size(), 2u);
  EXPECT_EQ(result.bindings[0]->expires_ms, 100 * second_ms);
  EXPECT_EQ(result.bindings[1]->expires_ms, 600 * second_ms);
}

TEST_F(RegistrarTest, TooBriefIsRefusedWhole) {
  Registration both = from("alice", "c1", 1, {contact("sip:a@h1"), contact("sip:a@h2")});
  both.contacts[1].expires_s = 59;
  const auto result = registrar.apply(both, 0);
  EXPECT_EQ(result.status, 423);
  EXPECT_EQ(result.min_expires_s, 60u);
  EXPECT_TRUE(result.events.empty());
  EXPECT_TRUE(registrar.bindings().empty());
}

TEST_F(RegistrarTest, WithoutContactsItListsWhatStands) {
  registrar.apply(from("alice", "c1", 1, {contact("sip:a@h1"), contact("sip:a@h2")}), 0);
  const auto listed = registrar.apply(from("alice", "other", 1, {}), 0);
  EXPECT_EQ(listed.status, 200);
  EXPECT_EQ(listed.bindings.size(), 2u);
  EXPECT_TRUE(listed.events.empty());
  EXPECT_TRUE(registrar.apply(from("bob", "c9", 1, {}), 0).bindings.empty());
}

TEST_F(RegistrarTest, ExpiresZeroUnregistersOneAndLeavesTheOthers) {
  registrar.apply(from("alice", "c1", 1, {contact("sip:a@h1"), contact("sip:a@h2")}), 0);
  registrar.apply(from("carol1", "c2", 1, {contact("sip:a@h1")}), 0);
  Registration gone = from("alice", "c1", 2, {contact("sip:a@h1")});
  gone.expires_s = 0;
  const auto result = registrar.apply(gone, 0);
  EXPECT_THAT(names(result.events), ElementsAre("down 1 unregistered"));
  ASSERT_EQ(result.bindings.size(), 1u);
  EXPECT_EQ(result.bindings[0]->contact.host, "h2");
  EXPECT_EQ(registrar.bindings().size(), 2u);
  gone.cseq = 3;
  EXPECT_TRUE(registrar.apply(gone, 0).events.empty()) << "again: nothing left to take down";
}

TEST_F(RegistrarTest, AStarUnregistersAllOfTheUserOnly) {
  registrar.apply(from("alice", "c1", 5, {contact("sip:a@h1")}), 0);
  registrar.apply(from("alice", "c2", 1, {contact("sip:a@h2")}), 0);
  registrar.apply(from("carol1", "c3", 1, {contact("sip:c@h1")}), 0);
  Registration star = from("alice", "c1", 5, {});
  star.wildcard = true;
  EXPECT_EQ(registrar.apply(star, 0).status, 400) << "Expires: 0 belongs to it";
  star.expires_s = 60;
  EXPECT_EQ(registrar.apply(star, 0).status, 400);
  star.expires_s = 0;
  EXPECT_EQ(registrar.apply(star, 0).status, 500) << "out of order for its own Call-ID";
  EXPECT_EQ(registrar.bindings().size(), 3u);
  star.cseq = 6;
  star.contacts = {contact("sip:a@h1")};
  EXPECT_EQ(registrar.apply(star, 0).status, 400) << "alone or not at all";
  star.contacts.clear();
  const auto result = registrar.apply(star, 0);
  EXPECT_EQ(result.status, 200);
  EXPECT_THAT(names(result.events), ElementsAre("down 1 unregistered", "down 2 unregistered"));
  EXPECT_EQ(registrar.bindings().size(), 1u);
}

TEST_F(RegistrarTest, OutOfOrderRequestsChangeNothing) {
  registrar.apply(from("alice", "c1", 10, {contact("sip:a@h1")}), 0);
  for (const std::uint32_t cseq : {10u, 9u}) {
    const auto late = registrar.apply(from("alice", "c1", cseq, {contact("sip:a@new"), contact("sip:a@h1")}), 0);
    EXPECT_EQ(late.status, 500);
    EXPECT_TRUE(late.events.empty());
  }
  EXPECT_EQ(registrar.bindings().size(), 1u) << "not even the contact that is new";
  EXPECT_EQ(registrar.apply(from("alice", "c1", 11, {contact("sip:a@h1")}), 0).status, 200);
}

TEST_F(RegistrarTest, ARestartedPhoneKeepsItsBinding) {
  registrar.apply(from("alice", "before", 900, {contact("sip:a@10.0.0.1")}), 0);
  const auto result = registrar.apply(from("alice", "after", 1, {contact("sip:a@10.0.0.1")}), 1000);
  EXPECT_TRUE(result.events.empty());
  EXPECT_EQ(registrar.bindings().size(), 1u);
  // A second phone with the same private address behind another NAT is another binding.
  Registration elsewhere = from("alice", "else", 1, {contact("sip:a@10.0.0.1")});
  elsewhere.flow.ip = "198.51.100.7";
  EXPECT_THAT(names(registrar.apply(elsewhere, 1000).events), ElementsAre("up 2 sip:a@10.0.0.1"));
}

TEST_F(RegistrarTest, AnInstanceIsKnownWhateverItsContactSays) {
  registrar.apply(from("alice", "c1", 1, {instance("sip:a@10.0.0.1:1000", "urn:1", 1)}), 0);
  const auto moved = registrar.apply(from("alice", "c2", 1, {instance("sip:a@10.0.0.2:2000", "urn:1", 1)}), 1000);
  EXPECT_TRUE(moved.events.empty());
  ASSERT_EQ(moved.bindings.size(), 1u);
  EXPECT_EQ(moved.bindings[0]->contact.host, "10.0.0.2");
  // Another flow of it (reg-id), another device, and the same contact without an instance are others.
  EXPECT_EQ(registrar.apply(from("alice", "c2", 2, {instance("sip:a@10.0.0.2:2000", "urn:1", 2)}), 1000).events.size(),
            1u);
  EXPECT_EQ(registrar.apply(from("alice", "c2", 3, {contact("sip:a@10.0.0.2:2000")}), 1000).events.size(), 1u);
  EXPECT_EQ(registrar.bindings().size(), 3u);
}

TEST_F(RegistrarTest, AUserBeyondTheLimitLosesTheOneRefreshedLongestAgo) {
  for (std::uint64_t i = 1; i <= 3; ++i) {
    registrar.apply(from("alice", "c" + std::to_string(i), 1, {contact("sip:a@h" + std::to_string(i))}),
                    static_cast<Ms>(i));
  }
  registrar.apply(from("alice", "c1", 2, {contact("sip:a@h1")}), 10);
  const auto result = registrar.apply(from("alice", "c4", 1, {contact("sip:a@h4")}), 11);
  EXPECT_THAT(names(result.events), ElementsAre("down 2 replaced", "up 4 sip:a@h4"));
  EXPECT_EQ(result.bindings.size(), 3u);
}

TEST_F(RegistrarTest, AFullRegistrarTakesRefreshesAndLeavingsOnly) {
  for (const char* user : {"a", "ab"}) {
    registrar.apply(from(user, user, 1, {contact("sip:x@h1"), contact("sip:x@h2"), contact("sip:x@h3")}), 0);
  }
  EXPECT_EQ(registrar.apply(from("abc", "c", 1, {contact("sip:x@h1")}), 0).status, 503);
  EXPECT_EQ(registrar.apply(from("a", "a", 2, {contact("sip:x@h1")}), 0).status, 200);
  Registration gone = from("a", "a", 3, {contact("sip:x@h1")});
  gone.expires_s = 0;
  EXPECT_EQ(registrar.apply(gone, 0).events.size(), 1u);
  EXPECT_EQ(registrar.apply(from("abc", "c", 1, {contact("sip:x@h1")}), 0).status, 200);
}

TEST_F(RegistrarTest, AnAddressThatWentToAnotherAgentIsOneDownAndOneUp) {
  registrar.apply(from("alice", "c1", 1, {contact("sip:a@h1")}), 0);
  Registration other = from("alice", "c1", 2, {contact("sip:a@h1")});
  other.agent = agent_no(99);
  const auto result = registrar.apply(other, 0);
  EXPECT_THAT(names(result.events), ElementsAre("down 1 replaced", "up 2 sip:a@h1"));
  EXPECT_EQ(std::get<BindingDownEvent>(result.events[0]).agent, agent_no(5));
  EXPECT_EQ(std::get<BindingUpEvent>(result.events[1]).agent, agent_no(99));
}

TEST_F(RegistrarTest, ExpiryGoesInOrderAndOneAtATime) {
  Registration first = from("alice", "c1", 1, {contact("sip:a@h1")});
  first.expires_s = 100;
  registrar.apply(first, 0);
  Registration second = from("carol1", "c2", 1, {contact("sip:c@h1")});
  second.expires_s = 60;
  registrar.apply(second, 0);
  EXPECT_EQ(registrar.next_expiry_ms(), 60000);
  EXPECT_THAT(names(registrar.expire(60000)), ElementsAre("down 2 expired"));
  EXPECT_EQ(registrar.next_expiry_ms(), 100000);
  EXPECT_THAT(names(registrar.expire(500000)), ElementsAre("down 1 expired"));
  EXPECT_TRUE(registrar.apply(from("alice", "x", 1, {}), 500000).bindings.empty());
}

TEST_F(RegistrarTest, OneBindingOrAWholeAgentIsTakenDown) {
  registrar.apply(from("alice", "c1", 1, {contact("sip:a@h1"), contact("sip:a@h2")}), 0);
  registrar.apply(from("carol1", "c2", 1, {contact("sip:c@h1")}), 0);
  const auto closed = registrar.remove(BindingId(Ulid{0, 1}), DownReason::flow_closed);
  ASSERT_TRUE(closed);
  EXPECT_THAT(names({*closed}), ElementsAre("down 1 flow_closed"));
  EXPECT_FALSE(registrar.remove(BindingId(Ulid{0, 1}), DownReason::flow_closed));
  EXPECT_EQ(registrar.find(BindingId(Ulid{0, 1})), nullptr);
  ASSERT_NE(registrar.find(BindingId(Ulid{0, 2})), nullptr);
  EXPECT_THAT(names(registrar.remove_agent(agent_no(5))), ElementsAre("down 2 removed"));
  EXPECT_EQ(registrar.bindings().size(), 1u);
}

TEST_F(RegistrarTest, DomainsDoNotMix) {
  registrar.apply(from("alice", "c1", 5, {contact("sip:a@h1")}), 0);
  Registration other = from("alice", "c1", 1, {contact("sip:a@h1")});
  other.domain = "back.example";
  EXPECT_EQ(registrar.apply(other, 0).events.size(), 1u);
  other.contacts.clear();
  other.wildcard = true;
  other.expires_s = 0;
  other.cseq = 2;
  EXPECT_EQ(registrar.apply(other, 0).events.size(), 1u);
  EXPECT_EQ(registrar.bindings().size(), 1u);
}

}  // namespace
}  // namespace rf::edge
