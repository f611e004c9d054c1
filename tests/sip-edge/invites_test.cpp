#include "sip-edge/invites.hpp"

#include <gmock/gmock.h>

namespace rf::edge {
namespace {

const CallId call(Ulid{1, 1});
const CallId earlier(Ulid{1, 2});

sip::Request caller() {
  sip::Request request;
  request.from = {"Ada", *parse_uri("sip:+4917012@trunk.example"), "tag"};
  request.max_forwards = 20;
  request.body = sip::sdp_body("offer");
  return request;
}

std::vector<std::string> marks(const sip::Invite& invite) {
  std::vector<std::string> values;
  for (const sip::Header& header : invite.headers)
    if (header.name == "X-Ringfence-Call") values.push_back(header.value);
  return values;
}

TEST(Invites, AnAddressIsCalledAsAPhoneIs) {
  const auto invite = invite_outside("sip:+4930@192.0.2.9:5070;transport=tcp", call, calling_of(caller()));
  ASSERT_TRUE(invite);
  EXPECT_EQ(invite->next_hop, (Flow{Transport::tcp, "192.0.2.9", 5070}));
  EXPECT_EQ(invite->hop_rule, sip::HopRule::follow);
  EXPECT_EQ(invite->request_uri.text(), "sip:+4930@192.0.2.9:5070;transport=tcp");
  EXPECT_EQ(sip::text_of(invite->from), "\"Ada\" <sip:+4917012@192.0.2.9>");
  EXPECT_EQ(sip::text_of(invite->to), "<sip:+4930@192.0.2.9>");
  EXPECT_EQ(invite->max_forwards, 19u);
  EXPECT_EQ(invite->body.content, "offer");
  EXPECT_EQ(marks(*invite), std::vector<std::string>{call.text()});
}

TEST(Invites, ANameIsNotLookedUp) {
  for (const char* uri : {"sip:+4930@trunk.example", "tel:+4930", "sips:a@192.0.2.9", "192.0.2.9", "",
                          "sip:a@192.0.2.9;transport=tls", "sip:a b@192.0.2.9"})
    EXPECT_FALSE(invite_outside(uri, call, calling_of(caller()))) << uri;
}

TEST(Invites, TheMarksOfEarlierEdgesGoOn) {
  sip::Request request = caller();
  request.others = {{"x-ringfence-call", earlier.text()}};
  const auto invite = invite_outside("sip:a@192.0.2.9", call, calling_of(request));
  ASSERT_TRUE(invite);
  EXPECT_EQ(marks(*invite), (std::vector<std::string>{call.text(), earlier.text()}));
}

TEST(Invites, ANumberIsShownAtTheHostThatIsCalledAUriAsItIs) {
  const auto shown = [](const char* caller) {
    return sip::text_of(invite_outside("sip:a@192.0.2.9", call, calling_of(std::string(caller)))->from);
  };
  EXPECT_EQ(shown("+4940"), "<sip:+4940@192.0.2.9>");
  EXPECT_EQ(shown("sip:+4940@front.example;x=1"), "<sip:+4940@front.example>");
  EXPECT_EQ(shown("tel:+4940"), "<sip:+4940@192.0.2.9>");
}

TEST(Invites, MarksAreReadAsProxiesMayHaveJoinedThem) {
  sip::Request request = caller();
  request.others = {{"Diversion", call.text()},
                    {"X-Ringfence-Call", call.text() + ", " + earlier.text()},
                    {"X-RINGFENCE-CALL", " nonsense ," + call.text()}};
  EXPECT_EQ(passed_calls(request), (std::vector<CallId>{call, earlier, call}));
  request.others.assign(1000, {"X-Ringfence-Call", call.text()});
  EXPECT_LE(passed_calls(request).size(), 16u);
}

}  // namespace
}  // namespace rf::edge
