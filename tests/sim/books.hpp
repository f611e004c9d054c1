#pragma once
#include <array>
#include <map>
#include <string>
#include <unordered_map>

#include "core/state/account.hpp"

namespace rf::sim {

/// Figures kept from the log, to hold the account's own against: an agent's time in each bucket, by its rows and by what the
/// state says after every fact (P8), its calls and its talk (P10), and the places of callbacks (P13).
class Books {
 public:
  /// Takes the account's next fact, on the account before it; what it breaks, empty: nothing.
  std::string take(const core::Account& before, const core::Fact& fact);
  /// Looks at every agent of the account behind a fact that was taken, whomever that fact touches.
  void look(const core::Account& account);
  /// What the account, behind all that was taken, counts otherwise; empty: nothing.
  std::string difference(const core::Account& account) const;

 private:
  /// Where somebody is, since when, and for how long it was where before.
  struct Stay {
    core::Bucket bucket = core::Bucket::offline;
    Ms since_ts = 0;
    std::array<Ms, core::bucket_count> in_ms{};
    void move(core::Bucket to, Ms ts);
  };
  struct AgentBook {
    Ms first_ts = 0;
    Stay by_rows;
    Stay by_state;
    std::uint64_t answered = 0;
    /// Calls and talk of the account's day that is named: the last one on which the agent had a call.
    std::uint64_t day = 0;
    std::uint32_t calls = 0;
    Ms talk_ms = 0;
  };
  struct OfferBook {
    AgentId agent;
    /// 0: not yet.
    Ms answered_ts = 0;
  };
  std::string take_bucket(AgentId agent, const core::Fact& fact);
  std::string take_offer(const core::Account& before, const core::fact::Offered& offered);
  void take_adopted(const core::Account& before, const core::fact::CallAdopted& adopted, Ms ts);
  void take_answer(const core::Account& before, ReservationId reservation, Ms ts);
  void take_end(const core::Account& before, ReservationId reservation, Ms at);
  AgentBook& today(const core::Account& before, AgentId agent);
  static std::string time_difference(const core::Agent& agent, const AgentBook& book, Ms last_ts);

  std::map<AgentId, AgentBook> agents_;
  std::unordered_map<ReservationId, OfferBook> offers_;
  std::unordered_map<CallId, core::Place> callbacks_;
};

}  // namespace rf::sim
