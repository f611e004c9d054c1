#include "tools/rf-load/agent.hpp"

#include <algorithm>
#include <utility>

#include "core/base/assert.hpp"

namespace rf::load {

namespace {

constexpr std::uint32_t bye_cseq = 1;

}  // namespace

AgentLeg::AgentLeg(Identity who, const Message& invite)
    : who_(std::move(who)), call_id_(invite.call_id), invite_cseq_(invite.cseq), in_dialog_(who_) {}

void AgentLeg::start(const Message& invite, std::string_view text, Us answer_delay_us, Us now_us, Outputs& out) {
  invite_text_ = text;
  ringing_ = response_to(invite, {180, who_.tag, who_.contact(), ""});
  out.send(ringing_);
  if (answer_delay_us <= 0) return answer(invite, now_us, out);
  answer_us_ = now_us + answer_delay_us;
}

void AgentLeg::answer(const Message& invite, Us now_us, Outputs& out) {
  state_ = State::answered;
  answer_us_ = never_us;
  std::string text = response_to(invite, {200, who_.tag, who_.contact(), who_.sdp()});
  out.send(text);
  final_.start(std::move(text), Growth::doubles_to_t2, now_us);
}

void AgentLeg::on_message(const Message& message, Us now_us, Outputs& out) {
  if (!message.is_request()) return on_bye_answer(message, now_us, out);
  if (message.method == "INVITE" && tag_of(message.to).empty()) return on_invite_again(out);
  if (message.method == "ACK") return on_ack(message, out);
  if (message.method == "CANCEL") return on_cancel(message, now_us, out);
  if (message.method == "BYE") return on_bye(message, now_us, out);
  in_dialog_.on_request(message, now_us, out);
}

void AgentLeg::on_invite_again(Outputs& out) {
  ++out.retransmissions_seen;
  out.send_again(state_ == State::ringing ? ringing_ : final_.text());
}

void AgentLeg::on_ack(const Message& ack, Outputs& out) {
  if (in_dialog_.on_ack(ack) || ack.cseq != invite_cseq_) return;
  final_.stop();
  if (state_ != State::answered) return;
  state_ = State::up;
  out.tell(Event::Kind::confirmed, 0);
}

void AgentLeg::on_cancel(const Message& cancel, Us now_us, Outputs& out) {
  out.send(response_to(cancel, {200, who_.tag, "", ""}));
  if (state_ != State::ringing) return;
  Message invite;
  RF_ASSERT(parse(invite_text_, invite));
  std::string text = response_to(invite, {487, who_.tag, "", ""});
  out.send(text);
  final_.start(std::move(text), Growth::doubles_to_t2, now_us);
  end(Event::Kind::leg_over, now_us, out);
}

void AgentLeg::on_bye(const Message& bye, Us now_us, Outputs& out) {
  out.send(response_to(bye, {200, who_.tag, "", ""}));
  if (over()) {
    ++out.retransmissions_seen;
    return;
  }
  end(Event::Kind::leg_over, now_us, out);
}

void AgentLeg::on_time(Us now_us, Outputs& out) {
  in_dialog_.on_time(now_us, out);
  if (const auto due = final_.on_time(now_us); due == Retransmission::Due::send)
    out.send_again(final_.text());
  else if (due == Retransmission::Due::give_up && state_ == State::answered)
    return end(Event::Kind::unconfirmed, now_us, out);
  if (const auto due = bye_.on_time(now_us); due == Retransmission::Due::send)
    out.send_again(bye_.text());
  else if (due == Retransmission::Due::give_up)
    return end(Event::Kind::unconfirmed, now_us, out);
  if (now_us >= hang_up_us_) hang_up(now_us, out);
  if (now_us < answer_us_) return;
  Message invite;
  RF_ASSERT(parse(invite_text_, invite));
  answer(invite, now_us, out);
}

void AgentLeg::hang_up(Us now_us, Outputs& out) {
  hang_up_us_ = never_us;
  if (state_ != State::up) return;
  state_ = State::closing;
  Message invite;
  RF_ASSERT(parse(invite_text_, invite));
  const std::vector<std::string> routes(invite.record_routes.begin(), invite.record_routes.end());
  const std::string branch = who_.branch(bye_cseq);
  const std::string from = std::string(invite.to) + ";tag=" + who_.tag;
  std::string text = text_of({.method = "BYE",
                              .uri = uri_in(invite.contact),
                              .address = who_.address,
                              .branch = branch,
                              .from = from,
                              .to = invite.from,
                              .call_id = call_id_,
                              .cseq = bye_cseq,
                              .routes = &routes});
  out.send(text);
  bye_.start(std::move(text), Growth::doubles_to_t2, now_us);
}

void AgentLeg::on_bye_answer(const Message& answer, Us now_us, Outputs& out) {
  if (state_ != State::closing || answer.method != "BYE" || answer.status < 200) return;
  end(Event::Kind::leg_over, now_us, out);
}

void AgentLeg::end(Event::Kind kind, Us now_us, Outputs& out) {
  // The 487 of a cancelled offer is sent until its ACK; a 200 whose ACK is on its way must not be sent again after a BYE.
  if (state_ != State::ringing) final_.stop();
  bye_.stop();
  state_ = State::over;
  answer_us_ = never_us;
  hang_up_us_ = never_us;
  forget_us_ = now_us + give_up_us;
  out.tell(kind, 0);
}

Us AgentLeg::next_us() const {
  const Us next = std::min({final_.next_us(), bye_.next_us(), in_dialog_.next_us(), answer_us_, hang_up_us_});
  return over() ? std::min(next, forget_us_) : next;
}

}  // namespace rf::load
