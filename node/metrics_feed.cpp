#include "node/metrics_feed.hpp"

#include <algorithm>

namespace rf::node {

namespace {

using process::Metric;

std::size_t waiting_in(const core::Account& account) {
  std::size_t waiting = 0;
  for (const auto& [queue, classes] : account.index.waiting)
    for (const auto& [edge, places] : classes) waiting += places.size();
  return waiting;
}

}  // namespace

MetricsFeed::MetricsFeed(process::Metrics& metrics, storage::Journal& journal)
    : metrics_(metrics), journal_(journal), facts_(metrics.counter(Metric::facts, {})),
      rank_fallbacks_(metrics.counter(Metric::rank_fallback, {})), gate_depth_(metrics.gauge(Metric::gate_depth, {})),
      waiting_calls_(metrics.gauge(Metric::waiting_calls, {})), accounts_(metrics.gauge(Metric::accounts, {})),
      wal_sync_seconds_(metrics.histogram(Metric::wal_sync_seconds, {})),
      commit_seconds_(metrics.histogram(Metric::commit_seconds, {})) {}

void MetricsFeed::turn(std::size_t, std::size_t) {}
void MetricsFeed::rank_fallback() { rank_fallbacks_.add(1); }
// The index was rebuilt in place: the same remedy, the same count.
void MetricsFeed::rank_mismatch() { rank_fallbacks_.add(1); }
void MetricsFeed::gate_depth(std::size_t depth) { gate_depth_.set(static_cast<double>(depth)); }

void MetricsFeed::synced(std::chrono::microseconds took) {
  wal_sync_seconds_.observe(std::chrono::duration<double>(took).count());
}

void MetricsFeed::committed(std::chrono::microseconds since_proposed) {
  commit_seconds_.observe(std::chrono::duration<double>(since_proposed).count());
}

void MetricsFeed::on_applied(const storage::AccountBatch& batch) {
  facts_.add(batch.facts.size());
  for (const core::Fact& fact : batch.facts) count(fact, batch);
  seed(batch.account);
}

void MetricsFeed::count(const core::Fact& fact, const storage::AccountBatch& batch) {
  if (const auto* closed = std::get_if<core::fact::OfferClosed>(&fact.body))
    metrics_.counter(Metric::offers, {core::name_of(closed->cause)}).add(1);
  if (std::holds_alternative<core::fact::Answered>(fact.body)) metrics_.counter(Metric::offers, {"answered"}).add(1);
  const auto* adopted = std::get_if<core::fact::CallAdopted>(&fact.body);
  if (adopted == nullptr || !adopted->offer.reservation.set()) return;
  bool overlaps = false;
  const auto read = journal_.read(batch.account, [&](const core::Account& account) {
    const core::Agent* agent = core::find_agent(account, adopted->offer.agent);
    overlaps = agent != nullptr && agent->live.size() > agent->config.max_concurrent;
  });
  if (read && overlaps) metrics_.counter(Metric::late_overlaps, {}).add(1);
}

void MetricsFeed::seed(AccountId account) {
  const std::lock_guard lock(mutex_);
  std::size_t now = 0;
  const auto read = journal_.read(account, [&](const core::Account& a) { now = waiting_in(a); });
  if (!read) return;
  const auto [known, added] = waiting_.try_emplace(account, 0);
  if (added) accounts_.set(static_cast<double>(waiting_.size()));
  waiting_calls_.add(static_cast<double>(now) - static_cast<double>(known->second));
  known->second = now;
}

}  // namespace rf::node
