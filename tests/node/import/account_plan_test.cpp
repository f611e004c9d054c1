#include "node/import/account_plan.hpp"

#include <gtest/gtest.h>

#include "core/account/apply.hpp"
#include "core/account/decide.hpp"

namespace rf::node {

namespace {

namespace command = core::command;

class AccountPlanTest : public ::testing::Test {
 protected:
  AccountPlanTest() {
    account.id = AccountId(Ulid{1, 1});
    definition.mutable_settings()->set_key("desk");
    definition.add_domains("Desk.Test");
    definition.add_queues()->set_key("sales");
    api::AgentDefinition& agent = *definition.add_agents();
    agent.set_key("ann");
    agent.set_extension("1001");
    agent.add_memberships()->set_queue("sales");
    definition.add_credentials()->set_agent("ann");
  }

  Result<AccountPlan> plan(CommandId id) {
    return plan_import(definition, {account, id, key, [this](const std::string& name) -> Result<std::string> {
                                      const auto found = secrets.find(name);
                                      if (found == secrets.end()) return Error{Code::not_found, "none"};
                                      return found->second;
                                    }});
  }
  /// Carries the plan out.
  void carry_out(const AccountPlan& planned) {
    const core::Decision decision =
        core::decide(account, planned.import, {.ts = 1000, .epoch_start_ts = 0, .edges = nullptr});
    ASSERT_TRUE(decision.reply.ok()) << decision.reply.what;
    for (core::Fact fact : decision.facts) core::stamp_and_apply(account, fact);
    for (const storage::Secret& secret : planned.secrets) secrets[secret.name] = secret.value;
  }

  api::AccountDefinition definition;
  core::Account account;
  const process::Secret key{"key"};
  std::map<std::string, std::string> secrets;
  const CommandId first{Ulid{5, 1}};
  const CommandId second{Ulid{5, 2}};
};

TEST_F(AccountPlanTest, PlansNamesStepsAndSecrets) {
  const auto planned = plan(first);
  ASSERT_TRUE(planned.ok()) << planned.error().what;
  ASSERT_EQ(planned->names.size(), 2u);
  EXPECT_EQ(planned->names[1].text, "desk.test");
  EXPECT_EQ(planned->import.steps.size(), 5u);
  ASSERT_EQ(planned->secrets.size(), 1u);
  ASSERT_EQ(planned->passwords.size(), 1u);
  EXPECT_EQ(planned->passwords[0].username, "1001");
  EXPECT_EQ(planned->secrets[0].value.find(planned->passwords[0].password), std::string::npos);
  carry_out(*planned);
  EXPECT_EQ(account.index.agent_by_username.count("1001"), 1u);
}

TEST_F(AccountPlanTest, TheSameCommandGivesTheSameIdsAndPasswords) {
  const auto planned = plan(first);
  carry_out(*planned);
  const AgentId ann = account.index.agent_by_key.at("ann");
  const auto repeated = plan(first);
  ASSERT_TRUE(repeated.ok());
  ASSERT_EQ(repeated->passwords.size(), 1u);
  EXPECT_EQ(repeated->passwords[0].password, planned->passwords[0].password);
  EXPECT_EQ(repeated->passwords[0].agent, ann);
}

TEST_F(AccountPlanTest, AnotherImportLeavesCredentialsAloneThatAreAsWanted) {
  carry_out(*plan(first));
  const auto again = plan(second);
  ASSERT_TRUE(again.ok());
  EXPECT_TRUE(again->secrets.empty());
  EXPECT_TRUE(again->passwords.empty());
  const auto facts = core::decide(account, again->import, {.ts = 2000, .epoch_start_ts = 0, .edges = nullptr}).facts;
  EXPECT_TRUE(facts.empty());
  definition.mutable_credentials(0)->set_password("a chosen one");
  EXPECT_EQ(plan(second)->secrets.size(), 1u);
  carry_out(*plan(second));
  EXPECT_TRUE(plan(CommandId(Ulid{5, 3}))->secrets.empty());
  definition.add_domains("second.test");
  EXPECT_EQ(plan(second)->secrets.size(), 1u);  // the hashes of the new domain are missing
}

TEST_F(AccountPlanTest, AnImportThatOnlyNamesTheAccountLeavesItsSettings) {
  definition.mutable_settings()->set_name("Front desk");
  definition.mutable_settings()->set_auto_queue_login(true);
  definition.mutable_settings()->set_wrapup_ms(3000);
  carry_out(*plan(first));
  api::AccountDefinition partly;
  partly.mutable_settings()->set_key("desk");
  partly.mutable_settings()->set_auto_ready_on_login(true);
  definition = partly;
  carry_out(*plan(second));
  EXPECT_EQ(account.settings.name, "Front desk");
  EXPECT_TRUE(account.settings.auto_queue_login);
  EXPECT_TRUE(account.settings.auto_ready_on_login);
  EXPECT_EQ(account.settings.wrapup_ms, 3000);
  EXPECT_EQ(account.agents.size(), 1u);
}

TEST_F(AccountPlanTest, QueuesMayOverflowToWhatComesLaterAndInCircles) {
  const auto overflow_to = [&](int from, const std::string& to) {
    api::Overflow& rule = *definition.mutable_queues(from)->add_overflow();
    rule.set_when(api::OVERFLOW_WHEN_FULL);
    rule.set_to(api::OVERFLOW_TO_QUEUE);
    rule.set_queue(to);
  };
  definition.add_queues()->set_key("late");
  overflow_to(0, "late");
  overflow_to(1, "sales");
  api::Overflow& closed = *definition.mutable_queues(0)->add_overflow();
  closed.set_when(api::OVERFLOW_WHEN_CLOSED);
  closed.set_to(api::OVERFLOW_TO_AGENT);
  closed.set_agent("ann");
  carry_out(*plan(first));
  const auto& config = account.queues.at(account.index.queue_by_key.at("sales")).config;
  ASSERT_EQ(config.overflow.size(), 2u);
  EXPECT_EQ(config.overflow[0].queue, account.index.queue_by_key.at("late"));
  EXPECT_EQ(config.overflow[1].agent, account.index.agent_by_key.at("ann"));
  core::Now now;
  now.ts = 2000;
  EXPECT_TRUE(core::decide(account, plan(second)->import, now).facts.empty());
}

TEST_F(AccountPlanTest, WhatCannotBeIsRefused) {
  definition.mutable_agents(0)->mutable_memberships(0)->set_queue("nowhere");
  EXPECT_EQ(plan(first).error().code, Code::not_found);
  EXPECT_NE(plan(first).error().what.find("ann"), std::string::npos);
  definition.mutable_agents(0)->mutable_memberships(0)->set_queue("sales");
  definition.add_queues()->set_key("sales");
  EXPECT_EQ(plan(first).error().code, Code::invalid_argument);
  definition.mutable_queues()->RemoveLast();
  definition.clear_domains();
  EXPECT_EQ(plan(first).error().code, Code::failed_precondition);
  definition.clear_settings();
  EXPECT_EQ(plan(first).error().code, Code::invalid_argument);
}

}  // namespace

}  // namespace rf::node
