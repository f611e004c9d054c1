#include "node/import/toml_account.hpp"

#include <gtest/gtest.h>

#include "core/account/apply.hpp"
#include "core/account/decide.hpp"
#include "node/import/account_plan.hpp"
#include "node/import/export.hpp"
#include "process/zones.hpp"

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

/// Every key that a file may have, in the order and form in which it is written.
constexpr const char* full_text = R"([account]
key = "desk"
name = "A \"desk\" \\ x"
auto_ready_on_login = true
auto_queue_login = false
wrapup = "3s"
availability = "follow_reachability"
time_zone = "Europe/Berlin"
day_end = "04:30"
auto_logoff = true
stale_after = "1m"
paused_agents_may_call = true
paused_participants_may_not_call = true
not_ready_off_shift = true
outbound_trunk = "t"
direct_ring = "25s"
direct_max_wait = "0s"
domains = ["a.test"]

[[break_reason]]
id = "lunch"
labels = [{language = "en", text = "Lunch"}, {language = "de", text = "Mittag"}]
unproductive = true
max = "30m"

[[trunk]]
name = "t"
address = "192.0.2.1"

[[queue]]
key = "q"
name = "Q"
strategy = "skill-based"
numbers = ["1", "2"]
ring_timeout = "15s"
max_wait = "2m"
wrapup = "0s"
weight = -1
ring_all_width = 5
reject_delay = "1s"
busy_delay = "2s"
no_answer_delay = "3s"
ring_step = "5s"
tiers = {min = 1, max = 3}
tier_rules = {wait = "30s", multiply = true, wait_for_absent = true}
required = [{name = "german", level = 3}, {name = "sales", level = 1}]
preferred = [{name = "vip", level = 2}]
widening = [{after = "20s", levels_off = 1}, {after = "40s", tiers = {max = 9}, skills_off = ["sales", "*"]}]
sticky = {mode = "wait", window = "7d", wait = "10s", wait_for_absent = true}
base_score = "1m"
len_max = 50
long_wait = "10m"
join_empty = ["nobody_logged_in", "paused"]
leave_empty = ["unreachable", "busy"]
no_agent = "45s"
no_agent_grace = "7s"
talking_max = 4
overflow = [{when = "full", to = "queue", queue = "r"}, {when = "key", key = "1", to = "callback"}, {when = "no_agent", to = "agent", agent = "a"}, {when = "max_wait", to = "address", address = "+4930123456"}, {when = "closed", to = "hang_up"}]
hours = [{weekdays = ["monday", "friday"], from = "09:00", until = "17:30"}, {weekdays = ["sunday"], from = "22:00", until = "24:00"}]
abandoned_resume = true
abandoned_keep = "30s"
announce_position = true
announce_wait = true
announce_every = "20s"
no_answer_max = 0
dispositions = true
outcomes = [{category = "success", outcome = "sold"}, {category = "fail", outcome = "no money"}]
wrapup_max = "90s"
record = true
sla = "30s"
sla_percent = 90
outbound_resets_idle = true

[[queue]]
key = "r"
strategy = "longest-idle-agent"
ring_timeout = "20s"
max_wait = "5m"
weight = 0
ring_all_width = 20
reject_delay = "10s"
busy_delay = "1m"
no_answer_delay = "0s"
no_agent_grace = "5s"
overflow = [{when = "full", to = "queue", queue = "q"}]
abandoned_keep = "1m"
no_answer_max = 3
sla = "20s"
sla_percent = 80

[[agent]]
key = "a"
role = "agent"
extension = "1001"
max_concurrent = 2
priority = 70
wrapup = "1500ms"
skills = [{name = "german", level = 10}]
follow_me = "+49170123456"
auto_answer = "optional"
outbound_queue = "q"
caller_ids = ["+4930111", "+4930222"]
default_caller_id = "+4930222"

[[agent.membership]]
queue = "q"
mode = "mandatory"
tier_level = 2
position = 3
delay = "4s"
wrapup = "0s"

[[agent]]
key = "robot"
role = "agent"
max_concurrent = 20
priority = 50
kind = "bot"
participant = true
uri = "sip:bot@192.0.2.9"

[[number]]
number = "3"
agent = "a"

[[number]]
number = "4"
queue = "q"
agent = "a"
hours = [{weekdays = ["monday"], from = "08:00", until = "12:00"}]
closed = {to = "address", address = "sip:voicemail@192.0.2.9"}
)";

/// The account that an empty node makes of the text.
core::Account account_of(const std::string& text) {
  core::Account account;
  account.id = AccountId(Ulid{1, 1});
  const auto definition = account_of_toml(text, "desk.toml");
  EXPECT_TRUE(definition.ok()) << definition.error().what;
  if (!definition) return account;
  const process::Secret key{"key"};
  const auto no_secret = [](const std::string&) -> Result<std::string> { return Error{Code::not_found, "none"}; };
  const auto plan = plan_import(*definition, {account, CommandId(Ulid{5, 1}), key, no_secret});
  EXPECT_TRUE(plan.ok()) << plan.error().what;
  if (!plan) return account;
  const process::SystemClock clock;
  const process::SystemZones zones(clock);
  core::Now now;
  now.ts = 1'767'225'600'000;
  now.zones = &zones;
  core::Decision decision = core::decide(account, plan->import, now);
  EXPECT_TRUE(decision.reply.ok()) << decision.reply.what;
  for (core::Fact& fact : decision.facts) core::stamp_and_apply(account, fact);
  return account;
}

TEST(TomlAccountTest, EveryKeyComesBackAsItWasRead) {
  const auto read = account_of_toml(full_text, "desk.toml");
  ASSERT_TRUE(read.ok()) << read.error().what;
  EXPECT_EQ(toml_of(*read), full_text);
}

TEST(TomlAccountTest, TheExportOfAnImportEqualsIt) {
  const core::Account account = account_of(full_text);
  const std::string exported = toml_of(definition_of(account));
  EXPECT_EQ(exported, full_text);
  const core::Account again = account_of(exported);
  EXPECT_EQ(again.settings, account.settings);
  EXPECT_EQ(again.numbers, account.numbers);
  for (const auto& [id, queue] : account.queues) EXPECT_EQ(again.queues.at(id).config, queue.config);
  for (const auto& [id, agent] : account.agents) EXPECT_EQ(again.agents.at(id).config, agent.config);
}

TEST(TomlAccountTest, StrategiesHaveTheNamesOfOtherSystemsToo) {
  const auto strategy = [](const std::string& name) {
    return account_of_toml("[account]\nkey = \"d\"\n[[queue]]\nkey = \"q\"\nstrategy = \"" + name + "\"\n", "d.toml");
  };
  EXPECT_EQ(strategy("rrmemory")->queues(0).strategy(), api::STRATEGY_ROUND_ROBIN);
  EXPECT_EQ(strategy("top-down")->queues(0).strategy(), api::STRATEGY_TOP_DOWN);
  EXPECT_EQ(strategy("skill-based")->queues(0).strategy(), api::STRATEGY_SKILL_BASED);
  const auto wrong = strategy("top-dwn");
  ASSERT_FALSE(wrong.ok());
  EXPECT_NE(wrong.error().what.find("d.toml:5:"), std::string::npos) << wrong.error().what;
  EXPECT_NE(wrong.error().what.find("\"top-down\""), std::string::npos) << wrong.error().what;
  EXPECT_NE(wrong.error().what.find("weighted-random"), std::string::npos) << wrong.error().what;
}

TEST(TomlAccountTest, WordsAndTimesThatAreNoneAreNamed) {
  const std::string queue = "[account]\nkey = \"d\"\n[[queue]]\nkey = \"q\"\n";
  EXPECT_NE(refusal(queue + "join_empty = [\"asleep\"]\n").find("nobody_logged_in"), std::string::npos);
  EXPECT_NE(refusal(queue + "hours = [{weekdays = [\"moonday\"]}]\n").find("desk.toml:5:"), std::string::npos);
  for (const std::string time : {"9:00", "24:01", "12:60", "noon!", "-1:00", "12:3x"})
    EXPECT_NE(refusal(queue + "hours = [{from = \"" + time + "\"}]\n").find("08:30"), std::string::npos) << time;
  EXPECT_NE(refusal(queue + "sticky = {mode = \"glued\"}\n").find("prefer"), std::string::npos);
  EXPECT_NE(refusal(queue + "overflow = [{when = \"tired\"}]\n").find("join_empty"), std::string::npos);
  EXPECT_NE(refusal(queue + "tiers = {mini = 1}\n").find("\"min\""), std::string::npos);
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
