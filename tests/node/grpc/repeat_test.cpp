#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "tests/node/node_fixture.hpp"

namespace rf::node {
namespace {

/// Makes changes, each under an id of its own, and can make all of them again.
class RepeatTest : public NodeTest {
 protected:
  /// `stub`: a restart replaces what it points to.
  template <class Stub, class Request, class Reply>
  Reply change(std::unique_ptr<Stub>& stub, grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Reply*),
               Request request) {
    const std::string name = request.GetDescriptor()->name();
    request.set_command_id("cm_01ARZ3NDEKTSV4RRFFQ69G5F" + std::to_string(10 + repeats.size()));
    const auto make = [this, &stub, method, request, name] {
      Reply reply;
      const grpc::Status status = call(*stub, method, request, &reply);
      EXPECT_TRUE(status.ok()) << name << ": " << status.error_message();
      return reply;
    };
    made.insert(name);
    repeats.push_back([make] { make(); });
    return make();
  }
  template <class Request>
  static Request of_desk() {
    Request request;
    request.set_account("desk");
    return request;
  }

  void define();
  void work();
  void calls_of_their_own();
  void wrap_up(const std::string& call_id);
  void second_call();
  void remove();

  std::uint64_t seq_of(const std::string& account) {
    api::ExportAccountRequest request;
    request.set_account(account);
    api::ExportAccountReply reply;
    EXPECT_TRUE(call(*accounts, &api::AccountService::Stub::ExportAccount, request, &reply).ok());
    return reply.mark().seq();
  }

  std::vector<std::function<void()>> repeats;
  std::set<std::string> made;
};

void RepeatTest::define() {
  api::CreateAccountRequest shop;
  shop.mutable_settings()->set_key("shop");
  change(accounts, &api::AccountService::Stub::CreateAccount, shop);
  api::ImportAccountRequest desk;
  desk.set_toml(desk_toml());
  change(accounts, &api::AccountService::Stub::ImportAccount, desk);
  auto settings = of_desk<api::SetSettingsRequest>();
  settings.mutable_settings()->set_key("desk");
  settings.mutable_settings()->set_wrapup_ms(60'000);
  change(accounts, &api::AccountService::Stub::SetSettings, settings);
  auto queue = of_desk<api::SetQueueRequest>();
  queue.mutable_queue()->set_key("support");
  change(accounts, &api::AccountService::Stub::SetQueue, queue);
  // Outcomes and a way out, beside what the desk's own queue has.
  queue.mutable_queue()->set_key("sales");
  queue.mutable_queue()->set_reject_delay_ms(0);
  queue.mutable_queue()->set_dispositions(true);
  queue.mutable_queue()->add_overflow()->set_when(api::OVERFLOW_WHEN_KEY);
  queue.mutable_queue()->mutable_overflow(0)->set_key("1");
  change(accounts, &api::AccountService::Stub::SetQueue, queue);
  auto agent = of_desk<api::SetAgentRequest>();
  agent.mutable_agent()->set_key("cid");
  agent.mutable_agent()->add_memberships()->set_queue("support");
  change(accounts, &api::AccountService::Stub::SetAgent, agent);
  auto update = of_desk<api::UpdateAgentsRequest>();
  update.add_agents("cid");
  update.set_priority(60);
  change(accounts, &api::AccountService::Stub::UpdateAgents, update);
  auto credential = of_desk<api::SetCredentialRequest>();
  credential.set_agent("cid");
  change(accounts, &api::AccountService::Stub::SetCredential, credential);
  auto credentials = of_desk<api::RegenerateCredentialsRequest>();
  credentials.add_agents("cid");
  change(accounts, &api::AccountService::Stub::RegenerateCredentials, credentials);
  auto number = of_desk<api::SetNumberRequest>();
  number.mutable_number()->set_number("7002");
  number.mutable_number()->set_queue("support");
  change(accounts, &api::AccountService::Stub::SetNumber, number);
  auto domain = of_desk<api::SetDomainRequest>();
  domain.set_domain("second.test");
  change(accounts, &api::AccountService::Stub::SetDomain, domain);
  auto trunk = of_desk<api::SetTrunkRequest>();
  trunk.mutable_trunk()->set_name("there");
  trunk.mutable_trunk()->set_address("192.0.2.7");
  change(accounts, &api::AccountService::Stub::SetTrunk, trunk);
}

void RepeatTest::work() {
  auto login = of_desk<api::LoginRequest>();
  login.set_agent("ann");
  change(agents, &api::AgentService::Stub::Login, login);
  auto status = of_desk<api::SetStatusRequest>();
  status.set_agent("ann");
  status.set_status(api::STATUS_NOT_READY);
  change(agents, &api::AgentService::Stub::SetStatus, status);
  auto membership = of_desk<api::SetMembershipActiveRequest>();
  membership.set_agent("ann");
  membership.set_queue("sales");
  for (const bool active : {false, true}) {
    membership.set_active(active);
    change(agents, &api::AgentService::Stub::SetMembershipActive, membership);
  }
  auto external = of_desk<api::SetExternalCallsRequest>();
  external.set_agent("ann");
  for (const std::uint32_t count : {1u, 0u}) {
    external.set_count(count);
    change(agents, &api::AgentService::Stub::SetExternalCalls, external);
  }
  status.set_status(api::STATUS_AVAILABLE);
  change(agents, &api::AgentService::Stub::SetStatus, status);
  calls_of_their_own();

  auto arriving = of_desk<api::EnqueueRequest>();
  arriving.set_queue("sales");
  const api::CallReply offered = change(calls, &api::CallService::Stub::Enqueue, arriving);
  ASSERT_EQ(offered.call().offers_size(), 1);
  auto rejection = of_desk<api::RejectOfferRequest>();
  rejection.set_reservation(offered.call().offers(0).reservation_id());
  const api::CallReply again = change(calls, &api::CallService::Stub::RejectOffer, rejection);
  ASSERT_EQ(again.call().offers_size(), 1) << "the queue's reject delay is none";
  auto acceptance = of_desk<api::AcceptOfferRequest>();
  acceptance.set_reservation(again.call().offers(0).reservation_id());
  change(calls, &api::CallService::Stub::AcceptOffer, acceptance);
  status.set_status(api::STATUS_NOT_READY);
  status.set_at_end_of_call(true);
  change(agents, &api::AgentService::Stub::SetStatus, status);
  auto clearing = of_desk<api::ClearNextStatusRequest>();
  clearing.set_agent("ann");
  change(agents, &api::AgentService::Stub::ClearNextStatus, clearing);
  auto completion = of_desk<api::CompleteCallRequest>();
  completion.set_call(offered.call().id());
  change(calls, &api::CallService::Stub::CompleteCall, completion);
  wrap_up(offered.call().id());
  second_call();
  auto logout = of_desk<api::LogoutRequest>();
  logout.set_agent("ann");
  change(agents, &api::AgentService::Stub::Logout, logout);
}

/// Pauses, shifts, and calls that are none of a queue's.
void RepeatTest::calls_of_their_own() {
  auto pause = of_desk<api::SetMembershipPausedRequest>();
  pause.set_agent("ann");
  pause.set_queue("sales");
  pause.set_reason("lunch");
  for (const bool paused : {true, false}) {
    pause.set_paused(paused);
    change(agents, &api::AgentService::Stub::SetMembershipPaused, pause);
  }
  auto external_call = of_desk<api::BeginExternalCallRequest>();
  external_call.set_agent("ann");
  change(agents, &api::AgentService::Stub::BeginExternalCall, external_call);
  auto external_end = of_desk<api::EndExternalCallRequest>();
  external_end.set_agent("ann");
  change(agents, &api::AgentService::Stub::EndExternalCall, external_end);
  auto shifts = of_desk<api::SetShiftsRequest>();
  shifts.set_agent("ann");
  shifts.add_shifts()->set_from_ts(1000);
  shifts.mutable_shifts(0)->set_until_ts(2000);
  change(agents, &api::AgentService::Stub::SetShifts, shifts);
}

/// Wrap-up is longer, ends with the call's outcome, which comes again; then whatever is left is let go of.
void RepeatTest::wrap_up(const std::string& call_id) {
  auto longer = of_desk<api::ExtendWrapupRequest>();
  longer.set_agent("ann");
  longer.set_by_ms(1000);
  change(agents, &api::AgentService::Stub::ExtendWrapup, longer);
  auto outcome = of_desk<api::SetDispositionRequest>();
  outcome.set_agent("ann");
  outcome.set_call(call_id);
  outcome.mutable_disposition()->set_outcome("sold");
  for (const std::string note : {"in wrap-up, which ends", "later"}) {
    outcome.mutable_disposition()->set_notes(note);
    change(calls, &api::CallService::Stub::SetDisposition, outcome);
  }
  auto reset = of_desk<api::ResetAgentRequest>();
  reset.set_agent("ann");
  change(agents, &api::AgentService::Stub::ResetAgent, reset);
  auto resets = of_desk<api::ResetAgentsRequest>();
  resets.add_agents("ann");
  resets.add_agents("bob");
  change(agents, &api::AgentService::Stub::ResetAgents, resets);
}

/// One whose caller presses a key and is called back, and whose agent ends wrap-up by hand.
void RepeatTest::second_call() {
  auto status = of_desk<api::SetStatusRequest>();
  status.set_agent("ann");
  status.set_status(api::STATUS_NOT_READY);
  change(agents, &api::AgentService::Stub::SetStatus, status);
  auto arriving = of_desk<api::EnqueueRequest>();
  arriving.set_queue("sales");
  arriving.set_caller("+4930123456");
  const api::CallReply waiting = change(calls, &api::CallService::Stub::Enqueue, arriving);
  auto callback = of_desk<api::RequestCallbackRequest>();
  callback.set_call(waiting.call().id());
  change(calls, &api::CallService::Stub::RequestCallback, callback);
  status.set_status(api::STATUS_AVAILABLE);
  change(agents, &api::AgentService::Stub::SetStatus, status);
  api::GetCallRequest look = of_desk<api::GetCallRequest>();
  look.set_call(waiting.call().id());
  api::CallReply offered;
  ASSERT_TRUE(call(*calls, &api::CallService::Stub::GetCall, look, &offered).ok());
  ASSERT_EQ(offered.call().offers_size(), 1);
  auto acceptance = of_desk<api::AcceptOfferRequest>();
  acceptance.set_reservation(offered.call().offers(0).reservation_id());
  change(calls, &api::CallService::Stub::AcceptOffer, acceptance);
  auto completion = of_desk<api::CompleteCallRequest>();
  completion.set_call(waiting.call().id());
  change(calls, &api::CallService::Stub::CompleteCall, completion);
  auto wrapup = of_desk<api::EndWrapupRequest>();
  wrapup.set_agent("ann");
  change(agents, &api::AgentService::Stub::EndWrapup, wrapup);
  status.set_status(api::STATUS_NOT_READY);
  change(agents, &api::AgentService::Stub::SetStatus, status);
  const api::CallReply impatient = change(calls, &api::CallService::Stub::Enqueue, arriving);
  auto key = of_desk<api::PressKeyRequest>();
  key.set_call(impatient.call().id());
  key.set_key("1");
  change(calls, &api::CallService::Stub::PressKey, key);
}

void RepeatTest::remove() {
  auto number = of_desk<api::RemoveNumberRequest>();
  number.set_number("7002");
  change(accounts, &api::AccountService::Stub::RemoveNumber, number);
  auto domain = of_desk<api::RemoveDomainRequest>();
  domain.set_domain("second.test");
  change(accounts, &api::AccountService::Stub::RemoveDomain, domain);
  auto trunk = of_desk<api::RemoveTrunkRequest>();
  trunk.set_name("there");
  change(accounts, &api::AccountService::Stub::RemoveTrunk, trunk);
  auto agent = of_desk<api::RemoveAgentRequest>();
  agent.set_agent("cid");
  change(accounts, &api::AccountService::Stub::RemoveAgent, agent);
  auto agent_list = of_desk<api::RemoveAgentsRequest>();
  agent_list.add_agents("bob");
  change(accounts, &api::AccountService::Stub::RemoveAgents, agent_list);
  auto queue = of_desk<api::RemoveQueueRequest>();
  queue.set_queue("support");
  change(accounts, &api::AccountService::Stub::RemoveQueue, queue);
}

/// The requests that carry a command_id, which are those that change something.
std::set<std::string> changing_requests() {
  std::set<std::string> found;
  for (const auto* file : {api::LoginRequest::descriptor()->file(), api::EnqueueRequest::descriptor()->file(),
                           api::SetQueueRequest::descriptor()->file(), api::GetQueueRequest::descriptor()->file()})
    for (int i = 0; i < file->message_type_count(); ++i)
      if (file->message_type(i)->FindFieldByName("command_id") != nullptr) found.insert(file->message_type(i)->name());
  return found;
}

TEST_F(RepeatTest, EveryChangeIsMadeOnceThoughRepeatedAfterARestart) {  // R24
  define();
  work();
  remove();
  EXPECT_EQ(made, changing_requests());
  const std::uint64_t desk = seq_of("desk");
  const std::uint64_t shop = seq_of("shop");
  for (const auto& repeat : repeats) repeat();
  EXPECT_EQ(seq_of("desk"), desk);
  restart();
  for (const auto& repeat : repeats) repeat();
  EXPECT_EQ(seq_of("desk"), desk);
  EXPECT_EQ(seq_of("shop"), shop);
}

}  // namespace
}  // namespace rf::node
