#include "core/presence/bucket.hpp"
#include "tests/golden/states/matrix.hpp"

namespace rf::core::states {

namespace {

struct Signals {
  Status status;
  WorkState work;
  bool reachable;
  bool external;
  bool queue;
};

std::string yes_no(bool value) { return value ? "yes" : "no"; }

std::string word(WorkState work) {
  switch (work) {
    case WorkState::waiting: return "waiting";
    case WorkState::offering: return "offering";
    case WorkState::in_call: return "in_call";
    case WorkState::wrap_up: return "wrap_up";
  }
  return {};
}

Bucket bucket_for(const Signals& s) {
  Account account;
  Agent agent;
  agent.id = AgentId(Ulid{1, 1});
  agent.status = s.status;
  agent.config.external_endpoint = s.reachable;
  agent.external_calls = s.external ? 1 : 0;
  agent.memberships.push_back(Membership{});
  agent.memberships[0].active = s.queue;
  if (s.work == WorkState::wrap_up) agent.wrapup_until_ts = 1;
  if (s.work == WorkState::offering || s.work == WorkState::in_call) {
    Reservation r;
    r.phase = s.work == WorkState::offering ? Phase::offered : Phase::answered;
    r.offer.queue = QueueId(Ulid{3, 3});
    account.reservations.emplace(ReservationId(Ulid{2, 2}), r);
    agent.live.push_back(ReservationId(Ulid{2, 2}));
  }
  return bucket_of(account, agent);
}

}  // namespace

void bucket_table(std::ostream& out) {
  out << "## Signals to bucket\n\n"
         "The bucket is the first match in the order extcall, incall, offline, unreachable, ring, paused, wrapup, "
         "ready, "
         "idle. `work` is derived from the agent's reservations and wrap-up; `queue` says whether a membership is "
         "active "
         "and not paused. A conversation in no queue (a direct call) counts as external.\n\n";
  write_head(out, {"status", "work", "reachable", "external call", "queue", "bucket"});
  for (const Status status : {Status::offline, Status::not_ready, Status::available, Status::on_break})
    for (const WorkState work : {WorkState::waiting, WorkState::offering, WorkState::in_call, WorkState::wrap_up})
      for (const bool is_reachable : {true, false})
        for (const bool external : {false, true})
          for (const bool queue : {true, false})
            write_row(out, {std::string(core::name_of(status)), word(work), yes_no(is_reachable), yes_no(external),
                            yes_no(queue),
                            std::string(core::name_of(bucket_for({status, work, is_reachable, external, queue})))});
}

}  // namespace rf::core::states
