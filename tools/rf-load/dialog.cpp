#include "tools/rf-load/dialog.hpp"

namespace rf::load {

void InDialog::on_request(const Message& request, Us now_us, Outputs& out) {
  const std::string contact = who_->contact();
  if (request.method == "INVITE") {
    if (request.cseq == invite_cseq_) {
      ++out.retransmissions_seen;
      return out.send_again(answer_.text());
    }
    invite_cseq_ = request.cseq;
    std::string answer = response_to(request, {200, who_->tag, contact, who_->sdp()});
    out.send(answer);
    return answer_.start(std::move(answer), Growth::doubles_to_t2, now_us);
  }
  const bool known = request.method == "UPDATE" || request.method == "OPTIONS" || request.method == "INFO";
  const std::string body = known && !request.body.empty() && request.method == "UPDATE" ? who_->sdp() : "";
  out.send(response_to(request, {known ? 200 : 405, who_->tag, known ? contact : "", body}));
}

bool InDialog::on_ack(const Message& ack) {
  if (invite_cseq_ == 0 || ack.cseq != invite_cseq_) return false;
  answer_.stop();
  return true;
}

void InDialog::on_time(Us now_us, Outputs& out) {
  if (answer_.on_time(now_us) == Retransmission::Due::send) out.send_again(answer_.text());
}

}  // namespace rf::load
