#include "node/report/attendance.hpp"

#include <algorithm>

namespace rf::node {

namespace {

namespace fact = core::fact;
using core::Bucket;

constexpr const char* on_queue = "on_queue";

/// Whether the agent is there for calls, has one, or does what one leaves to do.
bool works(Bucket bucket) {
  return bucket == Bucket::ready || bucket == Bucket::ring || bucket == Bucket::incall || bucket == Bucket::wrapup ||
         bucket == Bucket::extcall;
}

}  // namespace

struct AttendanceBook::Reading {
  const AttendanceBook& book;
  Row& row;
  const Ms ts;

  static PauseKey everywhere() { return {false, QueueId()}; }
  static PauseKey wrapup() { return {true, QueueId()}; }

  void operator()(const fact::LoggedIn&) const {
    if (!row.logged_in_ts && !row.participant) row.logged_in_ts = ts;
  }
  void operator()(const fact::LoggedOut&) const { book.end_login(row, ts); }
  void operator()(const fact::AgentRemoved&) const {
    book.end_login(row, ts);
    while (!row.open.empty()) book.end(row, row.open.begin()->first, ts);
    row.activity.clear();
  }
  void operator()(const fact::StatusSet& f) const {
    book.end(row, everywhere(), ts);
    if (f.status == core::Status::on_break) book.begin(row, everywhere(), f.reason, ts);
  }
  void operator()(const fact::MembershipPaused& f) const {
    book.end(row, {false, f.queue}, ts);
    if (f.paused) book.begin(row, {false, f.queue}, f.reason, ts);
  }
  void operator()(const fact::AgentSet& f) const {
    row.participant = f.config.participant;
    std::vector<PauseKey> left;
    for (const auto& [key, pause] : row.open) {
      const auto is_there = [&, queue = key.second](const core::Membership& m) { return m.queue == queue; };
      if (key.second.set() && std::none_of(f.memberships.begin(), f.memberships.end(), is_there)) left.push_back(key);
    }
    for (const PauseKey& key : left) book.end(row, key, ts);
    for (const core::Membership& m : f.memberships)
      if (m.paused && row.open.count({false, m.queue}) == 0) book.begin(row, {false, m.queue}, m.pause_reason, ts);
  }
  void operator()(const fact::Answered& f) const { row.talking.insert(f.reservation); }
  void operator()(const fact::CallAdopted& f) const {
    if (f.offer.reservation.set()) row.talking.insert(f.offer.reservation);
  }
  void operator()(const fact::LegGone& f) const {
    if (row.talking.erase(f.reservation) == 0) return;
    book.end(row, wrapup(), ts);
    if (f.wrapup_until_ts != 0) book.begin(row, wrapup(), std::string(core::reason::wrapup), ts);
  }
  void operator()(const fact::WrapupEnded&) const { book.end(row, wrapup(), ts); }
  void operator()(const fact::ActivityBegan& f) const { row.activity = f.kind; }
  template <class Other>
  void operator()(const Other&) const {}
};

void AttendanceBook::take(const core::Fact& fact, const Concern& concern) {
  if (fact.ts >= to_ts_) return;
  if (const auto* set = std::get_if<fact::SettingsSet>(&fact.body)) {
    unproductive_.clear();
    for (const core::BreakReason& kind : set->settings.break_reasons)
      if (kind.unproductive) unproductive_.insert(kind.id);
  }
  if (!concern.agent.set()) return;
  Row& row = rows_[concern.agent];
  if (fact.from != fact.to || std::holds_alternative<fact::ActivityBegan>(fact.body) ||
      std::holds_alternative<fact::AgentRemoved>(fact.body)) {
    credit_plan(row, fact.ts);
    row.activity_ts = fact.ts;
    row.bucket = fact.to;
  }
  std::visit(Reading{*this, row, fact.ts}, fact.body);
}

Attendance AttendanceBook::of(AgentId agent) const {
  const auto found = rows_.find(agent);
  if (found == rows_.end()) return {};
  Row row = found->second;
  if (row.logged_in_ts) row.told.logged_in_ms += within(*row.logged_in_ts, to_ts_);
  credit_plan(row, to_ts_);
  for (auto& [key, pause] : row.open) {
    pause.goes_on = true;
    close(row, pause, to_ts_);
  }
  std::stable_sort(row.told.pauses.begin(), row.told.pauses.end(),
                   [](const Pause& a, const Pause& b) { return a.from_ts < b.from_ts; });
  return row.told;
}

void AttendanceBook::begin(Row& row, PauseKey key, const std::string& reason, Ms ts) const {
  Pause pause;
  pause.queue = key.second;
  pause.reason = reason;
  pause.from_ts = ts;
  pause.by_system = key.first || reason == core::reason::missed || reason == core::reason::not_responding;
  pause.unproductive = !pause.by_system && !row.participant && unproductive_.count(reason) > 0;
  row.open[key] = std::move(pause);
}

void AttendanceBook::end(Row& row, PauseKey key, Ms ts) const {
  const auto found = row.open.find(key);
  if (found == row.open.end()) return;
  close(row, found->second, ts);
  row.open.erase(found);
}

void AttendanceBook::end_login(Row& row, Ms ts) const {
  if (row.logged_in_ts) row.told.logged_in_ms += within(*row.logged_in_ts, ts);
  row.logged_in_ts.reset();
  end(row, Reading::everywhere(), ts);
  end(row, Reading::wrapup(), ts);
}

void AttendanceBook::close(Row& row, Pause pause, Ms until_ts) const {
  if (until_ts < from_ts_) return;
  pause.from_ts = std::max(pause.from_ts, from_ts_);
  pause.until_ts = until_ts;
  row.told.pauses.push_back(std::move(pause));
}

void AttendanceBook::credit_plan(Row& row, Ms until_ts) const {
  if (row.activity.empty()) return;
  const Ms ms = within(row.activity_ts, until_ts);
  row.told.planned_ms += ms;
  if (works(row.bucket) == (row.activity == on_queue)) row.told.kept_ms += ms;
}

Ms AttendanceBook::within(Ms since_ts, Ms until_ts) const {
  return std::max<Ms>(0, std::min(until_ts, to_ts_) - std::max(since_ts, from_ts_));
}

}  // namespace rf::node
