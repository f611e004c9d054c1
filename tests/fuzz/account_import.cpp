// The import of an account: any text gives an account or a sentence, and what is exported imports as the same account.
#include <cstdio>
#include <fstream>
#include <iterator>
#include <optional>

#include "core/account/apply.hpp"
#include "core/account/decide.hpp"
#include "core/base/assert.hpp"
#include "node/import/account_plan.hpp"
#include "node/import/export.hpp"
#include "node/import/toml_account.hpp"
#include "tests/fuzz/filler.hpp"
#include "tests/fuzz/target.hpp"

namespace rf::fuzz {
namespace {

using namespace node;

/// The account that an empty node makes of the definition; nothing when it refuses.
std::optional<core::Account> imported(const api::AccountDefinition& definition) {
  core::Account account;
  account.id = AccountId(Ulid{1, 1});
  const process::Secret key{"key"};
  const auto no_secret = [](const std::string&) -> Result<std::string> { return Error{Code::not_found, "none"}; };
  const auto plan = plan_import(definition, {account, CommandId(Ulid{5, 1}), key, no_secret});
  if (!plan) {
    RF_ASSERT(!plan.error().what.empty());
    return std::nullopt;
  }
  core::Decision decision = core::decide(account, plan->import, {.ts = 1000, .epoch_start_ts = 0, .edges = nullptr});
  if (!decision.reply.ok()) {
    RF_ASSERT(!decision.reply.what.empty() && decision.facts.empty());
    return std::nullopt;
  }
  for (core::Fact& fact : decision.facts) core::stamp_and_apply(account, fact);
  return account;
}

void import_and_export(const api::AccountDefinition& definition) {
  const auto account = imported(definition);
  if (!account) return;
  const std::string exported = toml_of(definition_of(*account));
  const auto read = account_of_toml(exported, "exported");
  if (!read) std::fprintf(stderr, "%s\n%s\n", exported.c_str(), read.error().what.c_str());
  RF_ASSERT(read.ok());
  const auto again = imported(*read);
  RF_ASSERT(again.has_value());
  RF_ASSERT(toml_of(definition_of(*again)) == exported);
}

void read_text(std::string_view text) {
  const auto definition = account_of_toml(std::string(text), "file");
  if (definition)
    import_and_export(*definition);
  else
    RF_ASSERT(definition.error().what.starts_with("file:"));
}

/// What a client may send instead of a text: a small good account with one part of it as the input says.
void read_message(std::string_view bytes) {
  api::AccountDefinition definition;
  definition.mutable_settings()->set_key("desk");
  definition.add_domains("a.test");
  definition.add_queues()->set_key("q");
  definition.add_agents()->set_key("a");
  definition.mutable_agents(0)->add_memberships()->set_queue("q");
  definition.add_numbers()->set_number("1");
  definition.mutable_numbers(0)->set_queue("q");
  api::Overflow& rule = *definition.mutable_queues(0)->add_overflow();
  rule.set_when(api::OVERFLOW_WHEN_FULL);
  rule.set_to(api::OVERFLOW_TO_AGENT);
  rule.set_agent("a");
  const auto [part, rest] = choice_of(bytes, 8);
  switch (part) {
    case 0: Filler(rest).fill(definition); break;
    case 1: Filler(rest).fill(*definition.mutable_settings()); break;
    case 2: Filler(rest).fill(*definition.mutable_queues(0)); break;
    case 3: Filler(rest).fill(*definition.mutable_agents(0)); break;
    case 4: Filler(rest).fill(rule); break;
    case 5: Filler(rest).fill(*definition.mutable_numbers(0)); break;
    case 6: Filler(rest).fill(*definition.mutable_queues(0)->add_widening()); break;
    default: Filler(rest).fill(*definition.mutable_agents(0)->mutable_memberships(0)); break;
  }
  import_and_export(definition);
}

}  // namespace

void run(std::string_view input) {
  const auto [way, rest] = choice_of(input, 2);
  if (way == 0)
    read_text(rest);
  else
    read_message(rest);
}

std::vector<std::string> seeds() {
  std::ifstream sample("deploy/samples/front-desk.toml");
  const std::vector<std::string> texts = {
      std::string(std::istreambuf_iterator<char>(sample), {}),
      "[account]\nkey = \"d\"\nname = \"D \\u00e9\"\nauto_ready_on_login = true\nwrapup = \"3s\"\ndomains = "
      "[\"A.test\"]\n"
      "[[trunk]]\nname = \"t\"\naddress = \"::ffff:192.0.2.1\"\n"
      "[[queue]]\nkey = \"q\"\nstrategy = \"ring-all\"\nnumbers = [\"1\"]\nring_timeout = \"15s\"\nweight = -1\n"
      "ring_all_width = 5\nmax_wait = \"2m\"\nreject_delay = \"1s\"\n"
      "[[agent]]\nkey = \"a\"\nrole = \"supervisor\"\nextension = \"1\"\nmax_concurrent = 2\npriority = 70\n"
      "external_endpoint = true\ngenerate_password = true\n"
      "[[agent.membership]]\nqueue = \"q\"\nmode = \"dynamic\"\ntier_level = 2\nposition = 3\ndelay = \"4s\"\n",
      "[account]\nkey = \"d\"\navailability = \"follow_reachability\"\ntime_zone = \"UTC\"\nday_end = \"04:30\"\n"
      "[[break_reason]]\nid = \"lunch\"\nlabels = [{language = \"en\", text = \"Lunch\"}]\nmax = \"30m\"\n"
      "[[trunk]]\nname = \"t\"\naddress = \"192.0.2.1\"\n"
      "[[queue]]\nkey = \"q\"\nstrategy = \"rrmemory\"\nrequired = [{name = \"b\", level = 3}, {name = \"a\"}]\n"
      "widening = [{after = \"20s\", tiers = {max = 9}, skills_off = [\"*\"]}]\ntier_rules = {wait = \"30s\"}\n"
      "sticky = {mode = \"wait\", window = \"7d\"}\njoin_empty = [\"paused\", \"busy\"]\nno_answer_max = 0\n"
      "overflow = [{when = \"key\", key = \"1\", to = \"agent\", agent = \"a\"}, {when = \"full\", to = \"queue\", "
      "queue = \"r\"}]\nhours = [{weekdays = [\"monday\"], from = \"22:00\", until = \"24:00\"}, {}]\n"
      "outcomes = [{category = \"success\", outcome = \"sold\"}]\n"
      "[[queue]]\nkey = \"r\"\noverflow = [{when = \"closed\", to = \"queue\", queue = \"q\"}]\n"
      "[[agent]]\nkey = \"a\"\nskills = [{name = \"x\"}]\nfollow_me = \"+49170123\"\nauto_answer = \"on\"\n"
      "outbound_queue = \"q\"\ncaller_ids = [\"+49301\"]\ndefault_caller_id = \"+49301\"\n"
      "[[agent]]\nkey = \"bot\"\nkind = \"bot\"\nuri = \"sip:b@192.0.2.2\"\nparticipant = true\n"
      "[[number]]\nnumber = \"2\"\nagent = \"a\"\nclosed = {to = \"address\", address = \"sip:v@192.0.2.3\"}\n",
      "[account]\nkey = \"d\"\ndomains = [\"a\"]\n[[agent]]\nkey = \"a\"\nusername = \"u\"\npassword = \"p\"\n",
      "account = {key = \"d\"}\nagent = [{key = \"a\", name = \"\\u0001\\u007f\"}]\nqueue = [{key = 'q'}, {}]\n",
  };
  std::vector<std::string> out;
  for (const std::string& text : texts) out.push_back(chosen(0, text));
  for (std::uint8_t part = 0; part < 8; ++part) {
    out.push_back(chosen(1, chosen(part, std::string(40, '\x0a'))));
    out.push_back(chosen(1, chosen(part, std::string("\xf1q\xf1q\x00\x01\x00\x02", 8) + std::string(40, '\x09'))));
  }
  // A queue with the smallest weight.
  out.push_back(chosen(1, chosen(2, std::string("\1\1\1\1\1\1\1\0\xfd", 9))));
  return out;
}

}  // namespace rf::fuzz
