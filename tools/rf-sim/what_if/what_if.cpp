#include "tools/rf-sim/what_if/what_if.hpp"

#include <cstdio>
#include <limits>
#include <memory>
#include <optional>

#include "core/account/apply.hpp"
#include "process/clock.hpp"
#include "process/zones.hpp"
#include "storage/inspection.hpp"
#include "tools/rf-sim/what_if/changes.hpp"
#include "tools/rf-sim/what_if/replayed_day.hpp"
#include "tools/rf-sim/what_if/score.hpp"
#include "tools/ringfencectl/words.hpp"

namespace rf::what_if {

const char* const usage =
    "       rf-sim what-if --log DIR --set queue.KEY.FIELD=VALUE [--set ...]\n"
    "                      [--account KEY|ID] [--from TIME] [--to TIME]\n"
    "  --log DIR         the folder `log` in a node's data directory, or a copy of it; it is only read\n"
    "  --set ...         a setting that differs, by the names of an account file: queue.sales.strategy=ring-all,\n"
    "                    queue.sales.ring_timeout=15s, agent.ada.max_concurrent=2, account.wrapup=10s\n"
    "  --account         may be absent when the log holds one account\n"
    "  --from, --to      \"2026-05-01 08:00:00\" of this machine's time zone, or a day; all that is recorded when "
    "absent\n";

namespace {

struct Asked {
  std::string log;
  std::string account;
  Ms from_ts = 0;
  Ms to_ts = std::numeric_limits<Ms>::max();
  std::vector<Change> changes;
};

Result<Ms> instant(const std::string& name, const std::string& text) {
  if (const auto ts = ctl::instant_of(text, process::SystemClock().wall_ms())) return *ts;
  return Error{Code::invalid_argument,
               name + " must be a date and time such as \"2026-05-01 14:00:00\", not \"" + text + "\""};
}

Result<Asked> asked_of(const std::vector<std::string>& arguments) {
  Asked asked;
  for (std::size_t i = 0; i < arguments.size(); i += 2) {
    const std::string& name = arguments[i];
    if (i + 1 == arguments.size()) return Error{Code::invalid_argument, name + " lacks its value"};
    const std::string& value = arguments[i + 1];
    Result<void> taken;
    if (name == "--log") {
      asked.log = value;
    } else if (name == "--account") {
      asked.account = value;
    } else if (name == "--from" || name == "--to") {
      const auto ts = instant(name, value);
      if (!ts) return ts.error();
      (name == "--from" ? asked.from_ts : asked.to_ts) = *ts;
    } else if (name == "--set") {
      auto change = change_of(value);
      if (!change) return change.error();
      asked.changes.push_back(std::move(*change));
    } else {
      return Error{Code::invalid_argument, "there is no " + name};
    }
  }
  if (asked.log.empty()) return Error{Code::invalid_argument, "--log is missing: name the folder of a log"};
  if (asked.from_ts >= asked.to_ts) return Error{Code::invalid_argument, "--from must be before --to"};
  return asked;
}

/// The last key that the account had.
Result<std::string> key_of(const storage::Inspection& log, AccountId account) {
  std::string key;
  const auto read = log.history(account, 1, [&](const core::Fact& fact) {
    if (const auto* set = std::get_if<core::fact::SettingsSet>(&fact.body)) key = set->settings.key;
    return true;
  });
  if (!read) return read.error();
  return key;
}

Result<AccountId> account_of(const storage::Inspection& log, const std::string& wanted) {
  const auto accounts = log.accounts();
  if (!accounts) return accounts.error();
  if (wanted.empty() && accounts->size() == 1) return accounts->front();
  std::string known;
  for (const AccountId account : *accounts) {
    const auto key = key_of(log, account);
    if (!key) return key.error();
    if (!wanted.empty() && (*key == wanted || account.text() == wanted)) return account;
    known += (known.empty() ? "" : ", ") + *key;
  }
  return Error{Code::not_found, wanted.empty() ? "the log holds several accounts, name one by --account: " + known
                                               : "the log holds no account \"" + wanted + "\", but: " + known};
}

/// What the rules made of the day.
struct Played {
  Score score;
  std::uint64_t refused = 0;
};
Result<Played> play(const RecordedDay& day, const std::vector<Change>& changes, const Zones& zones) {
  node::Summary summary(day.from_ts, day.to_ts);
  core::Account account;
  account.id = day.account;
  Changes wanted(changes);
  ReplayedDay replayed(
      day, [&](const core::Account& now) { return wanted.import_of(now); }, zones);
  const auto done = replayed.run([&](const core::Fact& fact) {
    core::apply(account, fact);
    summary.take(fact);
  });
  if (!done) return done.error();
  if (const auto met = wanted.all_met(); !met) return met.error();
  return Played{score_of(summary, account), replayed.refused()};
}

Result<std::string> compared(const Asked& asked) {
  const auto log = storage::Inspection::open(asked.log, nullptr);
  if (!log) return log.error();
  const auto account = account_of(**log, asked.account);
  if (!account) return account.error();
  // What is recorded ends with its last fact: nobody is known to wait, or to be free, for longer.
  Ms from_ts = asked.from_ts;
  Ms last_ts = 0;
  const auto looked = (*log)->history(*account, 1, [&](const core::Fact& fact) {
    if (from_ts == 0) from_ts = fact.ts;
    if (fact.ts < asked.to_ts) last_ts = fact.ts;
    return fact.ts < asked.to_ts;
  });
  if (!looked) return looked.error();
  if (last_ts < from_ts) return Error{Code::not_found, "nothing is recorded of that time"};
  const Ms to_ts = last_ts + 1;
  Recorder recorder(*account, from_ts, to_ts);
  node::Summary summary(from_ts, to_ts);
  core::Account then;
  then.id = *account;
  const auto read = (*log)->history(*account, 1, [&](const core::Fact& fact) {
    if (!recorder.take(fact)) return false;
    core::apply(then, fact);
    summary.take(fact);
    return true;
  });
  if (!read) return read.error();
  const RecordedDay day = recorder.day();
  const process::SystemClock clock;
  const process::SystemZones zones(clock);
  const auto same = play(day, {}, zones);
  if (!same) return same.error();
  const auto other = play(day, asked.changes, zones);
  if (!other) return other.error();
  std::string out = ctl::date_text(from_ts) + " to " + ctl::date_text(last_ts) + "\n";
  out += table_of({{"recorded", score_of(summary, then)}, {"replayed", same->score}, {"what if", other->score}});
  out += "`replayed` is the same day under its own settings: what it differs from `recorded` is the replay's error.\n";
  if (day.calls_left_out > 0)
    out += std::to_string(day.calls_left_out) + " calls are left out: outbound, or live when the time began.\n";
  if (other->refused > same->refused)
    out += std::to_string(other->refused - same->refused) +
           " recorded requests more than under the own settings were not possible.\n";
  return out;
}

int fail(const Error& error, int exit_code) {
  std::fprintf(stderr, "rf-sim: %s\n", error.what.c_str());
  return exit_code;
}

}  // namespace

int run(const std::vector<std::string>& arguments) {
  const auto asked = asked_of(arguments);
  if (!asked) return fail(asked.error(), 2);
  const auto out = compared(*asked);
  if (!out) return fail(out.error(), 1);
  std::fputs(out->c_str(), stdout);
  return 0;
}

}  // namespace rf::what_if
