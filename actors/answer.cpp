#include "actors/answer.hpp"

#include <string>
#include <utility>

#include "core/base/limits.hpp"

namespace rf::actors {

Answer::Answer(OnOutcome back, std::shared_ptr<Postbox> postbox)
    : back_(std::move(back)), postbox_(std::move(postbox)) {}

Answer::Answer(Answer&& other) noexcept
    : back_(std::exchange(other.back_, nullptr)), postbox_(std::move(other.postbox_)), if_dropped_(other.if_dropped_) {}

Answer& Answer::operator=(Answer&& other) noexcept {
  if (this == &other) return *this;
  drop();
  back_ = std::exchange(other.back_, nullptr);
  postbox_ = std::move(other.postbox_);
  if_dropped_ = other.if_dropped_;
  return *this;
}

Answer::~Answer() { drop(); }

void Answer::give(const Outcome& outcome) {
  if (const OnOutcome back = std::exchange(back_, nullptr)) back(outcome);
}

void Answer::drop() {
  if (!wanted()) return;
  // The one that is posted has no postbox left: its own drop calls back.
  if (const std::shared_ptr<Postbox> postbox = std::move(postbox_))
    postbox->post(std::move(*this));
  else
    give(refusal(if_dropped_));
}

Outcome refusal(Code code) {
  Outcome outcome;
  outcome.reply.code = code;
  switch (code) {
    case Code::overloaded:
      outcome.reply.what = "the account has " + std::to_string(limits::uncommitted_commands_max) +
                           " commands under way: send it again a little later";
      break;
    case Code::unknown_outcome:
      outcome.reply.what = "it may or may not have happened: ask again with the same command_id";
      break;
    case Code::not_owner:
      outcome.reply.what = "this node does not lead the account now, nothing has happened: ask its leader";
      break;
    default: outcome.reply.what = "the account is not served here now: look at the node's health"; break;
  }
  return outcome;
}

}  // namespace rf::actors
