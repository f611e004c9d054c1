#include "tools/rf-load/phones.hpp"

#include <algorithm>
#include <utility>

namespace rf::load {

Phones::Phones(UdpSocket& socket, const Options& options, Names& names, Book& book,
               std::function<void(CallIndex, Us)> on_connected)
    : socket_(socket), options_(options), names_(names), book_(book), on_connected_(std::move(on_connected)),
      of_agent_(options.agents) {}

void Phones::on_request(const Message& request, std::string_view text, const Peer& from, Us now_us) {
  const auto agent = names_.agent_named(user_of(request.uri));
  if (!agent || *agent >= of_agent_.size()) {
    // Some servers ask whether the address lives, without naming an agent.
    return refuse(request, request.method == "OPTIONS" ? 200 : 404, from);
  }
  if (const std::uint64_t number = leg_of(*agent, request.call_id); number != 0) {
    legs_.at(number).machine->on_message(request, now_us, out_);
    return flush(number, now_us);
  }
  if (request.method == "INVITE" && tag_of(request.to).empty()) return offer(request, text, *agent, from, now_us);
  refuse(request, request.method == "OPTIONS" ? 200 : 481, from);
}

void Phones::on_answer(const Message& answer, Us now_us) {
  const auto agent = names_.agent_named(user_of(uri_in(answer.from)));
  if (!agent || *agent >= of_agent_.size()) return;
  const std::uint64_t number = leg_of(*agent, answer.call_id);
  if (number == 0) return;
  legs_.at(number).machine->on_message(answer, now_us, out_);
  flush(number, now_us);
}

std::uint64_t Phones::leg_of(AgentIndex agent, std::string_view call_id) const {
  const auto& numbers = of_agent_[agent];
  const auto found = std::find_if(numbers.rbegin(), numbers.rend(),
                                  [&](std::uint64_t number) { return legs_.at(number).machine->call_id() == call_id; });
  return found == numbers.rend() ? 0 : *found;
}

void Phones::hang_up_at(CallIndex call, Us at_us) {
  const auto taken = taken_by_.find(call);
  if (taken == taken_by_.end()) return;
  legs_.at(taken->second).machine->hang_up_at(at_us);
  arm(taken->second);
}

void Phones::offer(const Message& invite, std::string_view text, AgentIndex agent, const Peer& from, Us now_us) {
  auto call = names_.caller_named(user_of(uri_in(invite.from)));
  if (!call) call = names_.caller_named(user_of(uri_in(invite.asserted_identity)));
  if (!call || *call >= book_.figures().calls) {
    book_.stranger();
    return refuse(invite, 404, from);
  }
  const std::uint64_t number = ++last_leg_;
  Leg& leg = legs_[number];
  leg.machine =
      std::make_unique<AgentLeg>(Identity{names_.agent(agent), socket_.address().text(), names_.tag()}, invite);
  leg.agent = agent;
  leg.call = *call;
  leg.peer = from;
  of_agent_[agent].push_back(number);
  book_.offered(*call, agent, now_us);
  leg.machine->start(invite, text, options_.answer_delay_us, now_us, out_);
  flush(number, now_us);
}

void Phones::refuse(const Message& request, int status, const Peer& to) {
  if (request.method == "ACK") return;
  socket_.send(response_to(request, {status, names_.tag(), "", ""}), to);
}

void Phones::on_time(Us now_us) {
  while (const auto alarm = alarms_.take(now_us)) {
    const auto leg = legs_.find(alarm->second);
    if (leg == legs_.end() || leg->second.armed_us != alarm->first) continue;
    leg->second.armed_us = never_us;
    leg->second.machine->on_time(now_us, out_);
    flush(alarm->second, now_us);
  }
}

void Phones::flush(std::uint64_t number, Us now_us) {
  Outputs out = std::exchange(out_, {});
  Leg& leg = legs_.at(number);
  for (const std::string& datagram : out.datagrams) socket_.send(datagram, leg.peer);
  for (const Event& event : out.events) note(event, number, now_us);
  repetitions_.sent += out.retransmissions_sent;
  repetitions_.seen += out.retransmissions_seen;
  if (leg.machine->forgettable(now_us)) return forget(number);
  arm(number);
}

void Phones::arm(std::uint64_t number) {
  Leg& leg = legs_.at(number);
  const Us next = leg.machine->next_us();
  if (next >= leg.armed_us) return;
  leg.armed_us = next;
  alarms_.set(next, number);
}

void Phones::note(const Event& event, std::uint64_t number, Us now_us) {
  const Leg& leg = legs_.at(number);
  switch (event.kind) {
    case Event::Kind::confirmed:
      taken_by_[leg.call] = number;
      if (book_.confirmed(leg.call, leg.agent, now_us)) on_connected_(leg.call, now_us);
      return;
    case Event::Kind::unconfirmed: book_.unconfirmed(); [[fallthrough]];
    case Event::Kind::leg_over:
      if (const auto taken = taken_by_.find(leg.call); taken != taken_by_.end() && taken->second == number)
        taken_by_.erase(taken);
      return book_.leg_over(leg.agent, now_us);
    // Others' events.
    case Event::Kind::answered:
    case Event::Kind::finished:
    case Event::Kind::failed:
    case Event::Kind::shed:
    case Event::Kind::cancelled:
    case Event::Kind::answered_again:
    case Event::Kind::settled: return;
  }
}

void Phones::forget(std::uint64_t number) {
  auto& legs = of_agent_[legs_.at(number).agent];
  legs.erase(std::find(legs.begin(), legs.end(), number));
  legs_.erase(number);
}

}  // namespace rf::load
