#pragma once
#include <functional>
#include <memory>

#include "core/account/decide.hpp"
#include "core/account/reply.hpp"

namespace rf::actors {

/// What one command, event or digest got: a failure is a reply whose code is not ok.
struct Outcome {
  core::Reply reply;
  core::EdgeReply edge;
};
using OnOutcome = std::function<void(const Outcome&)>;

class Answer;

/// Carries answers that nobody gave to a thread of the actors: a caller is never called back from inside its own call.
class Postbox {
 public:
  virtual ~Postbox() = default;
  virtual void post(Answer answer) = 0;
};

/// The way back to whoever asked, used exactly once: by give(), or when it is dropped with what it belonged to (an actor
/// that ended, a mailbox that closed). Dropped, it says not_owner, for nothing was decided, unless if_dropped() said more.
class Answer {
 public:
  /// Nobody waits for it.
  Answer() = default;
  /// Without a postbox a drop calls back on the thread that drops.
  Answer(OnOutcome back, std::shared_ptr<Postbox> postbox);
  Answer(Answer&& other) noexcept;
  Answer& operator=(Answer&& other) noexcept;
  ~Answer();

  bool wanted() const { return back_ != nullptr; }
  void give(const Outcome& outcome);
  void if_dropped(Code code) { if_dropped_ = code; }

 private:
  void drop();

  OnOutcome back_;
  std::shared_ptr<Postbox> postbox_;
  Code if_dropped_ = Code::not_owner;
};

/// A refusal of the actors themselves: not_owner, overloaded, unknown_outcome or unavailable, with what to do about it.
Outcome refusal(Code code);

}  // namespace rf::actors
