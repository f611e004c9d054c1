#pragma once
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace rf::load {

/// What happened to a leg or a registration, for the books.
struct Event {
  enum class Kind {
    /// A caller's 200 came.
    answered,
    /// A caller's BYE was answered by 200.
    finished,
    /// A caller's INVITE or BYE had another final answer (`status`), none (408), or the other side hung up first (0).
    failed,
    /// 503 with Retry-After.
    shed,
    /// A caller that was told to gave up before an answer.
    cancelled,
    /// A caller's second 200 from somebody else.
    answered_again,
    /// The ACK of an agent's 200 came.
    confirmed,
    /// An agent's leg is gone: BYE answered, or the offer taken back.
    leg_over,
    /// An agent's 200 was never acknowledged, or its BYE never answered.
    unconfirmed,
    /// A registration has its final answer, or none came (408).
    settled,
  };
  Kind kind;
  int status = 0;
};

/// What a state machine wants sent and recorded after one input.
struct Outputs {
  std::vector<std::string> datagrams;
  std::vector<Event> events;
  std::uint64_t retransmissions_sent = 0;
  std::uint64_t retransmissions_seen = 0;

  void send(std::string text) { datagrams.push_back(std::move(text)); }
  void send_again(std::string text) {
    ++retransmissions_sent;
    send(std::move(text));
  }
  void tell(Event::Kind kind, int status) { events.push_back({kind, status}); }
  /// For the next input; what is counted stays.
  void clear() {
    datagrams.clear();
    events.clear();
  }
};

}  // namespace rf::load
