#include "tools/rf-load/callers.hpp"

#include <algorithm>
#include <utility>

namespace rf::load {

Callers::Callers(UdpSocket& socket, const Options& options, Names& names, Book& book,
                 std::function<void(CallIndex, Us)> on_connected)
    : socket_(socket), options_(options), names_(names), book_(book), on_connected_(std::move(on_connected)) {}

void Callers::call(Us now_us) {
  const QueueIndex queue = static_cast<QueueIndex>(slots_.size() % options_.queues());
  const CallIndex index = book_.arrived(queue, now_us);
  Identity who{names_.caller(index), socket_.address().text(), names_.tag()};
  slots_.push_back({std::make_unique<Caller>(std::move(who), options_.numbers[queue], options_.domain)});
  slots_[index].leg->start(now_us, out_);
  flush(index, now_us);
}

void Callers::on_message(const Message& message, Us now_us) {
  const auto index = names_.caller_named(message.call_id.substr(0, message.call_id.find('-')));
  if (!index || *index >= slots_.size()) return;
  Caller* leg = slots_[*index].leg.get();
  if (leg == nullptr || leg->call_id() != message.call_id) return;
  leg->on_message(message, now_us, out_);
  flush(*index, now_us);
}

void Callers::on_time(Us now_us) {
  while (const auto alarm = alarms_.take(now_us)) {
    const auto index = static_cast<CallIndex>(alarm->second);
    Slot& slot = slots_[index];
    if (slot.leg == nullptr || slot.armed_us != alarm->first) continue;
    slot.armed_us = never_us;
    slot.leg->on_time(now_us, out_);
    flush(index, now_us);
  }
}

void Callers::hang_up_at(CallIndex call, Us at_us) {
  if (slots_[call].leg == nullptr) return;
  slots_[call].leg->hang_up_at(at_us);
  arm(call);
}

bool Callers::cancel_one_waiting(Us now_us) {
  cancel_from_ = std::min(cancel_from_, slots_.size());
  while (cancel_from_ > 0) {
    const auto index = static_cast<CallIndex>(--cancel_from_);
    if (!book_.is_waiting(index)) continue;
    book_.giving_up(index);
    give_up(index, now_us);
    return true;
  }
  return false;
}

bool Callers::end_one_open(Us now_us) {
  end_from_ = std::min(end_from_, slots_.size());
  while (end_from_ > 0) {
    const auto index = static_cast<CallIndex>(--end_from_);
    if (!book_.is_open(index)) continue;
    give_up(index, now_us);
    return true;
  }
  return false;
}

void Callers::give_up(CallIndex call, Us now_us) {
  slots_[call].leg->give_up(now_us, out_);
  flush(call, now_us);
}

void Callers::flush(CallIndex call, Us now_us) {
  Outputs out = std::exchange(out_, {});
  for (const std::string& datagram : out.datagrams) socket_.send(datagram, options_.server);
  for (const Event& event : out.events) note(event, call, now_us);
  repetitions_.sent += out.retransmissions_sent;
  repetitions_.seen += out.retransmissions_seen;
  Slot& slot = slots_[call];
  if (slot.leg->forgettable(now_us))
    slot.leg.reset();
  else
    arm(call);
}

void Callers::arm(CallIndex call) {
  Slot& slot = slots_[call];
  const Us next = slot.leg->next_us();
  if (next >= slot.armed_us) return;
  slot.armed_us = next;
  alarms_.set(next, call);
}

void Callers::note(const Event& event, CallIndex call, Us now_us) {
  switch (event.kind) {
    case Event::Kind::answered:
      if (book_.answered(call, now_us)) on_connected_(call, now_us);
      return;
    case Event::Kind::finished: return book_.finished(call);
    case Event::Kind::failed:
      if (event.status == 0 && now_us >= slots_[call].bye_expected_us) return book_.finished(call);
      return book_.failed(call, event.status);
    case Event::Kind::shed: return book_.shed(call);
    case Event::Kind::cancelled: return book_.cancelled(call);
    case Event::Kind::answered_again: return book_.answered_again();
    // The phones' events.
    case Event::Kind::confirmed:
    case Event::Kind::leg_over:
    case Event::Kind::unconfirmed:
    case Event::Kind::settled: return;
  }
}

}  // namespace rf::load
