#include "tests/node/node_fixture.hpp"

namespace rf::node {

namespace {

using Calls = api::CallService::Stub;

/// The desk, with both agents on a foreign switch and a third who serves no queue.
class ExplainMethodsTest : public NodeTest {
 protected:
  void SetUp() override {
    NodeTest::SetUp();
    api::ImportAccountReply reply;
    std::string toml = desk_toml();
    const std::string phone = "password = \"bobs-secret\"";
    toml.replace(toml.find(phone), phone.size(), "external_endpoint = true");
    toml += "[[agent]]\nkey = \"cleo\"\nextension = \"1003\"\nexternal_endpoint = true\n";
    const grpc::Status status = import(toml, &reply);
    ASSERT_TRUE(status.ok()) << status.error_message();
  }

  grpc::Status explain(const api::ExplainOfferRequest& request, api::ExplainOfferReply* reply) const {
    return call(*calls, &Calls::ExplainOffer, request, reply);
  }
  static api::ExplainOfferRequest about(const std::string& id) {
    api::ExplainOfferRequest request;
    request.set_account("desk");
    request.set_call(id);
    return request;
  }
  api::ExplainOfferReply explained(const std::string& id, Ms at = 0) const {
    api::ExplainOfferRequest request = about(id);
    request.set_at(at);
    api::ExplainOfferReply reply;
    const grpc::Status status = explain(request, &reply);
    EXPECT_TRUE(status.ok()) << status.error_message();
    EXPECT_FALSE(reply.rules_changed());
    EXPECT_TRUE(reply.reproduced());
    return reply;
  }
  static std::string verdicts(const api::ExplainOfferReply& reply) {
    std::string out;
    for (const api::ConsideredAgent& c : reply.considered())
      out += c.agent_key() + " " + api::OfferVerdict_Name(c.verdict()).substr(14) + "; ";
    return out;
  }
  void accept(const std::string& reservation) const {
    api::AcceptOfferRequest request;
    request.set_account("desk");
    request.set_reservation(reservation);
    api::CallReply reply;
    ASSERT_TRUE(call(*calls, &Calls::AcceptOffer, request, &reply).ok());
  }
  void complete(const std::string& id) const {
    api::CompleteCallRequest request;
    request.set_account("desk");
    request.set_call(id);
    api::CompleteCallReply reply;
    ASSERT_TRUE(call(*calls, &Calls::CompleteCall, request, &reply).ok());
  }
};

TEST_F(ExplainMethodsTest, AWaitingCallSaysWhatKeepsEverybody) {
  const api::Call waiting = enqueue("");
  const api::ExplainOfferReply reply = explained(waiting.id());
  EXPECT_FALSE(reply.offered());
  EXPECT_EQ(reply.queue_key(), "sales");
  EXPECT_EQ(reply.strategy(), api::STRATEGY_LONGEST_IDLE_AGENT);
  EXPECT_EQ(reply.blocked(), "");
  EXPECT_EQ(verdicts(reply), "ann NOT_READY; bob NOT_READY; ") << "cleo does not serve the queue";
  EXPECT_NE(reply.considered(0).why(), "");
  EXPECT_EQ(reply.considered_total(), 2u);
}

TEST_F(ExplainMethodsTest, AnOfferIsExplainedWhileItRingsAndAfterTheCallHasEnded) {
  ASSERT_TRUE(login("ann").ok());
  clock.skip(second_ms);
  ASSERT_TRUE(login("bob").ok());
  clock.skip(second_ms);
  const api::Call offered = enqueue("");
  ASSERT_EQ(offered.offers_size(), 1);
  const std::string why = "ann OFFERED; bob COMES_LATER; ";
  const api::ExplainOfferReply ringing = explained(offered.id());
  EXPECT_TRUE(ringing.offered());
  EXPECT_EQ(verdicts(ringing), why);
  EXPECT_EQ(ringing.considered(1).why(), "free, but comes after ann");
  const Ms decided = ringing.ts();
  clock.skip(5 * second_ms);
  accept(offered.offers(0).reservation_id());
  EXPECT_EQ(verdicts(explained(offered.id())), why) << "the offer that was answered";
  clock.skip(60 * second_ms);
  complete(offered.id());
  clock.skip(60 * second_ms);
  const api::ExplainOfferReply after = explained(offered.id());
  EXPECT_EQ(verdicts(after), why);
  EXPECT_EQ(after.ts(), decided);
  EXPECT_EQ(verdicts(explained(offered.id(), decided + second_ms)), why) << "at a moment of the past";
  restart();
  EXPECT_EQ(verdicts(explained(offered.id())), why);
}

TEST_F(ExplainMethodsTest, ACallThatNobodyTookIsExplainedAtItsEnd) {
  const api::Call waiting = enqueue("");
  complete(waiting.id());
  ASSERT_TRUE(login("ann").ok());
  const api::ExplainOfferReply reply = explained(waiting.id());
  EXPECT_FALSE(reply.offered());
  EXPECT_EQ(verdicts(reply), "ann NOT_READY; bob NOT_READY; ") << "as it was then, not as it is now";
}

TEST_F(ExplainMethodsTest, OneAgentAloneAndAFewOfMany) {
  ASSERT_TRUE(login("ann").ok());
  const api::Call offered = enqueue("");
  api::ExplainOfferRequest request = about(offered.id());
  request.set_agent("bob");
  api::ExplainOfferReply reply;
  ASSERT_TRUE(explain(request, &reply).ok());
  EXPECT_EQ(verdicts(reply), "bob NOT_READY; ");
  request.set_agent("cleo");
  EXPECT_EQ(explain(request, &reply).error_code(), grpc::StatusCode::NOT_FOUND);
  request.clear_agent();
  request.set_limit(1);
  ASSERT_TRUE(explain(request, &reply).ok());
  EXPECT_EQ(verdicts(reply), "ann OFFERED; ");
  EXPECT_EQ(reply.considered_total(), 2u);
}

TEST_F(ExplainMethodsTest, WhatCannotBeExplainedIsRefused) {
  api::ExplainOfferReply reply;
  EXPECT_EQ(explain(about("17"), &reply).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  const grpc::Status unknown = explain(about("cl_01ARZ3NDEKTSV4RRFFQ69G5FAV"), &reply);
  EXPECT_EQ(unknown.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_NE(unknown.error_message().find("say when"), std::string::npos) << unknown.error_message();
  const api::Call waiting = enqueue("");
  api::ExplainOfferRequest request = about(waiting.id());
  request.set_at(waiting.arrived_ts() - 1000);
  const grpc::Status early = explain(request, &reply);
  EXPECT_EQ(early.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_NE(early.error_message().find("at that time"), std::string::npos) << early.error_message();
}

}  // namespace

}  // namespace rf::node
