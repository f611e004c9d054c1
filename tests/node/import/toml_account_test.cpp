#include "node/import/toml_account.hpp"

#include <gtest/gtest.h>

namespace rf::node {

namespace {

std::string refusal(const std::string& text) {
  const auto account = account_of_toml(text, "desk.toml");
  EXPECT_FALSE(account.ok()) << text;
  return account.ok() ? "" : account.error().what;
}

TEST(TomlAccountTest, ReadsEveryKey) {
  const auto account = account_of_toml(
      "[account]\nkey = \"desk\"\nname = \"Desk\"\nwrapup = \"3s\"\nauto_queue_login = true\ndomains = [\"a.test\", "
      "\"b.test\"]\n"
      "[[trunk]]\nname = \"t\"\naddress = \"192.0.2.1\"\n"
      "[[queue]]\nkey = \"q\"\nstrategy = \"ring-all\"\nnumbers = [\"1\", \"2\"]\nring_timeout = \"15s\"\nmax_wait = "
      "\"2m\"\n"
      "weight = -1\nring_all_width = 5\nreject_delay = \"1s\"\nbusy_delay = \"2s\"\nno_answer_delay = \"3s\"\n"
      "[[agent]]\nkey = \"a\"\nrole = \"supervisor\"\nextension = \"1001\"\nmax_concurrent = 2\npriority = 70\nwrapup "
      "= \"5s\"\n"
      "external_endpoint = true\nusername = \"u\"\npassword = \"p\"\n"
      "[[agent.membership]]\nqueue = \"q\"\nmode = \"mandatory\"\ntier_level = 2\nposition = 3\ndelay = \"4s\"\nwrapup "
      "= \"0s\"\n",
      "desk.toml");
  ASSERT_TRUE(account.ok()) << account.error().what;
  EXPECT_EQ(account->settings().wrapup_ms(), 3000);
  EXPECT_TRUE(account->settings().auto_queue_login());
  EXPECT_EQ(account->domains_size(), 2);
  EXPECT_EQ(account->trunks(0).address(), "192.0.2.1");
  const api::QueueDefinition& queue = account->queues(0);
  EXPECT_EQ(queue.strategy(), api::STRATEGY_RING_ALL);
  EXPECT_EQ(queue.ring_timeout_ms(), 15000);
  EXPECT_EQ(queue.max_wait_ms(), 120000);
  EXPECT_EQ(queue.weight(), -1);
  EXPECT_EQ(queue.ring_all_width(), 5u);
  EXPECT_FALSE(queue.has_wrapup_ms());
  EXPECT_EQ(account->numbers(1).queue(), "q");
  const api::AgentDefinition& agent = account->agents(0);
  EXPECT_EQ(agent.role(), api::ROLE_SUPERVISOR);
  EXPECT_EQ(agent.max_concurrent(), 2u);
  EXPECT_EQ(agent.priority(), 70);
  EXPECT_EQ(agent.memberships(0).mode(), api::MEMBERSHIP_MODE_MANDATORY);
  EXPECT_EQ(agent.memberships(0).delay_ms(), 4000);
  EXPECT_TRUE(agent.memberships(0).has_wrapup_ms());
  EXPECT_EQ(account->credentials(0).username(), "u");
  EXPECT_EQ(account->credentials(0).password(), "p");
}

TEST(TomlAccountTest, MistakesAreNamedWithTheirLines) {
  EXPECT_NE(refusal("[account]\nname = \"x\"\n").find("key"), std::string::npos);
  EXPECT_NE(refusal("[account]\nkey = \"d\"\n[[queu]]\nkey = \"q\"\n").find("\"queue\""), std::string::npos);
  const std::string several = refusal("[account]\nkey = \"d\"\nwrapup = 3\n[[agent]]\nkey = \"a\"\nrole = \"boss\"\n");
  EXPECT_NE(several.find("desk.toml:3:"), std::string::npos) << several;
  EXPECT_NE(several.find("desk.toml:6:"), std::string::npos) << several;
  EXPECT_NE(refusal("[account\n").find("desk.toml:1"), std::string::npos);
  const std::string both =
      refusal("[account]\nkey = \"d\"\n[[agent]]\nkey = \"a\"\npassword = \"p\"\ngenerate_password = true\n");
  EXPECT_NE(both.find("desk.toml:5:"), std::string::npos) << both;
  EXPECT_NE(refusal("[account]\nkey = \"d\"\n[[agent]]\nkey = \"a\"\nusername = \"u\"\n").find("generate_password"),
            std::string::npos);
}

TEST(TomlAccountTest, WritesWhatItReads) {
  const std::string text = "[account]\nkey = \"desk\"\nname = \"A \\\"desk\\\" \\\\ x\"\nauto_ready_on_login = "
                           "false\nauto_queue_login = true\n"
                           "wrapup = \"3s\"\ndomains = [\"a.test\"]\n\n"
                           "[[trunk]]\nname = \"t\"\naddress = \"192.0.2.1\"\n\n"
                           "[[agent]]\nkey = \"a\"\nrole = \"agent\"\nextension = \"1001\"\nmax_concurrent = "
                           "1\npriority = 50\nwrapup = \"1500ms\"\n";
  const auto account = account_of_toml(text, "desk.toml");
  ASSERT_TRUE(account.ok()) << account.error().what;
  EXPECT_EQ(toml_of(*account), text);
}

}  // namespace

}  // namespace rf::node
