#include "tools/rf-load/registration.hpp"

#include <utility>

namespace rf::load {

namespace {

/// A wrong password is challenged for ever.
constexpr int challenges_max = 2;
constexpr int no_reply = 408;

}  // namespace

Registration::Registration(Identity who, std::string password, std::string domain)
    : who_(std::move(who)), password_(std::move(password)), domain_(std::move(domain)),
      call_id_("reg-" + who_.user + "-" + who_.tag) {}

void Registration::start(int expires_s, Us now_us, Outputs& out) {
  expires_s_ = expires_s;
  state_ = State::asking;
  challenges_ = 0;
  started_us_ = now_us;
  send("", now_us, out);
}

void Registration::send(const std::string& authorization, Us now_us, Outputs& out) {
  ++cseq_;
  const std::string who = "<sip:" + who_.user + "@" + domain_ + ">";
  std::string text = text_of({.method = "REGISTER",
                              .uri = "sip:" + domain_,
                              .address = who_.address,
                              .branch = who_.branch(cseq_),
                              .from = who + ";tag=" + who_.tag,
                              .to = who,
                              .call_id = call_id_,
                              .cseq = cseq_,
                              .contact = who_.contact(),
                              .headers = "Expires: " + std::to_string(expires_s_) + "\r\n" + authorization});
  out.send(text);
  request_.start(std::move(text), Growth::doubles_to_t2, now_us);
}

void Registration::on_message(const Message& answer, Us now_us, Outputs& out) {
  if (state_ != State::asking || answer.cseq != cseq_) {
    ++out.retransmissions_seen;
    return;
  }
  if (answer.status < 200) return;
  Challenge challenge;
  const bool asked = (answer.status == 401 || answer.status == 407) && parse_challenge(answer.challenge, challenge);
  if (!asked || ++challenges_ > challenges_max) return end(answer.status, now_us, out);
  const std::string uri = "sip:" + domain_;
  const std::string value = authorization_of(
      challenge,
      {.user = who_.user, .password = password_, .method = "REGISTER", .uri = uri, .cnonce = who_.tag, .count = 1});
  send((answer.status == 401 ? "Authorization: " : "Proxy-Authorization: ") + value + "\r\n", now_us, out);
}

void Registration::on_time(Us now_us, Outputs& out) {
  const auto due = request_.on_time(now_us);
  if (due == Retransmission::Due::send) out.send_again(request_.text());
  if (due == Retransmission::Due::give_up) end(no_reply, now_us, out);
}

void Registration::end(int status, Us now_us, Outputs& out) {
  request_.stop();
  status_ = status;
  took_us_ = now_us - started_us_;
  if (status >= 300)
    state_ = State::refused;
  else
    state_ = expires_s_ > 0 ? State::registered : State::removed;
  out.tell(Event::Kind::settled, status);
}

}  // namespace rf::load
