#include "tools/rf-load/sip_message.hpp"

#include <gmock/gmock.h>

#include "tests/tools/rf_load/sip_text.hpp"

namespace rf::load {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr std::string_view response =
    "SIP/2.0 503 Service Unavailable\r\n"
    "v: SIP/2.0/UDP 10.0.0.1;branch=z9hG4bKa , SIP/2.0/UDP 10.0.0.2;branch=z9hG4bKb\r\n"
    "Via:SIP/2.0/UDP 10.0.0.3;branch=z9hG4bKc\r\n"
    "f: \"Bell, \\\"Alexander\\\"\" <sip:bell@a.test>;tag=1\r\n"
    "t: <sip:7001@b.test>;tag=2\r\n"
    "i: 1@a\r\n"
    "CSEQ: 4 INVITE\r\n"
    "Record-Route: <sip:p1;lr>, <sip:p2;lr>\r\n"
    "Retry-After: 5\r\n"
    "l: 3\r\n"
    "\r\n"
    "abc";

TEST(SipMessage, ReadsAResponseInCompactForm) {
  const Parsed parsed{std::string(response)};
  const Message& m = parsed.message;
  EXPECT_EQ(m.status, 503);
  EXPECT_EQ(m.method, "INVITE");
  EXPECT_EQ(m.cseq, 4u);
  EXPECT_EQ(m.call_id, "1@a");
  EXPECT_EQ(m.retry_after, "5");
  EXPECT_EQ(m.body, "abc");
  EXPECT_EQ(m.vias.size(), 3u);
  EXPECT_EQ(branch_of(m.vias[1]), "z9hG4bKb");
  EXPECT_THAT(m.record_routes, ElementsAre("<sip:p1;lr>", "<sip:p2;lr>"));
  EXPECT_EQ(tag_of(m.from), "1");
  EXPECT_EQ(uri_in(m.from), "sip:bell@a.test");
}

TEST(SipMessage, ReadsARequestOfItsOwn) {
  const Parsed parsed(invite_from("c1000000001"));
  EXPECT_TRUE(parsed.message.is_request());
  EXPECT_EQ(parsed.message.method, "INVITE");
  EXPECT_EQ(user_of(parsed.message.uri), "a7");
  EXPECT_EQ(user_of(uri_in(parsed.message.from)), "c1000000001");
  EXPECT_THAT(std::string(parsed.message.body), HasSubstr("m=audio"));
  EXPECT_EQ(tag_of(parsed.message.to), "");
}

TEST(SipMessage, KeepsNothingOfTheMessageBefore) {
  Message message;
  ASSERT_TRUE(parse(response, message));
  const std::string invite = invite_from("c1");
  ASSERT_TRUE(parse(invite, message));
  EXPECT_EQ(message.vias.size(), 1u);
  EXPECT_TRUE(message.record_routes.empty());
  EXPECT_EQ(message.status, 0);
  EXPECT_EQ(message.retry_after, "");
}

TEST(SipMessage, RefusesWhatIsNone) {
  Message message;
  const std::string whole(response);
  for (const std::string& text :
       {std::string(), std::string("\r\n\r\n"), std::string("INVITE\r\n\r\n"), std::string("SIP/2.0 abc\r\n\r\n"),
        whole.substr(0, whole.find("CSEQ")) + "\r\n", "SIP/2.0 99 Low" + whole.substr(whole.find("\r\n")),
        std::string("BYE sip:a SIP/2.0") + whole.substr(whole.find("\r\n"))})
    EXPECT_FALSE(parse(text, message)) << text;
  // Every beginning of a message: read or refused, never beyond its end.
  for (std::size_t size = 0; size < whole.size(); ++size) parse(whole.substr(0, size), message);
}

TEST(SipMessage, FindsUriUserAndTag) {
  EXPECT_EQ(uri_in("sip:a@b;tag=1"), "sip:a@b");
  EXPECT_EQ(uri_in("Name <sip:a@b;ob>;tag=1"), "sip:a@b;ob");
  EXPECT_EQ(user_of("sip:a:secret@b"), "a");
  EXPECT_EQ(user_of("sip:a;x=1@b"), "a");
  EXPECT_EQ(user_of("sip:127.0.0.1:5060"), "");
  EXPECT_EQ(tag_of("<sip:a@b;tag=no>;x=1;TAG=yes"), "yes");
  EXPECT_EQ(tag_of("<sip:a@b>"), "");
}

TEST(SipMessage, AnswersWithTheRequestsHeaders) {
  const Parsed asked(invite_from("c1"));
  const Parsed ringing(response_to(asked.message, {180, "mine", "sip:a7@127.0.0.1:7080", ""}));
  EXPECT_EQ(ringing.message.status, 180);
  EXPECT_EQ(branch_of(ringing.message.vias.at(0)), "z9hG4bKoffer");
  EXPECT_EQ(tag_of(ringing.message.to), "mine");
  EXPECT_EQ(ringing.message.from, asked.message.from);
  EXPECT_EQ(ringing.message.cseq, 7u);
  EXPECT_THAT(ringing.text, HasSubstr("Content-Length: 0\r\n"));
  // A To tag that is there stays.
  const Parsed bye(about(asked.text, "BYE", "mine", 8));
  const Parsed done(response_to(bye.message, {200, "other", "", ""}));
  EXPECT_EQ(tag_of(done.message.to), "mine");
}

TEST(SipMessage, WritesRoutesInOrder) {
  const std::vector<std::string> routes = {"<sip:p1;lr>", "<sip:p2;lr>"};
  const std::string text = text_of(Request{.method = "BYE",
                                           .uri = "sip:x@y",
                                           .address = "127.0.0.1:1",
                                           .branch = "z9hG4bKx",
                                           .from = "<sip:a@b>;tag=1",
                                           .to = "<sip:c@d>;tag=2",
                                           .call_id = "i",
                                           .cseq = 2,
                                           .routes = &routes});
  EXPECT_THAT(text, HasSubstr("Route: <sip:p1;lr>\r\nRoute: <sip:p2;lr>\r\n"));
  EXPECT_THAT(text, Not(HasSubstr("Contact")));
}

}  // namespace
}  // namespace rf::load
