#include "tools/rf-load/registrations.hpp"

#include <algorithm>
#include <utility>

namespace rf::load {

Registrations::Registrations(UdpSocket& socket, const Options& options, Names& names)
    : socket_(socket), options_(options), names_(names), phones_(options.agents), next_(phones_.size()) {}

void Registrations::begin(int expires_s, Us now_us) {
  expires_s_ = expires_s;
  begin_us_ = now_us;
  next_ = 0;
}

Us Registrations::instant_of(std::size_t phone) const {
  return begin_us_ + static_cast<Us>(static_cast<double>(phone) * 1e6 / options_.register_rate);
}

Us Registrations::next_us() const {
  return std::min(alarms_.next_us(), next_ < phones_.size() ? instant_of(next_) : never_us);
}

void Registrations::on_time(Us now_us) {
  while (const auto alarm = alarms_.take(now_us)) {
    Slot& slot = phones_[alarm->second];
    if (slot.armed_us != alarm->first) continue;
    slot.armed_us = never_us;
    slot.machine->on_time(now_us, out_);
    flush(static_cast<AgentIndex>(alarm->second));
  }
  while (next_ < phones_.size() && instant_of(next_) <= now_us) {
    const auto agent = static_cast<AgentIndex>(next_++);
    Slot& slot = phones_[agent];
    if (slot.machine == nullptr) {
      const std::string user = names_.agent(agent);
      slot.machine = std::make_unique<Registration>(Identity{user, socket_.address().text(), names_.tag()},
                                                    password_of(user), options_.domain);
    }
    if (expires_s_ == 0 && slot.machine->state() != Registration::State::registered) continue;
    ++asking_;
    if (expires_s_ > 0) ++figures_.asked;
    slot.machine->start(expires_s_, now_us, out_);
    flush(agent);
  }
}

void Registrations::on_answer(const Message& answer, Us now_us) {
  const auto agent = names_.agent_named(user_of(uri_in(answer.to)));
  if (!agent || *agent >= phones_.size()) return;
  const auto& machine = phones_[*agent].machine;
  if (machine == nullptr || machine->call_id() != answer.call_id) return;
  machine->on_message(answer, now_us, out_);
  flush(*agent);
}

void Registrations::flush(AgentIndex agent) {
  Outputs out = std::exchange(out_, {});
  for (const std::string& datagram : out.datagrams) socket_.send(datagram, options_.server);
  repetitions_.sent += out.retransmissions_sent;
  repetitions_.seen += out.retransmissions_seen;
  Slot& slot = phones_[agent];
  if (!out.events.empty()) settle(*slot.machine);
  const Us next = slot.machine->next_us();
  if (next >= slot.armed_us) return;
  slot.armed_us = next;
  alarms_.set(next, agent);
}

void Registrations::settle(const Registration& machine) {
  --asking_;
  switch (machine.state()) {
    case Registration::State::registered:
      ++figures_.registered;
      figures_.took.record(machine.took_us());
      return;
    case Registration::State::removed: ++figures_.removed; return;
    case Registration::State::refused: ++figures_.refusals[machine.status()]; return;
    case Registration::State::idle:
    case Registration::State::asking: return;
  }
}

}  // namespace rf::load
