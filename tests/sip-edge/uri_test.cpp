#include "sip-edge/uri.hpp"

#include <gtest/gtest.h>

#include "sip-edge/flow.hpp"

namespace rf::edge {
namespace {

TEST(Uri, ReadsItsParts) {
  const auto uri = parse_uri("SIP:alice:pw@Example.COM:5070;transport=tcp;lr?Subject=x");
  ASSERT_TRUE(uri);
  EXPECT_EQ(*uri, (Uri{"sip", "alice:pw", "example.com", 5070, "transport=tcp;lr"}));
  EXPECT_EQ(uri->text(), "sip:alice:pw@example.com:5070;transport=tcp;lr");
  EXPECT_EQ(uri->param("Transport"), "tcp");
  EXPECT_EQ(uri->param("lr"), "");
  EXPECT_EQ(uri->param("l"), std::nullopt);
}

TEST(Uri, ReadsAddressesAndNumbers) {
  EXPECT_EQ(parse_uri("sip:[2001:DB8::1]:5061;x"), (Uri{"sip", "", "[2001:db8::1]", 5061, "x"}));
  EXPECT_EQ(parse_uri("sips:192.0.2.1"), (Uri{"sips", "", "192.0.2.1", 0, ""}));
  EXPECT_EQ(parse_uri("tel:+49-30;phone-context=x"), (Uri{"tel", "+49-30", "", 0, "phone-context=x"}));
  EXPECT_EQ(parse_uri("tel:+49-30")->text(), "tel:+49-30");
  EXPECT_EQ(parse_uri("sip:a;b=c@d")->user, "a;b=c") << "a user part may hold semicolons";
}

TEST(Uri, RefusesWhatIsNone) {
  for (const char* text : {"", "sip:", "alice", "http://x", "sip:a@", "sip:@b", "sip:a@b:", "sip:a@b:0",
                           "sip:a@b:65536", "sip:a@b:5x", "sip:a b@c", "sip:a@b\r\nX: y", "<sip:a@b>", "sip:a@[::1",
                           "sip:a@[zz]", "sip:a@[::1]x", "sip:a@b/c", "tel:", "sip:a@\"b\""}) {
    EXPECT_FALSE(parse_uri(text)) << text;
  }
  EXPECT_FALSE(parse_uri(std::string("sip:a\0@b", 8)));
}

TEST(Uri, SameAddressLooksAwayFromParameters) {
  EXPECT_TRUE(same_address(*parse_uri("sip:a@B;x=1"), *parse_uri("SIP:a@b;y")));
  EXPECT_FALSE(same_address(*parse_uri("sip:a@b"), *parse_uri("sip:A@b")));
  EXPECT_FALSE(same_address(*parse_uri("sip:a@b"), *parse_uri("sips:a@b")));
  EXPECT_FALSE(same_address(*parse_uri("sip:a@b"), *parse_uri("sip:a@b:5060")));
}

TEST(NumericHost, KnowsAddressesFromNames) {
  EXPECT_EQ(numeric_host("127.0.0.1"), "127.0.0.1");
  EXPECT_EQ(numeric_host("[::1]"), "::1");
  EXPECT_EQ(numeric_host("2001:DB8:0:0::1"), "2001:db8::1");
  EXPECT_EQ(numeric_host("localhost"), std::nullopt);
  EXPECT_EQ(numeric_host("1.2.3"), std::nullopt);
  EXPECT_EQ(numeric_host("0x7f.1"), std::nullopt);
  EXPECT_EQ(numeric_host(""), std::nullopt);
}

TEST(Flow, IsWhereAUriWithAnAddressLeads) {
  const auto hop = [](const char* uri) { return direct_hop(*parse_uri(uri)); };
  EXPECT_EQ(hop("sip:a@192.0.2.1"), (Flow{Transport::udp, "192.0.2.1", 5060}));
  EXPECT_EQ(hop("sip:a@[2001:db8::1]:5070;transport=TCP"), (Flow{Transport::tcp, "2001:db8::1", 5070}));
  EXPECT_EQ(hop("sip:a@b.example;maddr=192.0.2.7"), (Flow{Transport::udp, "192.0.2.7", 5060}));
  EXPECT_EQ(hop("sip:a@b.example"), std::nullopt);
  EXPECT_EQ(hop("sips:a@192.0.2.1"), std::nullopt);
  EXPECT_EQ(hop("tel:+4930"), std::nullopt);
  EXPECT_EQ(hop("sip:a@192.0.2.1;transport=tls"), std::nullopt);
}

TEST(Flow, WritesItself) {
  EXPECT_EQ((Flow{Transport::udp, "192.0.2.1", 5060}).text(), "udp:192.0.2.1:5060");
  EXPECT_EQ((Flow{Transport::tcp, "::1", 4711}).text(), "tcp:[::1]:4711");
}

}  // namespace
}  // namespace rf::edge
