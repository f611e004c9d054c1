#pragma once
#include <cstdint>
#include <map>
#include <vector>

#include "tests/support/actor_harness.hpp"

namespace rf::testing {

/// What came of a run, as its committed facts tell.
struct Contended {
  std::uint64_t offers = 0;
  std::uint64_t answered = 0;
  /// Offers that nobody answered: rejected, run out, or their caller gave up.
  std::uint64_t unanswered = 0;
  std::uint64_t crashes = 0;
  /// Offers to an agent who still had one, or a call (P1). None is right.
  std::uint64_t overlapping = 0;
  Ms virtual_ms = 0;
};

/// Fifty agents who are members of ten queues, and nine calls for ten that they could take, in virtual time: one account's
/// actors over a memory journal, commands of one moment decided and committed in an order chosen by the seed, kill -9 now and
/// then. Offers are answered at once or late, rejected, left to run out, or their caller gives up. The judge reads facts alone.
class Contention {
 public:
  explicit Contention(std::uint64_t seed);
  /// Goes on until so many offers were made.
  Contended run(std::uint64_t offers);

 private:
  enum class Then : std::uint8_t { arrive, accept, reject, complete };
  struct Step {
    Then then;
    CallId call;
    ReservationId reservation;
  };

  void set_up();
  void must(core::Command command);
  AskedPtr ask(core::Command command);
  void at(Ms mono_ms, Step step);
  void take(const Step& step);
  void crash();
  void read_facts();
  void judge(const core::Fact& fact);
  void offered(const core::fact::Offered& offer);
  void over(ReservationId reservation);
  Ms now() const { return harness_.time().mono_ms(); }
  Ms between(Ms from, Ms to) {
    return from + static_cast<Ms>(harness_.random()() % static_cast<std::uint64_t>(to - from + 1));
  }
  bool chance(unsigned percent) { return harness_.random()() % 100 < percent; }
  Ulid next() { return Ulid{1, ++ids_}; }

  mutable ActorHarness harness_;
  const AccountId account_{Ulid{7, 7}};
  std::vector<QueueId> queues_;
  std::uint64_t ids_ = 0;
  std::multimap<Ms, Step> steps_;
  std::size_t read_ = 0;
  /// What an agent is busy with, as the facts say.
  std::map<AgentId, std::vector<ReservationId>> busy_;
  struct Held {
    AgentId agent;
    CallId call;
    bool answered = false;
  };
  std::map<ReservationId, Held> held_;
  Contended tally_;
};

}  // namespace rf::testing
