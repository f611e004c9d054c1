#include <cstdlib>

#include "tests/node/node_fixture.hpp"

namespace rf::node {

namespace {

using Reports = api::ReportService::Stub;

constexpr Ms minute_ms = 60 * second_ms;
constexpr Ms hour_ms = 60 * minute_ms;
/// The machine's clock goes on while the test runs, and the account's is not exactly the same.
constexpr Ms slack_ms = 30 * second_ms;

class ReportMethodsTest : public NodeTest {
 protected:
  void SetUp() override {
    NodeTest::SetUp();
    import_desk();
  }
  /// An hour after midnight in UTC, which is the account's time.
  void go_to_one_o_clock() {
    const Ms of_day_ms = clock.wall_ms() % (24 * hour_ms);
    clock.skip(25 * hour_ms - of_day_ms);
  }
  void set_status(const std::string& text) const {
    api::SetStatusRequest request;
    request.set_account("desk");
    request.set_agent("ann");
    request.set_status_text(text);
    api::AgentReply reply;
    const grpc::Status status = call(*agents, &api::AgentService::Stub::SetStatus, request, &reply);
    EXPECT_TRUE(status.ok()) << status.error_message();
  }
  api::Call answered(Ms wrapup_ms) const {
    api::EnqueueRequest arrival;
    arrival.set_account("desk");
    arrival.set_queue("sales");
    arrival.set_wrapup_ms(wrapup_ms);
    api::CallReply reply;
    EXPECT_TRUE(call(*calls, &api::CallService::Stub::Enqueue, arrival, &reply).ok());
    EXPECT_EQ(reply.call().offers_size(), 1);
    if (reply.call().offers_size() == 0) return {};
    api::AcceptOfferRequest accept;
    accept.set_account("desk");
    accept.set_reservation(reply.call().offers(0).reservation_id());
    EXPECT_TRUE(call(*calls, &api::CallService::Stub::AcceptOffer, accept, &reply).ok());
    return reply.call();
  }
  void complete(const api::Call& ended) const {
    api::CompleteCallRequest request;
    request.set_account("desk");
    request.set_call(ended.id());
    api::CompleteCallReply reply;
    EXPECT_TRUE(call(*calls, &api::CallService::Stub::CompleteCall, request, &reply).ok());
  }
  void end_wrapup() const {
    api::EndWrapupRequest request;
    request.set_account("desk");
    request.set_agent("ann");
    api::AgentReply reply;
    EXPECT_TRUE(call(*agents, &api::AgentService::Stub::EndWrapup, request, &reply).ok());
  }
  api::SummarizeReply today() const {
    api::SummarizeRequest request;
    request.set_account("desk");
    request.set_today(true);
    api::SummarizeReply reply;
    const grpc::Status status = call(*reports, &Reports::Summarize, request, &reply);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return reply;
  }
  grpc::Status dashboard(const std::string& agent, api::GetDashboardReply* reply) const {
    api::GetDashboardRequest request;
    request.set_account("desk");
    request.set_agent(agent);
    return call(*reports, &Reports::GetDashboard, request, reply);
  }
  static void expect_about(Ms told_ms, Ms ms) {
    EXPECT_LE(std::abs(told_ms - ms), slack_ms) << told_ms << " is not about " << ms;
  }
};

TEST_F(ReportMethodsTest, TodayBeginsAtTheAccountsDayAndTellsOfEachAgent) {  // RP-11, RP-12, TM-7, TM-8, PD-11
  ASSERT_TRUE(login("ann").ok());
  complete(answered(0));
  go_to_one_o_clock();
  const api::Call first = answered(10 * minute_ms);
  clock.skip(4 * minute_ms);
  complete(first);
  clock.skip(2 * minute_ms);
  end_wrapup();
  const api::Call second = answered(0);
  clock.skip(2 * minute_ms);
  complete(second);
  set_status("custom:lunch");
  clock.skip(5 * minute_ms);

  const api::SummarizeReply reply = today();
  EXPECT_EQ(reply.from_ts() % (24 * hour_ms), 0) << "midnight";
  EXPECT_EQ(reply.calls_size(), 2) << "yesterday's call is none of today's";
  ASSERT_EQ(reply.agents_size(), 2);
  EXPECT_EQ(reply.agents(1).agent_key(), "bob") << "all agents are told of";
  EXPECT_EQ(reply.agents(1).logged_in_ms(), 0);
  const api::AgentSummary& ann = reply.agents(0);
  EXPECT_EQ(ann.answered(), 2u);
  expect_about(ann.talked_ms(), 6 * minute_ms);
  EXPECT_EQ(ann.talked_average_ms(), ann.talked_ms() / 2);
  expect_about(ann.logged_in_ms(), 73 * minute_ms);
  expect_about(ann.wrapup_ms(), 2 * minute_ms);
  expect_about(ann.break_ms(), 5 * minute_ms);
  ASSERT_EQ(ann.pauses_size(), 2);
  EXPECT_EQ(ann.pauses(0).reason(), "wrapup");
  EXPECT_TRUE(ann.pauses(0).by_system());
  EXPECT_EQ(ann.pauses(1).reason(), "lunch");
  EXPECT_TRUE(ann.pauses(1).goes_on());
  Ms idle_ms = 0;
  for (const api::BucketTime& time : ann.buckets())
    if (time.bucket() == api::BUCKET_READY) idle_ms = time.ms();
  expect_about(idle_ms, hour_ms);
  EXPECT_NEAR(ann.occupancy(), 8.0 / 68.0, 0.02);
  EXPECT_NEAR(ann.utilization(), 68.0 / 73.0, 0.02);
  EXPECT_FALSE(ann.has_adherence()) << "no shift is planned";
  EXPECT_FALSE(reply.agents(1).has_utilization());

  api::SummarizeRequest both;
  both.set_account("desk");
  both.set_today(true);
  both.set_from_ts(1);
  api::SummarizeReply none;
  EXPECT_EQ(call(*reports, &Reports::Summarize, both, &none).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(ReportMethodsTest, TheBarCountsTodaysCallsByOutcome) {  // TM-11
  api::SetQueueRequest queue;
  queue.set_account("desk");
  queue.mutable_queue()->set_key("sales");
  queue.mutable_queue()->set_dispositions(true);
  api::SetQueueReply asks;
  ASSERT_TRUE(call(*accounts, &api::AccountService::Stub::SetQueue, queue, &asks).ok());
  ASSERT_TRUE(login("ann").ok());
  const auto served = [&](api::Category category) {
    const api::Call one = answered(minute_ms);
    complete(one);
    api::SetDispositionRequest request;
    request.set_account("desk");
    request.set_agent("ann");
    request.set_call(one.id());
    request.mutable_disposition()->set_category(category);
    request.mutable_disposition()->set_outcome("so");
    api::SetDispositionReply reply;
    const grpc::Status status = call(*calls, &api::CallService::Stub::SetDisposition, request, &reply);
    EXPECT_TRUE(status.ok()) << status.error_message();
  };
  served(api::CATEGORY_SUCCESS);
  go_to_one_o_clock();
  for (const api::Category category : {api::CATEGORY_SUCCESS, api::CATEGORY_SUCCESS, api::CATEGORY_SUCCESS,
                                       api::CATEGORY_UNSURE, api::CATEGORY_UNSURE, api::CATEGORY_FAIL})
    served(category);
  const api::Call undecided = answered(minute_ms);
  complete(undecided);
  const api::AgentSummary ann = today().agents(0);
  EXPECT_EQ(ann.answered(), 7u) << "the calls, all of them";
  EXPECT_EQ(ann.successful(), 3u);
  EXPECT_EQ(ann.unsure(), 2u);
  EXPECT_EQ(ann.failed(), 1u);
}

TEST_F(ReportMethodsTest, TheDayBeginsWhenTheSettingsSay) {  // RP-11
  api::SetSettingsRequest request;
  request.set_account("desk");
  request.mutable_settings()->set_key("desk");
  request.mutable_settings()->set_day_end_min(90);
  api::AccountReply set;
  ASSERT_TRUE(call(*accounts, &api::AccountService::Stub::SetSettings, request, &set).ok());
  go_to_one_o_clock();
  const Ms before_ts = today().from_ts();
  EXPECT_EQ(before_ts % (24 * hour_ms), 90 * minute_ms);
  clock.skip(hour_ms);
  EXPECT_EQ(today().from_ts(), before_ts + 24 * hour_ms);
}

TEST_F(ReportMethodsTest, ADashboardIsOneAgentsDesk) {  // RP-12
  api::UpdateAgentsRequest skilled;
  skilled.set_account("desk");
  skilled.add_agents("ann");
  skilled.add_set_skills()->set_name("german");
  api::AgentsReply changed;
  ASSERT_TRUE(call(*accounts, &api::AccountService::Stub::UpdateAgents, skilled, &changed).ok());
  go_to_one_o_clock();
  ASSERT_TRUE(login("ann").ok());
  complete(answered(0));
  const api::Call active = answered(0);
  api::GetDashboardReply reply;
  const grpc::Status status = dashboard("ann", &reply);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(reply.agent().status(), api::STATUS_AVAILABLE);
  EXPECT_EQ(reply.agent().bucket(), api::BUCKET_INCALL);
  ASSERT_EQ(reply.agent().definition().skills_size(), 1);
  EXPECT_EQ(reply.agent().definition().skills(0).name(), "german");
  ASSERT_EQ(reply.calls_size(), 1);
  EXPECT_EQ(reply.calls(0).id(), active.id());
  EXPECT_EQ(reply.calls(0).state(), api::CALL_STATE_ANSWERED);
  EXPECT_EQ(reply.today().agent_key(), "ann");
  EXPECT_EQ(reply.today().answered(), 2u);
  EXPECT_EQ(reply.day_from_ts(), today().from_ts());
  complete(active);
  ASSERT_TRUE(dashboard("ann", &reply).ok());
  EXPECT_EQ(reply.calls_size(), 0);
  ASSERT_TRUE(dashboard("bob", &reply).ok());
  EXPECT_EQ(reply.today().answered(), 0u);
  EXPECT_EQ(dashboard("nobody", &reply).error_code(), grpc::StatusCode::NOT_FOUND);
}

}  // namespace

}  // namespace rf::node
