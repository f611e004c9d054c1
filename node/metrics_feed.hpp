#pragma once
#include <chrono>
#include <cstddef>
#include <mutex>
#include <unordered_map>

#include "actors/port.hpp"
#include "process/metrics.hpp"

namespace rf::node {

/// Turns what the actors and the log do into metrics. Any thread.
class MetricsFeed final : public actors::Observer {
 public:
  /// Both must outlive the feed.
  MetricsFeed(process::Metrics& metrics, storage::Journal& journal);

  void turn(std::size_t facts, std::size_t orders) override;
  void rank_fallback() override;
  void rank_mismatch() override;
  void gate_depth(std::size_t depth) override;

  /// From Journal::OnApplied, on its one thread.
  void on_applied(const storage::AccountBatch& batch);
  /// An account that this node leads, as it is now.
  void seed(AccountId account);
  void synced(std::chrono::microseconds took);
  void committed(std::chrono::microseconds since_proposed);

 private:
  void count(const core::Fact& fact, const storage::AccountBatch& batch);

  process::Metrics& metrics_;
  storage::Journal& journal_;
  process::CounterMetric facts_;
  process::CounterMetric rank_fallbacks_;
  process::GaugeMetric gate_depth_;
  process::GaugeMetric waiting_calls_;
  process::GaugeMetric accounts_;
  process::HistogramMetric wal_sync_seconds_;
  process::HistogramMetric commit_seconds_;

  std::mutex mutex_;
  /// Waiting calls of each account that was seen.
  std::unordered_map<AccountId, std::size_t> waiting_;
};

}  // namespace rf::node
