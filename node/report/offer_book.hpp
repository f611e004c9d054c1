#pragma once
#include <memory>
#include <unordered_map>

#include "core/state/account.hpp"

namespace rf::node {

/// Whom a fact concerns; ids that it does not have are not set.
struct Concern {
  AgentId agent;
  CallId call;
  ReservationId reservation;
  QueueId queue;
  /// Of an offer: the call as it arrived.
  std::shared_ptr<const core::fact::CallArrived> arrival;
  /// False when it concerns a reservation whose offer, or an offer whose call, the book has not seen.
  bool known = true;
};

/// Who is behind each live reservation, folded from facts alone: most facts of an offer name only the reservation. One
/// thread at a time.
class OfferBook {
 public:
  OfferBook() = default;
  /// Begins with what is live in the account.
  explicit OfferBook(const core::Account& account);

  /// Takes the next fact and says whom it concerns.
  Concern take(const core::Fact& fact);

 private:
  struct Holder {
    AgentId agent;
    CallId call;
    QueueId queue;
  };
  Concern of(ReservationId id) const;
  Concern of_call(CallId id) const;
  void note_arrival(const core::fact::CallArrived& arrival);
  void forget_call(CallId id);

  struct Reading;
  std::unordered_map<ReservationId, Holder> holders_;
  std::unordered_map<CallId, ReservationId> answered_;
  std::unordered_map<CallId, std::shared_ptr<const core::fact::CallArrived>> arrivals_;
};

}  // namespace rf::node
