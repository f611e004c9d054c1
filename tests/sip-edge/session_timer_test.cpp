#include "sip-edge/session_timer.hpp"

#include <gtest/gtest.h>

namespace rf::edge {
namespace {

using Action = SessionTimer::Action;
constexpr SessionTimerConfig config{1800, 90};

SessionTerms terms(std::optional<SessionExpires> expires, bool supports_timer, bool allows_update) {
  return {expires, std::nullopt, supports_timer, allows_update};
}

TEST(SessionTerms, WriteThemselves) {
  EXPECT_EQ(text_of(SessionExpires{1800, RefresherRole::unsaid}), "1800");
  EXPECT_EQ(text_of(SessionExpires{90, RefresherRole::uac}), "90;refresher=uac");
  EXPECT_EQ(text_of(SessionExpires{90, RefresherRole::uas}), "90;refresher=uas");
}

TEST(SessionTimerConfig, IsRaisedToTheFloorOfTheRfc) {
  const auto raised = within_limits({10, 20});
  EXPECT_EQ(raised.min_se_s, 90u);
  EXPECT_EQ(raised.session_expires_s, 90u);
  EXPECT_EQ(within_limits({100, 300}).session_expires_s, 300u);
}

struct UasCase {
  const char* name;
  SessionTerms request;
  SessionExpires header;
  bool require_timer;
  Refresher refresher;
};

class AsUas : public testing::TestWithParam<UasCase> {};

// RFC 4028 table 2, and what we do where it leaves a choice.
INSTANTIATE_TEST_SUITE_P(Table, AsUas,
                         testing::Values(UasCase{"the peer knows no timers: we refresh",
                                                 terms({}, false, true),
                                                 {1800, RefresherRole::uas},
                                                 false,
                                                 Refresher::we},
                                         UasCase{"it knows them and asks for none: it refreshes",
                                                 terms({}, true, true),
                                                 {1800, RefresherRole::uac},
                                                 true,
                                                 Refresher::peer},
                                         UasCase{"it asks for less: granted",
                                                 terms(SessionExpires{120, RefresherRole::unsaid}, true, true),
                                                 {120, RefresherRole::uac},
                                                 true,
                                                 Refresher::peer},
                                         UasCase{"it asks for more: ours",
                                                 terms(SessionExpires{7200, RefresherRole::uac}, true, true),
                                                 {1800, RefresherRole::uac},
                                                 true,
                                                 Refresher::peer},
                                         UasCase{"it wants us to refresh",
                                                 terms(SessionExpires{600, RefresherRole::uas}, true, true),
                                                 {600, RefresherRole::uas},
                                                 false,
                                                 Refresher::we},
                                         UasCase{"a proxy asked for it",
                                                 terms(SessionExpires{600, RefresherRole::unsaid}, false, false),
                                                 {600, RefresherRole::uas},
                                                 false,
                                                 Refresher::we},
                                         UasCase{"a proxy asked for too little",
                                                 terms(SessionExpires{30, RefresherRole::unsaid}, false, false),
                                                 {90, RefresherRole::uas},
                                                 false,
                                                 Refresher::we}));

TEST_P(AsUas, Decides) {
  const UasDecision decision = decide_as_uas(GetParam().request, config);
  EXPECT_FALSE(decision.refuse_min_se_s) << GetParam().name;
  EXPECT_EQ(decision.header, GetParam().header) << GetParam().name;
  EXPECT_EQ(decision.require_timer, GetParam().require_timer) << GetParam().name;
  EXPECT_EQ(decision.agreement.refresher, GetParam().refresher) << GetParam().name;
  EXPECT_EQ(decision.agreement.interval_s, GetParam().header.delta_s) << GetParam().name;
  EXPECT_EQ(decision.agreement.method, GetParam().request.allows_update ? RefreshMethod::update : RefreshMethod::invite)
      << GetParam().name;
}

TEST(AsUas, TooBriefIsRefusedWithOurMinimum) {
  EXPECT_EQ(decide_as_uas(terms(SessionExpires{89, RefresherRole::uac}, true, true), config).refuse_min_se_s, 90u);
  EXPECT_EQ(decide_as_uas(terms(SessionExpires{90, RefresherRole::uac}, true, true), config).refuse_min_se_s,
            std::nullopt);
  EXPECT_EQ(decide_as_uas(terms(SessionExpires{299, RefresherRole::uac}, true, true), {1800, 300}).refuse_min_se_s,
            300u);
}

TEST(AsUas, NeverBelowThePeersMinSe) {
  SessionTerms request = terms(SessionExpires{3600, RefresherRole::uac}, true, true);
  request.min_se_s = 2400;
  EXPECT_EQ(decide_as_uas(request, config).header.delta_s, 2400u);
}

TEST(AsUac, FollowsTheAnswer) {
  EXPECT_EQ(decide_as_uac(terms(SessionExpires{600, RefresherRole::uas}, true, true), 1800),
            (SessionAgreement{600, Refresher::peer, RefreshMethod::update}));
  EXPECT_EQ(decide_as_uac(terms(SessionExpires{600, RefresherRole::uac}, true, false), 1800),
            (SessionAgreement{600, Refresher::we, RefreshMethod::invite}));
  EXPECT_EQ(decide_as_uac(terms(SessionExpires{600, RefresherRole::unsaid}, true, false), 1800).refresher,
            Refresher::we);
}

TEST(AsUac, WithoutTimersAtThePeerWeRefreshAllTheSame) {
  EXPECT_EQ(decide_as_uac(terms({}, false, true), 90), (SessionAgreement{90, Refresher::we, RefreshMethod::update}));
}

TEST(After422, AsksForMoreOnce) {
  EXPECT_EQ(after_422(600, 90), 600u);
  EXPECT_EQ(after_422(90, 90), std::nullopt);
  EXPECT_EQ(after_422(std::nullopt, 90), std::nullopt);
}

TEST(SessionTimer, WeRefreshAtHalfTimeAndTheAnswerStartsItAnew) {
  SessionTimer timer(second_ms);
  EXPECT_FALSE(timer.running());
  EXPECT_EQ(timer.next_ms(), never_ms);
  EXPECT_EQ(timer.due(1'000'000), Action::none);
  timer.agree({90, Refresher::we, RefreshMethod::update}, 1000);
  EXPECT_EQ(timer.next_ms(), 1000 + 45000);
  EXPECT_EQ(timer.due(45999), Action::none);
  EXPECT_EQ(timer.due(46000), Action::refresh);
  EXPECT_EQ(timer.due(46000), Action::none) << "said once";
  EXPECT_EQ(timer.next_ms(), 1000 + 60000) << "a third of the interval before its end";
  timer.agree({90, Refresher::we, RefreshMethod::update}, 46500);
  EXPECT_EQ(timer.due(61000), Action::none);
  EXPECT_EQ(timer.next_ms(), 46500 + 45000);
}

TEST(SessionTimer, APeerThatDoesNotRefreshEndsTheCall) {
  SessionTimer timer(second_ms);
  timer.agree({1800, Refresher::peer, RefreshMethod::update}, 0);
  EXPECT_EQ(timer.next_ms(), (1800 - 32) * second_ms) << "32 s before the end (RFC 4028 10)";
  EXPECT_EQ(timer.due(timer.next_ms() - 1), Action::none);
  EXPECT_EQ(timer.due(timer.next_ms()), Action::end);
  EXPECT_FALSE(timer.running());
  EXPECT_EQ(timer.due(10'000'000), Action::none) << "said once";
}

TEST(SessionTimer, ARefreshWithoutAnAnswerOrWithoutDialogEndsTheCall) {
  for (const int status : {408, 481}) {
    SessionTimer timer(second_ms);
    timer.agree({90, Refresher::we, RefreshMethod::update}, 0);
    EXPECT_EQ(timer.due(45000), Action::refresh);
    timer.failed(status, 46000);
    EXPECT_EQ(timer.next_ms(), 46000);
    EXPECT_EQ(timer.due(46000), Action::end) << status;
  }
}

TEST(SessionTimer, ARefreshThatFailsOtherwiseIsTriedAgainUntilTheEnd) {
  SessionTimer timer(second_ms);
  timer.agree({90, Refresher::we, RefreshMethod::update}, 0);
  EXPECT_EQ(timer.due(45000), Action::refresh);
  timer.failed(491, 45100);
  EXPECT_EQ(timer.due(49000), Action::none);
  EXPECT_EQ(timer.due(49100), Action::refresh);
  timer.failed(500, 59000);
  EXPECT_EQ(timer.due(60000), Action::end);
}

TEST(SessionTimer, APeerWithoutUpdateGetsAReinvite) {
  SessionTimer timer(second_ms);
  timer.agree({90, Refresher::we, RefreshMethod::update}, 0);
  EXPECT_EQ(timer.due(45000), Action::refresh);
  timer.failed(501, 45010);
  EXPECT_EQ(timer.method(), RefreshMethod::invite);
  EXPECT_EQ(timer.due(45010), Action::refresh);
  timer.failed(405, 45020);
  EXPECT_EQ(timer.due(45020), Action::none) << "a 405 to INVITE is a failure like others";
}

TEST(SessionTimer, ALongerIntervalAskedForByA422IsUsed) {
  SessionTimer timer(second_ms);
  timer.agree({90, Refresher::we, RefreshMethod::update}, 0);
  EXPECT_EQ(timer.due(45000), Action::refresh);
  timer.too_brief(600, 45010);
  EXPECT_EQ(timer.interval_s(), 600u);
  EXPECT_EQ(timer.due(45010), Action::refresh);
  timer.agree({600, Refresher::we, RefreshMethod::update}, 45020);
  EXPECT_EQ(timer.next_ms(), 45020 + 300000);
}

}  // namespace
}  // namespace rf::edge
