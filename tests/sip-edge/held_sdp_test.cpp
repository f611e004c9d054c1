#include "sip-edge/held_sdp.hpp"

#include <gtest/gtest.h>

namespace rf::edge {
namespace {

const std::string session = "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\n";

TEST(HeldSdp, TakesEveryStreamAndSendsNothing) {
  EXPECT_EQ(held_answer("v=0\r\no=phone 7 7 IN IP4 192.0.2.1\r\ns=call\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\na=sendrecv\r\n"
                        "m=audio 4000 RTP/AVP 0 101\r\nc=IN IP4 192.0.2.2\r\na=rtpmap:0 PCMU/8000\r\n"
                        "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=sendrecv\r\n"
                        "m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n"),
            session +
                "m=audio 9 RTP/AVP 0 101\r\na=inactive\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\n"
                "a=fmtp:101 0-15\r\nm=video 0 RTP/AVP 96\r\na=inactive\r\na=rtpmap:96 H264/90000\r\n");
}

TEST(HeldSdp, ReadsWhatIsHardlySdp) {
  EXPECT_EQ(held_answer(""), session);
  EXPECT_EQ(held_answer("hello"), session);
  EXPECT_EQ(held_answer("m="), session + "m=\r\na=inactive\r\n");
  EXPECT_EQ(held_answer("m=audio 4000"), session + "m=audio 9\r\na=inactive\r\n");
  EXPECT_EQ(held_answer("a=rtpmap:0 PCMU/8000\nm=audio 1 x"), session + "m=audio 9 x\r\na=inactive\r\n");
}

}  // namespace
}  // namespace rf::edge
