#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/state/account.hpp"
#include "node/report/summary.hpp"

/// A day in figures, recorded or replayed.
namespace rf::what_if {

/// Of one queue, or of all.
struct QueueScore {
  std::uint64_t calls = 0;
  std::uint64_t answered = 0;
  std::uint64_t answered_in_time = 0;
  std::uint64_t abandoned = 0;
  std::uint64_t abandoned_in_time = 0;
  /// Sent elsewhere by a rule, past the longest wait, or failed.
  std::uint64_t elsewhere = 0;
  std::uint64_t offers = 0;
  /// Of those answered.
  std::vector<Ms> waits_ms;

  /// Answered in time, of all but those who gave up within that time; in percent. 100 without calls.
  double service_level() const;
  Ms mean_wait_ms() const;
  /// The wait that so many percent of the answered calls did not exceed.
  Ms wait_ms(double percent) const;
  void add(const QueueScore& other);
};

struct Score {
  /// By queue key; calls to one agent are not among them.
  std::map<std::string, QueueScore> queues;
  QueueScore all;
  /// In conversation and wrap-up, of the time in which agents were that, ringing or free; in percent.
  double occupancy = 0;
};

/// `account` names the queues and their service levels: as it stood at the end.
Score score_of(const node::Summary& summary, const core::Account& account);

/// The scores side by side under their titles, queue by queue.
std::string table_of(const std::vector<std::pair<std::string, Score>>& columns);

}  // namespace rf::what_if
