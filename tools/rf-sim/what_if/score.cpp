#include "tools/rf-sim/what_if/score.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <functional>
#include <numeric>

namespace rf::what_if {

namespace {

std::string percent(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.1f %%", value);
  return text.data();
}

std::string seconds(Ms ms) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.1f s", static_cast<double>(ms) / second_ms);
  return text.data();
}

void add_line(std::string& out, const std::string& name, const std::vector<std::string>& cells) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "  %-24s", name.c_str());
  out += text.data();
  for (const std::string& cell : cells) {
    std::snprintf(text.data(), text.size(), "%14s", cell.c_str());
    out += text.data();
  }
  out += "\n";
}

/// One figure of a queue in each column; a column without the queue has none.
struct Row {
  const char* name;
  std::function<std::string(const QueueScore&)> text;
};

const std::vector<Row>& rows() {
  static const std::vector<Row> all = {
      {"calls", [](const QueueScore& s) { return std::to_string(s.calls); }},
      {"answered", [](const QueueScore& s) { return std::to_string(s.answered); }},
      {"abandoned", [](const QueueScore& s) { return std::to_string(s.abandoned); }},
      {"sent elsewhere", [](const QueueScore& s) { return std::to_string(s.elsewhere); }},
      {"service level", [](const QueueScore& s) { return percent(s.service_level()); }},
      {"wait, mean", [](const QueueScore& s) { return seconds(s.mean_wait_ms()); }},
      {"wait, 95 %", [](const QueueScore& s) { return seconds(s.wait_ms(95)); }},
      {"wait, longest", [](const QueueScore& s) { return seconds(s.wait_ms(100)); }},
      {"offers", [](const QueueScore& s) { return std::to_string(s.offers); }},
  };
  return all;
}

using Columns = std::vector<std::pair<std::string, Score>>;

void add_queue(std::string& out, const Columns& columns, const std::function<const QueueScore*(const Score&)>& of) {
  for (const Row& row : rows()) {
    std::vector<std::string> cells;
    for (const auto& [title, score] : columns) {
      const QueueScore* queue = of(score);
      cells.push_back(queue == nullptr ? "-" : row.text(*queue));
    }
    add_line(out, row.name, cells);
  }
}

}  // namespace

double QueueScore::service_level() const {
  const std::uint64_t counted = calls - abandoned_in_time;
  return counted == 0 ? 100.0 : 100.0 * static_cast<double>(answered_in_time) / static_cast<double>(counted);
}

Ms QueueScore::mean_wait_ms() const {
  if (waits_ms.empty()) return 0;
  return std::accumulate(waits_ms.begin(), waits_ms.end(), Ms{0}) / static_cast<Ms>(waits_ms.size());
}

Ms QueueScore::wait_ms(double percent_of) const {
  if (waits_ms.empty()) return 0;
  std::vector<Ms> sorted = waits_ms;
  std::sort(sorted.begin(), sorted.end());
  const auto rank = static_cast<std::size_t>(std::ceil(percent_of / 100.0 * static_cast<double>(sorted.size())));
  return sorted[std::clamp<std::size_t>(rank, 1, sorted.size()) - 1];
}

void QueueScore::add(const QueueScore& other) {
  calls += other.calls;
  answered += other.answered;
  answered_in_time += other.answered_in_time;
  abandoned += other.abandoned;
  abandoned_in_time += other.abandoned_in_time;
  elsewhere += other.elsewhere;
  offers += other.offers;
  waits_ms.insert(waits_ms.end(), other.waits_ms.begin(), other.waits_ms.end());
}

Score score_of(const node::Summary& summary, const core::Account& account) {
  Score score;
  for (const node::CallStory& call : summary.calls()) {
    const core::Queue* queue = core::find_queue(account, call.queue);
    if (queue == nullptr) continue;
    QueueScore& s = score.queues[queue->config.key];
    const Ms until_ts = call.answered_at ? *call.answered_at : call.ended_at.value_or(summary.to_ts());
    const bool in_time = until_ts - call.arrived_at <= queue->config.sla_ms;
    ++s.calls;
    s.offers += call.offers;
    if (call.answered_at) {
      ++s.answered;
      s.answered_in_time += in_time ? 1 : 0;
      s.waits_ms.push_back(until_ts - call.arrived_at);
    } else if (call.outcome == core::Outcome::abandoned) {
      ++s.abandoned;
      s.abandoned_in_time += in_time ? 1 : 0;
    } else if (call.ended_at) {
      ++s.elsewhere;
    }
  }
  for (const auto& [key, queue] : score.queues) score.all.add(queue);
  Ms busy_ms = 0;
  Ms there_ms = 0;
  for (const node::AgentStory& agent : summary.agents()) {
    const auto in = [&](core::Bucket bucket) { return agent.bucket_ms[static_cast<std::size_t>(bucket)]; };
    const Ms busy = in(core::Bucket::incall) + in(core::Bucket::wrapup);
    busy_ms += busy;
    there_ms += busy + in(core::Bucket::ring) + in(core::Bucket::ready) + in(core::Bucket::idle);
  }
  if (there_ms > 0) score.occupancy = 100.0 * static_cast<double>(busy_ms) / static_cast<double>(there_ms);
  return score;
}

std::string table_of(const Columns& columns) {
  std::string out;
  std::vector<std::string> titles;
  std::map<std::string, int> queues;
  for (const auto& [title, score] : columns) {
    titles.push_back(title);
    for (const auto& [key, queue] : score.queues) queues[key] = 0;
  }
  add_line(out, "", titles);
  for (const auto& [key, unused] : queues) {
    out += "queue " + key + "\n";
    add_queue(out, columns, [&key = key](const Score& score) {
      const auto queue = score.queues.find(key);
      return queue == score.queues.end() ? nullptr : &queue->second;
    });
  }
  out += "all queues\n";
  add_queue(out, columns, [](const Score& score) { return &score.all; });
  std::vector<std::string> cells;
  for (const auto& [title, score] : columns) cells.push_back(percent(score.occupancy));
  add_line(out, "occupancy", cells);
  return out;
}

}  // namespace rf::what_if
