#include "tests/node/node_fixture.hpp"

namespace rf::node {

namespace {

using Accounts = api::AccountService::Stub;

class AccountMethodsTest : public NodeTest {
 protected:
  api::Account account(const std::string& key) const {
    api::GetAccountRequest request;
    request.set_account(key);
    api::AccountReply reply;
    const grpc::Status status = call(*accounts, &Accounts::GetAccount, request, &reply);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return reply.account();
  }
};

TEST_F(AccountMethodsTest, ImportsTheSampleCentre) {
  const std::string sample = content_of("deploy/samples/front-desk.toml");
  ASSERT_FALSE(sample.empty());
  api::ImportAccountReply reply;
  const grpc::Status status = import(sample, &reply);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(reply.account().settings().key(), "front-desk");
  EXPECT_EQ(reply.account().agents(), 3u);
  EXPECT_EQ(reply.account().queues(), 2u);
  EXPECT_EQ(reply.account().numbers_size(), 2);
  EXPECT_EQ(reply.account().domains(0), "front-desk.test");
  EXPECT_EQ(reply.account().trunks(0).address(), "127.0.0.1");
  EXPECT_EQ(reply.passwords_size(), 0);
  EXPECT_GT(reply.mark().seq(), 10u);
  EXPECT_GT(reply.mark().term(), 0u);

  // Again: what is as wanted writes nothing.
  api::ImportAccountReply again;
  ASSERT_TRUE(import(sample, &again).ok());
  EXPECT_EQ(again.mark().seq(), reply.mark().seq());
  EXPECT_EQ(again.account().id(), reply.account().id());

  for (const std::string& line : sink.lines()) EXPECT_EQ(line.find("analytical-engine"), std::string::npos) << line;
}

TEST_F(AccountMethodsTest, AnExportCanBeImportedElsewhere) {
  import_desk();
  api::ExportAccountRequest request;
  request.set_account("desk");
  api::ExportAccountReply reply;
  ASSERT_TRUE(call(*accounts, &Accounts::ExportAccount, request, &reply).ok());
  EXPECT_EQ(reply.definition().agents_size(), 2);
  EXPECT_EQ(reply.toml().find("bobs-secret"), std::string::npos);
  api::ImportAccountReply same;
  const grpc::Status status = import(reply.toml(), &same);
  ASSERT_TRUE(status.ok()) << status.error_message() << "\n" << reply.toml();
  EXPECT_EQ(same.mark().seq(), reply.mark().seq()) << reply.toml();
}

TEST_F(AccountMethodsTest, ABadFileIsRefusedWithItsLinesAndNothingIsWritten) {
  api::ImportAccountReply reply;
  const grpc::Status status =
      import("[account]\nkey = \"desk\"\ndomans = [\"desk.test\"]\n[[queue]]\nname = \"no key\"\n"
             "[[agent]]\nkey = \"ann\"\nmax_concurrent = 1000\n",
             &reply);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_NE(status.error_message().find("import:3:"), std::string::npos) << status.error_message();
  EXPECT_NE(status.error_message().find("\"domains\""), std::string::npos) << status.error_message();
  EXPECT_NE(status.error_message().find("import:8:"), std::string::npos) << status.error_message();
  api::ListAccountsReply listed;
  ASSERT_TRUE(call(*accounts, &Accounts::ListAccounts, api::ListAccountsRequest(), &listed).ok());
  EXPECT_EQ(listed.accounts_size(), 0);
}

TEST_F(AccountMethodsTest, ADuplicateExtensionIsAlreadyInUse) {
  import_desk();
  api::SetAgentRequest request;
  request.set_account("desk");
  request.mutable_agent()->set_key("cid");
  request.mutable_agent()->set_extension("1001");
  api::SetAgentReply reply;
  const grpc::Status status = call(*accounts, &Accounts::SetAgent, request, &reply);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::ALREADY_EXISTS);
  EXPECT_NE(status.error_message().find("already in use by agent ann"), std::string::npos) << status.error_message();
}

TEST_F(AccountMethodsTest, NamesBelongToOneAccount) {
  import_desk();
  const std::string other = "[account]\nkey = \"other\"\ndomains = [\"Desk.test\"]\n[[queue]]\nkey = \"q\"\n";
  api::ImportAccountReply reply;
  const grpc::Status status = import(other, &reply);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::ALREADY_EXISTS);
  EXPECT_NE(status.error_message().find("desk.test"), std::string::npos) << status.error_message();

  // Freed by the one, it can be had by the other; the key "other" was not kept by the failed import.
  api::RemoveDomainRequest removal;
  removal.set_account("desk");
  removal.set_domain("desk.test");
  removal.set_command_id("cm_01ARZ3NDEKTSV4RRFFQ69G5FAV");
  api::RemoveReply removed;
  ASSERT_TRUE(call(*accounts, &Accounts::RemoveDomain, removal, &removed).ok());
  ASSERT_TRUE(import(other, &reply).ok());
  EXPECT_EQ(reply.account().domains(0), "desk.test");

  // A repetition of the removal gets its old answer, and takes nothing from the new owner.
  const grpc::Status repeated = call(*accounts, &Accounts::RemoveDomain, removal, &removed);
  EXPECT_TRUE(repeated.ok()) << repeated.error_message();
  EXPECT_EQ(account("other").domains(0), "desk.test");
}

TEST_F(AccountMethodsTest, AFailedImportKeepsNoNames) {
  import_desk();
  // Bob's extension is taken by another agent of the file, after the names were claimed.
  const std::string broken = "[account]\nkey = \"shop\"\ndomains = [\"shop.test\"]\n"
                             "[[agent]]\nkey = \"a\"\nextension = \"1\"\n[[agent]]\nkey = \"b\"\nextension = \"1\"\n";
  api::ImportAccountReply reply;
  EXPECT_EQ(import(broken, &reply).error_code(), grpc::StatusCode::ALREADY_EXISTS);
  api::SetDomainRequest request;
  request.set_account("desk");
  request.set_domain("shop.test");
  api::AccountReply taken;
  const grpc::Status status = call(*accounts, &Accounts::SetDomain, request, &taken);
  EXPECT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(taken.account().domains_size(), 2);
}

TEST_F(AccountMethodsTest, CreatesAnAccountOnce) {
  api::CreateAccountRequest request;
  request.set_command_id("cm_01ARZ3NDEKTSV4RRFFQ69G5FA1");
  request.mutable_settings()->set_key("shop");
  api::AccountReply first;
  ASSERT_TRUE(call(*accounts, &Accounts::CreateAccount, request, &first).ok());
  api::AccountReply second;
  ASSERT_TRUE(call(*accounts, &Accounts::CreateAccount, request, &second).ok());
  EXPECT_EQ(first.account().id(), second.account().id());
  request.set_command_id("cm_01ARZ3NDEKTSV4RRFFQ69G5FA2");
  EXPECT_EQ(call(*accounts, &Accounts::CreateAccount, request, &second).error_code(), grpc::StatusCode::ALREADY_EXISTS);
}

TEST_F(AccountMethodsTest, AGeneratedPasswordIsTheSameForTheSameCommandOnly) {
  import_desk();
  api::SetCredentialRequest request;
  request.set_account("desk");
  request.set_agent("ann");
  request.set_command_id("cm_01ARZ3NDEKTSV4RRFFQ69G5FA3");
  api::SetCredentialReply first;
  ASSERT_TRUE(call(*accounts, &Accounts::SetCredential, request, &first).ok());
  EXPECT_EQ(first.username(), "1001");
  EXPECT_EQ(first.password().size(), 20u);
  EXPECT_EQ(first.version(), 1u);
  EXPECT_EQ(first.domains(0), "desk.test");
  api::SetCredentialReply repeated;
  ASSERT_TRUE(call(*accounts, &Accounts::SetCredential, request, &repeated).ok());
  EXPECT_EQ(repeated.password(), first.password());
  EXPECT_EQ(repeated.version(), 1u);
  request.clear_command_id();
  api::SetCredentialReply rotated;
  ASSERT_TRUE(call(*accounts, &Accounts::SetCredential, request, &rotated).ok());
  EXPECT_NE(rotated.password(), first.password());
  EXPECT_EQ(rotated.version(), 2u);
  for (const std::string& line : sink.lines()) EXPECT_EQ(line.find(first.password()), std::string::npos) << line;
}

TEST_F(AccountMethodsTest, OnePersonMayBeAnAgentOfSeveralAccounts) {  // LS-1
  import_desk();
  api::ImportAccountReply shop;
  ASSERT_TRUE(import("[account]\nkey = \"shop\"\n[[queue]]\nkey = \"tills\"\n[[agent]]\nkey = \"ann\"\n"
                     "extension = \"2002\"\nexternal_endpoint = true\n[[agent.membership]]\nqueue = \"tills\"\n"
                     "[[agent]]\nkey = \"zoe\"\nextension = \"1001\"\n",
                     &shop)
                  .ok())
      << "an extension belongs to its account";
  const auto ann_of = [&](const std::string& account) {
    api::GetAgentRequest request;
    request.set_account(account);
    request.set_agent("ann");
    api::AgentReply reply;
    EXPECT_TRUE(call(*agents, &api::AgentService::Stub::GetAgent, request, &reply).ok());
    return reply.agent();
  };
  ASSERT_TRUE(login("ann").ok());
  EXPECT_EQ(ann_of("desk").bucket(), api::BUCKET_READY);
  EXPECT_EQ(ann_of("shop").bucket(), api::BUCKET_OFFLINE) << "each account knows its own presence";
  EXPECT_NE(ann_of("desk").definition().id(), ann_of("shop").definition().id());
  EXPECT_EQ(ann_of("desk").definition().extension(), "1001");
  EXPECT_EQ(ann_of("shop").definition().extension(), "2002");

  api::SetAgentRequest change;
  change.set_account("shop");
  *change.mutable_agent() = ann_of("shop").definition();
  change.mutable_agent()->set_extension("2003");
  api::SetAgentReply changed;
  ASSERT_TRUE(call(*accounts, &Accounts::SetAgent, change, &changed).ok());
  api::RemoveAgentRequest removal;
  removal.set_account("shop");
  removal.set_agent("ann");
  api::RemoveReply removed;
  ASSERT_TRUE(call(*accounts, &Accounts::RemoveAgent, removal, &removed).ok());
  EXPECT_EQ(ann_of("desk").definition().extension(), "1001");
  EXPECT_EQ(ann_of("desk").bucket(), api::BUCKET_READY);
}

TEST_F(AccountMethodsTest, AnAgentHasAnExtensionCredentialsAFollowMeAndManyQueues) {  // LS-2
  import_desk();
  const auto set = [&](const std::string& agent_keys, const std::string& memberships) {
    api::ImportAccountReply reply;
    return import("[account]\nkey = \"desk\"\n[[queue]]\nkey = \"support\"\n[[agent]]\nkey = \"cid\"\n" + agent_keys +
                      "[[agent.membership]]\nqueue = \"sales\"\n" + memberships,
                  &reply);
  };
  const std::string support = "[[agent.membership]]\nqueue = \"support\"\n";
  const std::string phone = "extension = \"1003\"\npassword = \"a phone's\"\n";
  ASSERT_TRUE(set(phone + "follow_me = \"+49170555\"\n", support).ok());
  const api::Agent cid = agent("cid");
  EXPECT_EQ(cid.definition().extension(), "1003");
  EXPECT_EQ(cid.username(), "1003");
  EXPECT_EQ(cid.credential_version(), 1u);
  EXPECT_EQ(cid.definition().follow_me(), "+49170555");
  EXPECT_TRUE(cid.reachable()) << "by Follow-Me, without any phone";
  EXPECT_EQ(cid.definition().memberships_size(), 2);

  ASSERT_TRUE(set(phone, "").ok());
  EXPECT_EQ(agent("cid").definition().follow_me(), "") << "it is optional";
  EXPECT_FALSE(agent("cid").reachable());
  EXPECT_EQ(agent("cid").definition().memberships_size(), 1);
  for (const std::string local : {"0170555", "49170555", "+49 170 555"}) {
    const grpc::Status status = set("follow_me = \"" + local + "\"\n", "");
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT) << local;
    EXPECT_NE(status.error_message().find("international form"), std::string::npos) << status.error_message();
  }
  EXPECT_EQ(set(phone, support + support).error_code(), grpc::StatusCode::INVALID_ARGUMENT) << "each queue once";
}

TEST_F(AccountMethodsTest, AnAgentShowsOnlyItsOwnCallerIds) {  // LS-12
  import_desk();
  api::SetAgentRequest request;
  request.set_account("desk");
  api::AgentDefinition& ann = *request.mutable_agent();
  ann.set_key("ann");
  ann.set_external_endpoint(true);
  ann.set_outbound_queue("sales");
  for (const std::string number : {"+4930100", "+4930101"}) ann.add_caller_ids(number);
  ann.set_default_caller_id("+4930102");
  api::SetAgentReply reply;
  const grpc::Status foreign = call(*accounts, &Accounts::SetAgent, request, &reply);
  EXPECT_EQ(foreign.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_NE(foreign.error_message().find("is none of caller_ids"), std::string::npos) << foreign.error_message();
  ann.set_default_caller_id("+4930101");
  ASSERT_TRUE(call(*accounts, &Accounts::SetAgent, request, &reply).ok());
  EXPECT_EQ(reply.agent().definition().caller_ids_size(), 2);
  EXPECT_EQ(agent("ann").definition().default_caller_id(), "+4930101") << "what a dialler preselects";

  ASSERT_TRUE(login("ann").ok());
  api::BeginExternalCallRequest outbound;
  outbound.set_account("desk");
  outbound.set_agent("ann");
  outbound.set_number("+49170555");
  outbound.set_outbound(true);
  outbound.set_caller_id("+4930102");
  api::AgentReply begun;
  EXPECT_EQ(call(*agents, &api::AgentService::Stub::BeginExternalCall, outbound, &begun).error_code(),
            grpc::StatusCode::PERMISSION_DENIED);
  EXPECT_EQ(agent("ann").external_calls(), 0u);
  for (const std::string& own : ann.caller_ids()) {
    outbound.set_caller_id(own);
    EXPECT_TRUE(call(*agents, &api::AgentService::Stub::BeginExternalCall, outbound, &begun).ok()) << own;
  }
  EXPECT_EQ(begun.agent().external_calls(), 2u);
}

TEST_F(AccountMethodsTest, AnAgentIsMadeInOneStepAndItsPasswordShownOnce) {  // LS-13
  import_desk();
  const std::string three = "[account]\nkey = \"desk\"\n"
                            "[[agent]]\nkey = \"cid\"\ngenerate_extension = true\ngenerate_password = true\n"
                            "[[agent.membership]]\nqueue = \"sales\"\n"
                            "[[agent]]\nkey = \"dan\"\ngenerate_extension = true\n"
                            "[[agent]]\nkey = \"eve\"\nextension = \"1003\"\n";
  api::ImportAccountReply reply;
  const grpc::Status status = import(three, &reply);
  ASSERT_TRUE(status.ok()) << status.error_message();
  const api::Agent cid = agent("cid");
  EXPECT_EQ(cid.definition().extension(), "1004") << "ann, bob and eve have those before";
  EXPECT_EQ(agent("dan").definition().extension(), "1005");
  EXPECT_EQ(agent("eve").definition().extension(), "1003");
  EXPECT_EQ(cid.definition().memberships_size(), 1);
  EXPECT_EQ(cid.username(), "1004");
  EXPECT_EQ(cid.credential_version(), 1u);
  ASSERT_EQ(reply.passwords_size(), 1);
  EXPECT_EQ(reply.passwords(0).agent_key(), "cid");
  EXPECT_EQ(reply.passwords(0).username(), "1004");
  const std::string password = reply.passwords(0).password();
  EXPECT_EQ(password.size(), 20u);

  const std::uint64_t seq = reply.mark().seq();
  ASSERT_TRUE(import(three, &reply).ok());
  EXPECT_EQ(reply.mark().seq(), seq) << "nobody's extension changes";
  EXPECT_EQ(reply.passwords_size(), 0) << "it was shown";
  api::ExportAccountRequest everything;
  everything.set_account("desk");
  api::ExportAccountReply exported;
  ASSERT_TRUE(call(*accounts, &Accounts::ExportAccount, everything, &exported).ok());
  EXPECT_EQ(exported.toml().find(password), std::string::npos);
  EXPECT_NE(exported.toml().find("1004"), std::string::npos);

  api::SetAgentRequest one;
  one.set_account("desk");
  one.mutable_agent()->set_key("fay");
  one.mutable_agent()->set_generate_extension(true);
  api::SetAgentReply set;
  ASSERT_TRUE(call(*accounts, &Accounts::SetAgent, one, &set).ok());
  EXPECT_EQ(set.agent().definition().extension(), "1006");
  one.mutable_agent()->set_name("Fay");
  ASSERT_TRUE(call(*accounts, &Accounts::SetAgent, one, &set).ok());
  EXPECT_EQ(set.agent().definition().extension(), "1006");
  one.mutable_agent()->set_extension("2000");
  EXPECT_EQ(call(*accounts, &Accounts::SetAgent, one, &set).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(AccountMethodsTest, SettingsThatAreAbsentStay) {
  import_desk();
  api::SetSettingsRequest request;
  request.set_account("desk");
  api::Settings& settings = *request.mutable_settings();
  settings.set_key("desk");
  settings.set_time_zone("Europe/Berlin");
  settings.set_day_end_min(270);
  api::BreakReason& lunch = *settings.mutable_break_reasons()->add_reasons();
  lunch.set_id("lunch");
  lunch.set_max_ms(1'800'000);
  api::AccountReply reply;
  ASSERT_TRUE(call(*accounts, &Accounts::SetSettings, request, &reply).ok());
  EXPECT_TRUE(reply.account().settings().auto_ready_on_login());
  settings.Clear();
  settings.set_key("desk");
  settings.set_stale_after_ms(1000);
  ASSERT_TRUE(call(*accounts, &Accounts::SetSettings, request, &reply).ok());
  EXPECT_EQ(reply.account().settings().time_zone(), "Europe/Berlin");
  EXPECT_EQ(reply.account().settings().day_end_min(), 270u);
  EXPECT_EQ(reply.account().settings().break_reasons().reasons(0).max_ms(), 1'800'000);
  EXPECT_EQ(reply.account().settings().stale_after_ms(), 1000);
  settings.set_time_zone("Europe/Nowhere");
  const grpc::Status nowhere = call(*accounts, &Accounts::SetSettings, request, &reply);
  EXPECT_EQ(nowhere.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_NE(nowhere.error_message().find("Europe/Nowhere"), std::string::npos) << nowhere.error_message();
  settings.clear_time_zone();
  settings.set_availability(static_cast<api::AvailabilityMode>(9));
  EXPECT_EQ(call(*accounts, &Accounts::SetSettings, request, &reply).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(AccountMethodsTest, ANumberMayLeadToAnAgentAndClose) {  // LS-20
  import_desk();
  api::SetNumberRequest request;
  request.set_account("desk");
  api::Number& number = *request.mutable_number();
  number.set_number("7005");
  api::AccountReply reply;
  EXPECT_EQ(call(*accounts, &Accounts::SetNumber, request, &reply).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  number.set_agent("ann");
  api::OpenHours& open = *number.add_hours();
  open.set_from_min(540);
  open.set_until_min(1020);
  number.mutable_closed()->set_to(api::OVERFLOW_TO_QUEUE);
  number.mutable_closed()->set_queue("sales");
  ASSERT_TRUE(call(*accounts, &Accounts::SetNumber, request, &reply).ok());
  ASSERT_EQ(reply.account().numbers_size(), 2);
  const api::Number& set = reply.account().numbers(1);
  EXPECT_EQ(set.queue(), "");
  EXPECT_EQ(set.agent().substr(0, 3), "us_");
  EXPECT_EQ(set.hours(0).weekdays_size(), 7) << "none named: every day";
  EXPECT_EQ(set.closed().when(), api::OVERFLOW_WHEN_CLOSED);
  EXPECT_EQ(set.closed().queue(), reply.account().numbers(0).queue());
  number.mutable_closed()->set_address("+4930999");
  const grpc::Status extra = call(*accounts, &Accounts::SetNumber, request, &reply);
  EXPECT_EQ(extra.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_NE(extra.error_message().find("more than it needs"), std::string::npos) << extra.error_message();
}

TEST_F(AccountMethodsTest, ManyAgentsAreChangedAtOnceOrNotAtAll) {  // LS-17, RP-7
  import_desk();
  api::SetQueueRequest queue;
  queue.set_account("desk");
  queue.mutable_queue()->set_key("support");
  api::SetQueueReply made;
  ASSERT_TRUE(call(*accounts, &Accounts::SetQueue, queue, &made).ok());
  api::UpdateAgentsRequest request;
  request.set_account("desk");
  request.add_agents("bob");
  request.add_agents("ann");
  request.set_max_concurrent(2);
  for (const std::string skill : {"sales", "german"}) request.add_set_skills()->set_name(skill);
  request.add_set_memberships()->set_queue("support");
  request.add_remove_memberships("sales");
  api::AgentsReply reply;
  const grpc::Status status = call(*accounts, &Accounts::UpdateAgents, request, &reply);
  ASSERT_TRUE(status.ok()) << status.error_message();
  ASSERT_EQ(reply.agents_size(), 2);
  EXPECT_EQ(reply.agents(0).definition().key(), "bob");
  for (const api::Agent& agent : reply.agents()) {
    EXPECT_EQ(agent.definition().max_concurrent(), 2u);
    EXPECT_EQ(agent.definition().priority(), 50);
    ASSERT_EQ(agent.definition().skills_size(), 2);
    EXPECT_EQ(agent.definition().skills(0).name(), "german");
    ASSERT_EQ(agent.definition().memberships_size(), 1);
    EXPECT_EQ(agent.definition().memberships(0).queue(), made.queue().definition().id());
  }
  EXPECT_EQ(reply.agents(1).definition().extension(), "1001");

  request.Clear();
  request.set_account("desk");
  request.add_agents("ann");
  request.add_set_skills()->set_name("german");
  request.mutable_set_skills(0)->set_level(7);
  request.add_remove_skills("sales");
  ASSERT_TRUE(call(*accounts, &Accounts::UpdateAgents, request, &reply).ok());
  ASSERT_EQ(reply.agents(0).definition().skills_size(), 1);
  EXPECT_EQ(reply.agents(0).definition().skills(0).level(), 7u);

  const std::uint64_t before = reply.mark().seq();
  request.add_agents("bob");
  request.set_max_concurrent(1000);
  EXPECT_EQ(call(*accounts, &Accounts::UpdateAgents, request, &reply).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  request.add_agents("nobody");
  EXPECT_EQ(call(*accounts, &Accounts::UpdateAgents, request, &reply).error_code(), grpc::StatusCode::NOT_FOUND);
  api::GetAccountRequest get;
  get.set_account("desk");
  api::AccountReply after;
  ASSERT_TRUE(call(*accounts, &Accounts::GetAccount, get, &after).ok());
  EXPECT_EQ(after.mark().seq(), before);
}

TEST_F(AccountMethodsTest, ManyCredentialsAreMadeAnewAndManyAgentsRemoved) {  // LS-17
  import_desk();
  api::RegenerateCredentialsRequest request;
  request.set_account("desk");
  request.set_command_id("cm_01ARZ3NDEKTSV4RRFFQ69G5FA4");
  request.add_agents("ann");
  request.add_agents("bob");
  api::RegenerateCredentialsReply first;
  ASSERT_TRUE(call(*accounts, &Accounts::RegenerateCredentials, request, &first).ok());
  ASSERT_EQ(first.passwords_size(), 2);
  EXPECT_EQ(first.passwords(1).username(), "1002");
  EXPECT_NE(first.passwords(0).password(), first.passwords(1).password());
  api::RegenerateCredentialsReply again;
  ASSERT_TRUE(call(*accounts, &Accounts::RegenerateCredentials, request, &again).ok());
  EXPECT_EQ(again.passwords(0).password(), first.passwords(0).password());
  request.clear_command_id();
  request.add_agents("nobody");
  EXPECT_EQ(call(*accounts, &Accounts::RegenerateCredentials, request, &again).error_code(),
            grpc::StatusCode::NOT_FOUND);

  api::RemoveAgentsRequest removal;
  removal.set_account("desk");
  api::RemoveReply removed;
  EXPECT_EQ(call(*accounts, &Accounts::RemoveAgents, removal, &removed).error_code(),
            grpc::StatusCode::INVALID_ARGUMENT);
  removal.add_agents("ann");
  removal.add_agents("bob");
  ASSERT_TRUE(call(*accounts, &Accounts::RemoveAgents, removal, &removed).ok());
  EXPECT_EQ(account("desk").agents(), 0u);
}

TEST_F(AccountMethodsTest, RemovesWhatIsNotInUse) {
  import_desk();
  api::RemoveQueueRequest queue;
  queue.set_account("desk");
  queue.set_queue("sales");
  api::RemoveReply reply;
  const grpc::Status led_to = call(*accounts, &Accounts::RemoveQueue, queue, &reply);
  EXPECT_EQ(led_to.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_NE(led_to.error_message().find("7001"), std::string::npos) << led_to.error_message();
  api::RemoveNumberRequest number;
  number.set_account("desk");
  number.set_number("7001");
  ASSERT_TRUE(call(*accounts, &Accounts::RemoveNumber, number, &reply).ok());
  ASSERT_TRUE(call(*accounts, &Accounts::RemoveQueue, queue, &reply).ok());
  api::RemoveAgentRequest agent;
  agent.set_account("desk");
  agent.set_agent("bob");
  ASSERT_TRUE(call(*accounts, &Accounts::RemoveAgent, agent, &reply).ok());
  EXPECT_EQ(call(*accounts, &Accounts::RemoveAgent, agent, &reply).error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(account("desk").agents(), 1u);
  EXPECT_EQ(account("desk").queues(), 0u);
}

TEST_F(AccountMethodsTest, WhatIsWrittenIsThereAfterARestart) {
  import_desk();
  const api::Account before = account("desk");
  restart();
  EXPECT_EQ(account("desk").SerializeAsString(), before.SerializeAsString());
  api::ImportAccountReply again;
  ASSERT_TRUE(import(desk_toml(), &again).ok());
  EXPECT_EQ(again.account().id(), before.id());
}

}  // namespace

}  // namespace rf::node
