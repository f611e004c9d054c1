#pragma once
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace prometheus {
class Counter;
class Gauge;
class Histogram;
}  // namespace prometheus

namespace rf::process {

/// Every metric family of every program. Names, labels and help stand in one table in metrics.cpp.
enum class Metric : std::uint8_t {
  build_info,
  http_requests,
  commands,
  facts,
  commit_seconds,
  wal_sync_seconds,
  accounts,
  waiting_calls,
  offers,
  edge_attached,
  gate_depth,
  rank_fallback,
  watch_streams,
  watch_gaps,
  api_requests,
  late_overlaps,
  edge_calls,
  edge_bindings,
  edge_registers,
  edge_invites,
  edge_events_unacked,
  edge_node_connected,
  edge_connections,
  edge_connections_closed,
  sip_messages,
};

/// Which program exports a family.
enum class MetricOwner : std::uint8_t { both, node, edge };
enum class MetricKind : std::uint8_t { counter, gauge, histogram };

/// A label and the closed set of its values. Two sets come from the program at start: "<version>" and "<api method>".
struct MetricLabel {
  std::string name;
  std::vector<std::string> values;
};

struct MetricFamily {
  Metric metric;
  MetricOwner owner;
  MetricKind kind;
  std::string name;
  std::string help;
  std::vector<MetricLabel> labels;
  /// Upper bounds of a histogram's buckets, in its unit.
  std::vector<double> bounds;
};

/// The table of all families, in the order of the enum.
const std::vector<MetricFamily>& metric_families();

// Handles: cheap to copy, valid as long as their Metrics, any thread. On a hot path ask once and keep the handle.

/// A count that only rises.
class CounterMetric {
 public:
  explicit CounterMetric(prometheus::Counter& series) : series_(&series) {}
  void add(std::uint64_t n) const;

 private:
  prometheus::Counter* series_;
};

/// A level that rises and falls.
class GaugeMetric {
 public:
  explicit GaugeMetric(prometheus::Gauge& series) : series_(&series) {}
  void set(double value) const;
  void add(double difference) const;

 private:
  prometheus::Gauge* series_;
};

/// A distribution.
class HistogramMetric {
 public:
  explicit HistogramMetric(prometheus::Histogram& series) : series_(&series) {}
  void observe(double value) const;

 private:
  prometheus::Histogram* series_;
};

/// What a program's metrics need to know at start.
struct MetricsSetup {
  /// node or edge.
  MetricOwner program = MetricOwner::node;
  std::string version;
  /// The names of the method table, the values of the label `method` of ringfence_api_requests_total.
  std::vector<std::string> api_methods;
};

/// The metrics of one program. Any thread.
class Metrics {
 public:
  /// Series of small label sets exist from the start, so that rates begin at zero.
  explicit Metrics(const MetricsSetup& setup);
  ~Metrics();

  /// The series of `metric` with these label values, in the table's order. A value outside its closed set counts as
  /// "other" where the set has it. Our bug: another kind, another program's family, another number of labels, or a
  /// value outside a set without "other".
  CounterMetric counter(Metric metric, std::initializer_list<std::string_view> labels);
  GaugeMetric gauge(Metric metric, std::initializer_list<std::string_view> labels);
  HistogramMetric histogram(Metric metric, std::initializer_list<std::string_view> labels);

  /// All series in Prometheus' text format 0.0.4.
  std::string scrape() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace rf::process
