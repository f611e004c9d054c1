#pragma once
#include <array>
#include <map>
#include <string>
#include <unordered_map>

#include "core/state/account.hpp"

namespace rf::sim {

/// Figures kept from the facts alone, to hold the account's own against: seconds in each bucket (P8), answered calls (P10),
/// and the places of callbacks (P13).
class Books {
 public:
  /// Takes the account's next fact, on the account before it; what it breaks, empty: nothing.
  std::string take(const core::Account& before, const core::Fact& fact);
  /// What the account, behind all that was taken, counts otherwise; empty: nothing.
  std::string difference(const core::Account& account) const;

 private:
  struct AgentBook {
    Ms first_ts = 0;
    Ms since_ts = 0;
    core::Bucket bucket = core::Bucket::offline;
    std::array<Ms, core::bucket_count> in_ms{};
    std::uint64_t answered = 0;
  };
  std::string take_bucket(AgentId agent, const core::Fact& fact);
  std::string take_offer(const core::Account& before, const core::fact::Offered& offered);

  std::map<AgentId, AgentBook> agents_;
  std::unordered_map<ReservationId, AgentId> offered_to_;
  std::unordered_map<CallId, core::Place> callbacks_;
};

}  // namespace rf::sim
