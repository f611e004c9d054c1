#include "node/grpc/watch_hub.hpp"

#include <algorithm>

#include "node/report/fact_pages.hpp"

namespace rf::node {

namespace {

constexpr std::size_t rows_in_part_max = 200;
constexpr int facts_in_frame_max = 256;
constexpr std::size_t facts_in_page = 1024;
/// Further behind, rows are cheaper than facts (R23).
constexpr std::uint64_t facts_behind_max = 10000;

template <class IdType>
IdType pop(std::vector<IdType>& ids) {
  const IdType id = ids.back();
  ids.pop_back();
  return id;
}

}  // namespace

Watcher::Watcher(WatchHub& hub, AccountId account, std::uint64_t after_seq, std::shared_ptr<WatchLine> line)
    : hub_(hub), account_(account), line_(std::move(line)), next_seq_(after_seq + 1), rows_wanted_(after_seq == 0) {}

void Watcher::close() {
  const std::lock_guard lock(mutex_);
  phase_ = Phase::closed;
}

void Watcher::offer(const api::WatchFrame& frame, std::uint64_t first_seq, std::uint64_t last_seq) {
  const std::lock_guard lock(mutex_);
  if (phase_ != Phase::live) {
    seen_seq_ = std::max(seen_seq_, last_seq);
    return;
  }
  if (last_seq < next_seq_) return;
  RF_ASSERT(first_seq == next_seq_);
  if (line_->send(frame)) {
    next_seq_ = last_seq + 1;
    return;
  }
  phase_ = Phase::filling;
  seen_seq_ = last_seq;
  gap_after_seq_ = next_seq_ - 1;
}

void Watcher::schedule() {
  const std::lock_guard lock(mutex_);
  if (phase_ != Phase::filling || scheduled_) return;
  scheduled_ = true;
  hub_.parts_.reader.post([self = shared_from_this()] { self->fill(); });
}

void Watcher::fill() {
  {
    const std::lock_guard lock(mutex_);
    scheduled_ = false;
    if (phase_ != Phase::filling) return;
  }
  for (;;) {
    const Filled filled = fill_all();
    const std::lock_guard lock(mutex_);
    if (filled != Filled::all || phase_ != Phase::filling) return;
    if (seen_seq_ < next_seq_) {
      phase_ = Phase::live;
      return;
    }
  }
}

Watcher::Filled Watcher::fill_all() {
  std::uint64_t head = 0;
  const auto read = hub_.parts_.journal.read(account_, [&](const core::Account& account) { head = account.seq; });
  if (!read) return fail(read.error());
  if (!rows_wanted_ && too_far_behind(head)) gap_after_seq_ = next_seq_ - 1;
  Filled filled = fill_gap();
  if (filled == Filled::all) filled = fill_rows();
  if (filled == Filled::all) filled = fill_facts();
  return filled;
}

bool Watcher::too_far_behind(std::uint64_t head) const {
  return next_seq_ > head + 1 || head + 1 - next_seq_ > facts_behind_max;
}

Watcher::Filled Watcher::fail(const Error& error) {
  close();
  line_->fail(error);
  return Filled::over;
}

Watcher::Filled Watcher::fill_gap() {
  if (!gap_after_seq_) return Filled::all;
  api::WatchFrame frame;
  frame.mutable_gap()->set_after_seq(*gap_after_seq_);
  if (!line_->send(std::move(frame))) return Filled::full;
  hub_.parts_.metrics.counter(process::Metric::watch_gaps, {}).add(1);
  gap_after_seq_.reset();
  rows_wanted_ = true;
  rows_.reset();
  return Filled::all;
}

Result<void> Watcher::begin_rows() {
  return hub_.parts_.journal.read(account_, [&](const core::Account& account) {
    rows_ = Rows();
    for (const auto& [id, agent] : account.agents)
      if (!agent.removed) rows_->agents.push_back(id);
    for (const auto& [id, queue] : account.queues)
      if (!queue.removed) rows_->queues.push_back(id);
    for (const auto& [id, call] : account.calls) rows_->calls.push_back(id);
    next_seq_ = account.seq + 1;
  });
}

Watcher::Filled Watcher::fill_rows() {
  if (!rows_wanted_) return Filled::all;
  if (!rows_) {
    if (const auto begun = begin_rows(); !begun) return fail(begun.error());
  }
  do {
    Rows rest = *rows_;
    api::WatchFrame frame;
    api::SnapshotPart& part = *frame.mutable_snapshot();
    const auto read = hub_.parts_.journal.read(account_, [&](const core::Account& account) {
      part.set_version(account.seq);
      // What is gone meanwhile is left out: the facts that follow say so too.
      for (std::size_t n = 0; n < rows_in_part_max && !rest.empty(); ++n) {
        if (!rest.queues.empty()) {
          if (const auto* queue = core::find_queue(account, pop(rest.queues)))
            *part.add_queues() = to_api(account, *queue);
        } else if (!rest.agents.empty()) {
          if (const auto* agent = core::find_agent(account, pop(rest.agents)))
            *part.add_agents() = to_api(account, *agent);
        } else if (const auto* call = core::find_call(account, pop(rest.calls))) {
          *part.add_calls() = to_api(account, *call);
        }
      }
    });
    if (!read) return fail(read.error());
    part.set_first(rest.first);
    part.set_last(rest.empty());
    rest.first = false;
    if (!line_->send(std::move(frame))) return Filled::full;
    rows_ = std::move(rest);
  } while (!rows_->empty());
  rows_.reset();
  rows_wanted_ = false;
  return Filled::all;
}

Watcher::Filled Watcher::fill_facts() {
  for (;;) {
    const auto page = read_facts(hub_.parts_.journal, account_, next_seq_, facts_in_page);
    if (!page) return fail(page.error());
    if (page->empty()) return Filled::all;
    for (auto fact = page->begin(); fact != page->end();) {
      api::WatchFrame frame;
      for (int n = 0; n < facts_in_frame_max && fact != page->end(); ++n, ++fact)
        *frame.mutable_deltas()->add_facts() = to_api(fact->fact, fact->concern);
      const std::uint64_t last_seq = std::prev(fact)->fact.seq;
      if (!line_->send(std::move(frame))) return Filled::full;
      next_seq_ = last_seq + 1;
    }
  }
}

void WatchHub::on_applied(const storage::AccountBatch& batch) {
  const std::lock_guard lock(mutex_);
  const auto found = watched_.find(batch.account);
  if (found == watched_.end()) return;
  Watched& watched = found->second;
  const std::uint64_t last_seq = batch.facts.back().seq;
  if (last_seq <= watched.version) return;
  api::WatchFrame frame;
  for (const core::Fact& fact : batch.facts)
    *frame.mutable_deltas()->add_facts() = to_api(fact, watched.book.take(fact));
  watched.version = last_seq;
  for (const auto& watcher : watched.watchers) watcher->offer(frame, batch.facts.front().seq, last_seq);
}

void WatchHub::add(const std::shared_ptr<Watcher>& watcher) {
  {
    const std::lock_guard lock(mutex_);
    auto [found, added] = watched_.try_emplace(watcher->account());
    Watched& watched = found->second;
    if (added) {
      const auto read = parts_.journal.read(watcher->account(), [&](const core::Account& account) {
        watched.book = OfferBook(account);
        watched.version = account.seq;
      });
      static_cast<void>(read);  // An account that cannot be read ends its watcher when it is filled.
    }
    watched.watchers.push_back(watcher);
    parts_.metrics.gauge(process::Metric::watch_streams, {}).set(static_cast<double>(++streams_));
  }
  watcher->start();
}

void WatchHub::remove(const std::shared_ptr<Watcher>& watcher) {
  watcher->close();
  const std::lock_guard lock(mutex_);
  const auto found = watched_.find(watcher->account());
  if (found == watched_.end()) return;
  auto& watchers = found->second.watchers;
  const auto gone = std::remove(watchers.begin(), watchers.end(), watcher);
  if (gone == watchers.end()) return;
  watchers.erase(gone, watchers.end());
  if (watchers.empty()) watched_.erase(found);
  parts_.metrics.gauge(process::Metric::watch_streams, {}).set(static_cast<double>(--streams_));
}

void WatchHub::close(const Error& error) {
  std::vector<std::shared_ptr<Watcher>> watchers;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [account, watched] : watched_)
      watchers.insert(watchers.end(), watched.watchers.begin(), watched.watchers.end());
  }
  for (const auto& watcher : watchers) watcher->fail(error);
}

}  // namespace rf::node
