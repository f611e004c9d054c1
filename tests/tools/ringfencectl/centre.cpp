#include "tests/tools/ringfencectl/centre.hpp"

namespace rf::ctl {

namespace {

constexpr std::int64_t now_ts = 1'000'000'000;

api::Agent& add_agent(api::SnapshotPart& part, const std::string& key, api::Bucket bucket, std::int64_t for_s) {
  api::Agent& agent = *part.add_agents();
  agent.mutable_definition()->set_id("us_" + key);
  agent.mutable_definition()->set_key(key);
  agent.set_bucket(bucket);
  agent.set_bucket_since_ts(now_ts - for_s * 1000);
  for (const char* queue : {"q_sales", "q_support"}) {
    api::Membership& membership = *agent.mutable_definition()->add_memberships();
    membership.set_queue(queue);
    membership.set_active(bucket != api::BUCKET_OFFLINE && (queue == std::string("q_sales") || for_s > 60));
  }
  return agent;
}

api::Call& add_call(api::SnapshotPart& part, const std::string& id, const std::string& caller, std::int64_t for_s) {
  api::Call& call = *part.add_calls();
  call.set_id(id);
  call.set_queue_id("q_sales");
  call.set_caller(caller);
  call.set_state(api::CALL_STATE_WAITING);
  call.set_arrived_ts(now_ts - for_s * 1000);
  return call;
}

void add_offer(api::Call& call, const std::string& reservation, const std::string& agent, api::OfferPhase phase) {
  api::Offer& offer = *call.add_offers();
  offer.set_reservation_id(reservation);
  offer.set_call_id(call.id());
  offer.set_agent_id(agent);
  offer.set_phase(phase);
}

}  // namespace

api::WatchFrame snapshot_of_a_centre() {
  api::WatchFrame frame;
  api::SnapshotPart& part = *frame.mutable_snapshot();
  part.set_version(100);
  part.set_first(true);
  part.set_last(true);
  for (const char* key : {"sales", "support"}) {
    api::Queue& queue = *part.add_queues();
    queue.mutable_definition()->set_id(std::string("q_") + key);
    queue.mutable_definition()->set_key(key);
  }
  add_agent(part, "ada", api::BUCKET_READY, 61);
  add_agent(part, "grace", api::BUCKET_RING, 3);
  add_agent(part, "edsger", api::BUCKET_INCALL, 125);
  add_agent(part, "barbara", api::BUCKET_WRAPUP, 2);
  add_agent(part, "donald", api::BUCKET_PAUSED, 600).set_reason("lunch");
  add_agent(part, "niklaus", api::BUCKET_IDLE, 40);
  add_agent(part, "alan", api::BUCKET_UNREACHABLE, 30);
  add_agent(part, "kathleen", api::BUCKET_EXTCALL, 90);
  add_agent(part, "john", api::BUCKET_OFFLINE, 7200);

  api::Call& answered = add_call(part, "cl_1", "+4930123", 150);
  answered.set_state(api::CALL_STATE_ANSWERED);
  answered.set_answered_ts(now_ts - 125'000);
  answered.set_agent_id("us_edsger");
  add_offer(answered, "rs_1", "us_edsger", api::OFFER_PHASE_ANSWERED);
  api::Call& ringing = add_call(part, "cl_2", "+4930456", 31);
  ringing.set_caller_name("Bob \x1b[31m");
  add_offer(ringing, "rs_2", "us_grace", api::OFFER_PHASE_OFFERED);
  add_call(part, "cl_3", "+4930789", 4);
  return frame;
}

api::WatchFrame frame_of(const api::Fact& fact) {
  api::WatchFrame frame;
  *frame.mutable_deltas()->add_facts() = fact;
  return frame;
}

}  // namespace rf::ctl
