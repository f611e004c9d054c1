#include "tests/node/node_fixture.hpp"

namespace rf::node {

namespace {

using Calls = api::CallService::Stub;

class CallMethodsTest : public NodeTest {
 protected:
  void SetUp() override {
    NodeTest::SetUp();
    import_desk();
  }
  grpc::Status accept(const std::string& reservation, api::CallReply* reply) const {
    api::AcceptOfferRequest request;
    request.set_account("desk");
    request.set_reservation(reservation);
    return call(*calls, &Calls::AcceptOffer, request, reply);
  }
  grpc::Status complete(const std::string& id) const {
    api::CompleteCallRequest request;
    request.set_account("desk");
    request.set_call(id);
    api::CompleteCallReply reply;
    return call(*calls, &Calls::CompleteCall, request, &reply);
  }
};

TEST_F(CallMethodsTest, ACallIsOfferedAcceptedAndCompleted) {
  ASSERT_TRUE(login("ann").ok());
  const api::Call offered = enqueue("");
  EXPECT_EQ(offered.state(), api::CALL_STATE_WAITING);
  EXPECT_EQ(offered.edge(), "api");
  ASSERT_EQ(offered.offers_size(), 1);
  EXPECT_EQ(offered.offers(0).phase(), api::OFFER_PHASE_OFFERED);
  EXPECT_EQ(agent("ann").bucket(), api::BUCKET_RING);

  api::CallReply answered;
  ASSERT_TRUE(accept(offered.offers(0).reservation_id(), &answered).ok());
  EXPECT_EQ(answered.call().state(), api::CALL_STATE_ANSWERED);
  EXPECT_EQ(answered.call().agent_id(), agent("ann").definition().id());
  EXPECT_EQ(agent("ann").bucket(), api::BUCKET_INCALL);
  const grpc::Status twice = accept(offered.offers(0).reservation_id(), &answered);
  EXPECT_EQ(twice.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_NE(twice.error_message().find("accepted -> accepted is not possible: it was accepted already"),
            std::string::npos)
      << twice.error_message();

  ASSERT_TRUE(complete(offered.id()).ok());
  EXPECT_EQ(agent("ann").bucket(), api::BUCKET_READY);
  EXPECT_EQ(agent("ann").calls_answered(), 1u);
  EXPECT_EQ(complete(offered.id()).error_code(), grpc::StatusCode::NOT_FOUND);
}

TEST_F(CallMethodsTest, WaitingCallsAreListedInOrder) {
  const api::Call first = enqueue("");
  const api::Call second = enqueue("");
  api::GetQueueRequest request;
  request.set_account("desk");
  request.set_queue("sales");
  api::GetQueueReply reply;
  ASSERT_TRUE(call(*queues, &api::QueueService::Stub::GetQueue, request, &reply).ok());
  ASSERT_EQ(reply.waiting_size(), 2);
  EXPECT_EQ(reply.waiting(0).id(), first.id());
  EXPECT_EQ(reply.waiting(1).id(), second.id());
  EXPECT_EQ(reply.queue().waiting(), 2u);
  EXPECT_EQ(reply.queue().members(), 2u);
  ASSERT_TRUE(complete(first.id()).ok());
  api::ListCallsRequest list;
  list.set_account("desk");
  api::ListCallsReply listed;
  ASSERT_TRUE(call(*calls, &Calls::ListCalls, list, &listed).ok());
  ASSERT_EQ(listed.calls_size(), 1);
  EXPECT_EQ(listed.calls(0).id(), second.id());
}

TEST_F(CallMethodsTest, WaitingCallsSayTheirPlaceAndWhatWasSentWithThem) {
  enqueue("");
  api::EnqueueRequest request;
  request.set_account("desk");
  request.set_queue("sales");
  request.set_customer("C-77");
  request.set_score_ms(60'000);
  for (const std::string skill : {"sales", "german"}) request.add_required()->set_name(skill);
  request.mutable_required(0)->set_level(4);
  api::Attribute& attribute = *request.add_attributes();
  attribute.set_name("order");
  attribute.set_value("4711");
  api::CallReply reply;
  ASSERT_TRUE(call(*calls, &Calls::Enqueue, request, &reply).ok());
  EXPECT_EQ(reply.call().position(), 1u) << "it stands as if it had waited for a minute";
  EXPECT_FALSE(reply.call().has_expected_wait_ms()) << "nobody is logged in";
  EXPECT_EQ(reply.call().customer(), "C-77");
  ASSERT_EQ(reply.call().required_size(), 2);
  EXPECT_EQ(reply.call().required(0).name(), "german");
  EXPECT_EQ(reply.call().required(0).level(), 1u);
  EXPECT_EQ(reply.call().required(1).level(), 4u);
  EXPECT_EQ(reply.call().attributes(0).value(), "4711");
  ASSERT_TRUE(login("ann").ok());
  api::GetQueueRequest which;
  which.set_account("desk");
  which.set_queue("sales");
  api::GetQueueReply queue;
  ASSERT_TRUE(call(*queues, &api::QueueService::Stub::GetQueue, which, &queue).ok());
  ASSERT_EQ(queue.waiting_size(), 2);
  EXPECT_EQ(queue.waiting(0).id(), reply.call().id());
  EXPECT_EQ(queue.waiting(1).position(), 2u);
  EXPECT_FALSE(queue.waiting(1).has_expected_wait_ms()) << "no call has told yet how long one takes";
  EXPECT_EQ(queue.queue().waiting(), 2u) << "one rings at ann";
  EXPECT_EQ(queue.queue().oldest_arrived_ts(), queue.waiting(1).arrived_ts());
  EXPECT_FALSE(queue.queue().has_expected_wait_ms());
  api::GetCallRequest one;
  one.set_account("desk");
  one.set_call(queue.waiting(1).id());
  ASSERT_TRUE(call(*calls, &Calls::GetCall, one, &reply).ok());
  EXPECT_EQ(reply.call().position(), 2u);
  api::ListCallsRequest list;
  list.set_account("desk");
  api::ListCallsReply listed;
  ASSERT_TRUE(call(*calls, &Calls::ListCalls, list, &listed).ok());
  EXPECT_EQ(listed.calls(0).position(), 2u);
  EXPECT_EQ(listed.calls(1).position(), 1u);

  request.add_required()->set_name("german");
  EXPECT_EQ(call(*calls, &Calls::Enqueue, request, &reply).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(CallMethodsTest, ACallMayBeForOneAgentOnly) {  // LS-20
  ASSERT_TRUE(login("ann").ok());
  api::EnqueueRequest request;
  request.set_account("desk");
  request.set_agent("ann");
  api::CallReply reply;
  ASSERT_TRUE(call(*calls, &Calls::Enqueue, request, &reply).ok());
  EXPECT_EQ(reply.call().target_agent_id(), agent("ann").definition().id());
  EXPECT_EQ(reply.call().queue_id(), "");
  EXPECT_EQ(reply.call().position(), 0u);
  EXPECT_EQ(reply.call().offers_size(), 1);
  request.set_agent("nobody");
  EXPECT_EQ(call(*calls, &Calls::Enqueue, request, &reply).error_code(), grpc::StatusCode::NOT_FOUND);
  request.clear_agent();
  EXPECT_EQ(call(*calls, &Calls::Enqueue, request, &reply).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(CallMethodsTest, AKeyOrAWishForACallbackTakesTheCallerOutOfTheLine) {
  api::SetQueueRequest queue;
  queue.set_account("desk");
  queue.mutable_queue()->set_key("sales");
  api::Overflow& out = *queue.mutable_queue()->add_overflow();
  out.set_when(api::OVERFLOW_WHEN_KEY);
  out.set_key("1");
  out.set_to(api::OVERFLOW_TO_ADDRESS);
  out.set_address("+4930999");
  api::SetQueueReply set;
  const grpc::Status status = call(*accounts, &api::AccountService::Stub::SetQueue, queue, &set);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(set.queue().definition().overflow(0).address(), "+4930999");

  api::PressKeyRequest press;
  press.set_account("desk");
  press.set_call(enqueue("").id());
  press.set_key("2");
  api::CallReply reply;
  EXPECT_EQ(call(*calls, &Calls::PressKey, press, &reply).error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  press.set_key("1");
  ASSERT_TRUE(call(*calls, &Calls::PressKey, press, &reply).ok());
  EXPECT_FALSE(reply.has_call()) << "the foreign switch forwards it";
  EXPECT_EQ(call(*calls, &Calls::PressKey, press, &reply).error_code(), grpc::StatusCode::NOT_FOUND);

  api::RequestCallbackRequest callback;
  callback.set_account("desk");
  callback.set_call(enqueue("").id());
  callback.set_number("+49170555");
  ASSERT_TRUE(call(*calls, &Calls::RequestCallback, callback, &reply).ok());
  EXPECT_TRUE(reply.call().callback());
  EXPECT_EQ(reply.call().place_uri(), "+49170555");
  EXPECT_EQ(reply.call().position(), 1u);
  EXPECT_EQ(call(*calls, &Calls::RequestCallback, callback, &reply).error_code(),
            grpc::StatusCode::FAILED_PRECONDITION);
  callback.set_number("not a number");
  EXPECT_EQ(call(*calls, &Calls::RequestCallback, callback, &reply).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(CallMethodsTest, WrapUpIsForAnOutcomeAndMayLastLonger) {  // TM-12, TM-14
  api::SetQueueRequest queue;
  queue.set_account("desk");
  api::QueueDefinition& sales = *queue.mutable_queue();
  sales.set_key("sales");
  sales.set_wrapup_ms(60'000);
  sales.set_wrapup_ms_max(90'000);
  sales.set_dispositions(true);
  sales.add_outcomes()->set_outcome("sold");
  api::SetQueueReply set;
  EXPECT_EQ(call(*accounts, &api::AccountService::Stub::SetQueue, queue, &set).error_code(),
            grpc::StatusCode::INVALID_ARGUMENT)
      << "the outcome has no category";
  sales.mutable_outcomes(0)->set_category(api::CATEGORY_SUCCESS);
  ASSERT_TRUE(call(*accounts, &api::AccountService::Stub::SetQueue, queue, &set).ok());
  ASSERT_TRUE(login("ann").ok());
  const api::Call offered = enqueue("");
  api::CallReply answered;
  ASSERT_TRUE(accept(offered.offers(0).reservation_id(), &answered).ok());
  ASSERT_TRUE(complete(offered.id()).ok());
  const api::Agent ann = agent("ann");
  EXPECT_EQ(ann.bucket(), api::BUCKET_WRAPUP);
  EXPECT_TRUE(ann.disposition_due());
  EXPECT_EQ(ann.wrapup_call_id(), offered.id());
  EXPECT_EQ(ann.wrapup_queue_id(), set.queue().definition().id());

  api::ExtendWrapupRequest extend;
  extend.set_account("desk");
  extend.set_agent("ann");
  extend.set_by_ms(45'000);
  api::AgentReply longer;
  ASSERT_TRUE(call(*agents, &api::AgentService::Stub::ExtendWrapup, extend, &longer).ok());
  EXPECT_EQ(longer.agent().wrapup_until_ts(), ann.wrapup_since_ts() + 90'000);
  EXPECT_EQ(call(*agents, &api::AgentService::Stub::ExtendWrapup, extend, &longer).error_code(),
            grpc::StatusCode::FAILED_PRECONDITION);

  api::SetDispositionRequest request;
  request.set_account("desk");
  request.set_agent("ann");
  request.set_call(offered.id());
  request.mutable_disposition()->set_category(api::CATEGORY_SUCCESS);
  request.mutable_disposition()->set_outcome("lost");
  api::SetDispositionReply reply;
  EXPECT_EQ(call(*calls, &Calls::SetDisposition, request, &reply).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  request.mutable_disposition()->set_outcome("sold");
  request.mutable_disposition()->set_notes("two\nlines");
  ASSERT_TRUE(call(*calls, &Calls::SetDisposition, request, &reply).ok());
  EXPECT_EQ(reply.version(), 1u);
  EXPECT_EQ(agent("ann").bucket(), api::BUCKET_READY);
  ASSERT_TRUE(call(*calls, &Calls::SetDisposition, request, &reply).ok());
  EXPECT_EQ(reply.version(), 2u);
  request.set_agent("bob");
  EXPECT_EQ(call(*calls, &Calls::SetDisposition, request, &reply).error_code(), grpc::StatusCode::NOT_FOUND);
}

TEST_F(CallMethodsTest, ARejectedOfferReturnsTheCallToItsPlace) {
  ASSERT_TRUE(login("ann").ok());
  const api::Call offered = enqueue("");
  ASSERT_EQ(offered.offers_size(), 1);
  api::RejectOfferRequest request;
  request.set_account("desk");
  request.set_reservation(offered.offers(0).reservation_id());
  request.set_cause(api::CLOSE_CAUSE_WITHDRAWN);
  api::CallReply reply;
  EXPECT_EQ(call(*calls, &Calls::RejectOffer, request, &reply).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  request.clear_cause();
  ASSERT_TRUE(call(*calls, &Calls::RejectOffer, request, &reply).ok());
  EXPECT_EQ(reply.call().state(), api::CALL_STATE_WAITING);
  EXPECT_EQ(call(*calls, &Calls::RejectOffer, request, &reply).error_code(), grpc::StatusCode::NOT_FOUND);
}

TEST_F(CallMethodsTest, ARepeatedCommandGivesTheSameResultAlsoAfterARestart) {
  const std::string command = "cm_01ARZ3NDEKTSV4RRFFQ69G5FAV";
  const api::Call first = enqueue(command);
  EXPECT_EQ(enqueue(command).id(), first.id());
  restart();
  EXPECT_EQ(enqueue(command).id(), first.id());
  api::ListCallsRequest list;
  list.set_account("desk");
  api::ListCallsReply listed;
  ASSERT_TRUE(call(*calls, &Calls::ListCalls, list, &listed).ok());
  EXPECT_EQ(listed.calls_size(), 1);
}

TEST_F(CallMethodsTest, WrongIdsAndTextsAreRefused) {
  api::EnqueueRequest request;
  request.set_account("desk");
  request.set_queue("nowhere");
  api::CallReply reply;
  EXPECT_EQ(call(*calls, &Calls::Enqueue, request, &reply).error_code(), grpc::StatusCode::NOT_FOUND);
  request.set_queue("sales");
  request.set_call("call-17");
  EXPECT_EQ(call(*calls, &Calls::Enqueue, request, &reply).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  request.clear_call();
  request.set_caller(std::string(300, 'x'));
  EXPECT_EQ(call(*calls, &Calls::Enqueue, request, &reply).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  request.clear_caller();
  for (const std::string wrong : {"17", "cm_00000000000000000000000000", "us_01ARZ3NDEKTSV4RRFFQ69G5FAV"}) {
    request.set_command_id(wrong);
    EXPECT_EQ(call(*calls, &Calls::Enqueue, request, &reply).error_code(), grpc::StatusCode::INVALID_ARGUMENT) << wrong;
  }
  EXPECT_EQ(accept("rs_01ARZ3NDEKTSV4RRFFQ69G5FAV", &reply).error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(accept("17", &reply).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(complete("cl_01ARZ3NDEKTSV4RRFFQ69G5FAV").error_code(), grpc::StatusCode::NOT_FOUND);
}

TEST_F(CallMethodsTest, ReportsTellTheStoryOfCallsAndAgents) {
  ASSERT_TRUE(login("ann").ok());
  const api::Call offered = enqueue("");
  api::CallReply answered;
  ASSERT_TRUE(accept(offered.offers(0).reservation_id(), &answered).ok());
  ASSERT_TRUE(complete(offered.id()).ok());

  api::SummarizeRequest request;
  request.set_account("desk");
  api::SummarizeReply summary;
  const grpc::Status status = call(*reports, &api::ReportService::Stub::Summarize, request, &summary);
  ASSERT_TRUE(status.ok()) << status.error_message();
  ASSERT_EQ(summary.calls_size(), 1);
  EXPECT_EQ(summary.calls(0).agent_key(), "ann");
  EXPECT_EQ(summary.calls(0).queue_key(), "sales");
  EXPECT_EQ(summary.calls(0).outcome(), api::OUTCOME_ANSWERED);
  EXPECT_EQ(summary.calls(0).offers(), 1u);
  ASSERT_EQ(summary.agents_size(), 2);
  EXPECT_EQ(summary.agents(0).agent_key(), "ann");
  EXPECT_EQ(summary.agents(0).answered(), 1u);
  EXPECT_EQ(summary.agents(0).offers_at_once_max(), 1u);
  EXPECT_EQ(summary.agents(1).offers_at_once_max(), 0u);

  api::ListFactsRequest facts;
  facts.set_account("desk");
  facts.set_bucket_changes(true);
  api::ListFactsReply changes;
  ASSERT_TRUE(call(*reports, &api::ReportService::Stub::ListFacts, facts, &changes).ok());
  std::vector<api::Bucket> buckets;
  for (const api::Fact& fact : changes.facts()) {
    EXPECT_EQ(fact.agent_id(), agent("ann").definition().id()) << fact.kind();
    EXPECT_NE(fact.from(), fact.to());
    buckets.push_back(fact.to());
  }
  EXPECT_EQ(buckets,
            (std::vector<api::Bucket>{api::BUCKET_READY, api::BUCKET_RING, api::BUCKET_INCALL, api::BUCKET_READY}));
  EXPECT_TRUE(changes.end());

  // Page by page the whole log comes, each fact once.
  facts.set_bucket_changes(false);
  facts.set_limit(3);
  std::uint64_t next = 1;
  do {
    facts.set_after_seq(changes.end() ? 0 : changes.next_after_seq());
    ASSERT_TRUE(call(*reports, &api::ReportService::Stub::ListFacts, facts, &changes).ok());
    for (const api::Fact& fact : changes.facts()) EXPECT_EQ(fact.seq(), next++);
  } while (!changes.end());
  EXPECT_EQ(next, changes.mark().seq() + 1);
}

}  // namespace

}  // namespace rf::node
