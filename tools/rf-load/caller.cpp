#include "tools/rf-load/caller.hpp"

#include <algorithm>
#include <utility>

namespace rf::load {

namespace {

constexpr std::uint32_t invite_cseq = 1;
constexpr std::uint32_t bye_cseq = 2;
constexpr int no_reply = 408;

}  // namespace

Caller::Caller(Identity who, const std::string& number, const std::string& domain)
    : who_(std::move(who)), uri_("sip:" + number + "@" + domain),
      from_("<sip:" + who_.user + "@" + domain + ">;tag=" + who_.tag), to_("<" + uri_ + ">"),
      call_id_(who_.user + "-" + who_.tag), target_(uri_), in_dialog_(who_) {}

Request Caller::request(std::string_view method, std::string_view uri, std::string_view branch,
                        std::uint32_t cseq) const {
  Request out;
  out.method = method;
  out.uri = uri;
  out.address = who_.address;
  out.branch = branch;
  out.from = from_;
  out.to = to_;
  out.call_id = call_id_;
  out.cseq = cseq;
  return out;
}

void Caller::start(Us now_us, Outputs& out) {
  const std::string contact = who_.contact();
  const std::string body = who_.sdp();
  const std::string branch = who_.branch(invite_cseq);
  Request invite = request("INVITE", uri_, branch, invite_cseq);
  invite.contact = contact;
  invite.body = body;
  std::string text = text_of(invite);
  out.send(text);
  invite_.start(std::move(text), Growth::doubles, now_us);
}

void Caller::on_message(const Message& message, Us now_us, Outputs& out) {
  if (message.is_request()) return on_request(message, now_us, out);
  if (message.method == "INVITE") return on_invite_answer(message, now_us, out);
  if (message.method == "BYE") return on_bye_answer(message, now_us, out);
  if (message.method == "CANCEL" && message.status >= 200 && state_ != State::closing) request_.stop();
}

void Caller::on_invite_answer(const Message& answer, Us now_us, Outputs& out) {
  if (answer.status >= 300) return on_refused(answer, now_us, out);
  if (answer.status >= 200) return on_accepted(answer, now_us, out);
  if (state_ != State::calling) return;
  invite_.stop();
  state_ = State::proceeding;
  if (cancelling_) send_cancel(now_us, out);
}

void Caller::on_accepted(const Message& answer, Us now_us, Outputs& out) {
  if (!ack_.empty()) {
    if (tag_of(answer.to) != tag_of(to_)) return out.tell(Event::Kind::answered_again, answer.status);
    ++out.retransmissions_seen;
    return out.send_again(ack_);
  }
  if (state_ != State::calling && state_ != State::proceeding) return;
  invite_.stop();
  request_.stop();
  state_ = State::up;
  to_ = answer.to;
  if (!answer.contact.empty()) target_ = uri_in(answer.contact);
  routes_.assign(answer.record_routes.rbegin(), answer.record_routes.rend());
  const std::string branch = who_.branch(1000);
  Request ack = request("ACK", target_, branch, invite_cseq);
  ack.routes = &routes_;
  ack_ = text_of(ack);
  out.send(ack_);
  if (cancelling_) return hang_up(now_us, out);
  out.tell(Event::Kind::answered, answer.status);
}

void Caller::on_refused(const Message& answer, Us now_us, Outputs& out) {
  const bool first = state_ == State::calling || state_ == State::proceeding;
  if (!first && !ack_.empty()) ++out.retransmissions_seen;
  if (!first && ack_.empty()) return;
  const std::string branch = who_.branch(invite_cseq);
  Request ack = request("ACK", uri_, branch, invite_cseq);
  ack.to = answer.to;
  ack_ = text_of(ack);
  if (!first) return out.send_again(ack_);
  out.send(ack_);
  if (cancelling_) return end(Event::Kind::cancelled, answer.status, now_us, out);
  const bool shed = answer.status == 503 && !answer.retry_after.empty();
  end(shed ? Event::Kind::shed : Event::Kind::failed, answer.status, now_us, out);
}

void Caller::on_bye_answer(const Message& answer, Us now_us, Outputs& out) {
  if (state_ != State::closing || answer.status < 200) return;
  if (cancelling_) return end(Event::Kind::cancelled, answer.status, now_us, out);
  end(answer.status < 300 ? Event::Kind::finished : Event::Kind::failed, answer.status, now_us, out);
}

void Caller::on_request(const Message& request, Us now_us, Outputs& out) {
  if (request.method == "ACK") {
    in_dialog_.on_ack(request);
    return;
  }
  if (request.method != "BYE") return in_dialog_.on_request(request, now_us, out);
  out.send(response_to(request, {200, who_.tag, "", ""}));
  if (over()) return;
  end(cancelling_ ? Event::Kind::cancelled : Event::Kind::failed, 0, now_us, out);
}

void Caller::on_time(Us now_us, Outputs& out) {
  in_dialog_.on_time(now_us, out);
  if (const auto due = invite_.on_time(now_us); due == Retransmission::Due::send)
    out.send_again(invite_.text());
  else if (due == Retransmission::Due::give_up)
    return end(Event::Kind::failed, no_reply, now_us, out);
  if (const auto due = request_.on_time(now_us); due == Retransmission::Due::send)
    out.send_again(request_.text());
  else if (due == Retransmission::Due::give_up)
    return end(Event::Kind::failed, no_reply, now_us, out);
  if (now_us >= hang_up_us_) hang_up(now_us, out);
}

void Caller::give_up(Us now_us, Outputs& out) {
  if (cancelling_ || over()) return;
  cancelling_ = true;
  if (state_ == State::proceeding) send_cancel(now_us, out);
  hang_up(now_us, out);
}

void Caller::send_cancel(Us now_us, Outputs& out) {
  const std::string branch = who_.branch(invite_cseq);
  std::string text = text_of(request("CANCEL", uri_, branch, invite_cseq));
  out.send(text);
  request_.start(std::move(text), Growth::doubles_to_t2, now_us);
}

void Caller::hang_up(Us now_us, Outputs& out) {
  hang_up_us_ = never_us;
  if (state_ != State::up) return;
  state_ = State::closing;
  const std::string branch = who_.branch(bye_cseq);
  Request bye = request("BYE", target_, branch, bye_cseq);
  bye.routes = &routes_;
  std::string text = text_of(bye);
  out.send(text);
  request_.start(std::move(text), Growth::doubles_to_t2, now_us);
}

void Caller::end(Event::Kind kind, int status, Us now_us, Outputs& out) {
  state_ = State::over;
  invite_.stop();
  request_.stop();
  hang_up_us_ = never_us;
  forget_us_ = now_us + give_up_us;
  out.tell(kind, status);
}

Us Caller::next_us() const {
  const Us next = std::min({invite_.next_us(), request_.next_us(), in_dialog_.next_us(), hang_up_us_});
  return over() ? std::min(next, forget_us_) : next;
}

}  // namespace rf::load
