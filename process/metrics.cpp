#include "process/metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <span>
#include <sstream>

#include "core/base/assert.hpp"
#include "core/base/result.hpp"

namespace rf::process {

namespace {

using enum MetricOwner;
using enum MetricKind;

constexpr std::string_view version_values = "<version>";
constexpr std::string_view api_method_values = "<api method>";
/// Families with more label combinations than this get their series when first used.
constexpr std::size_t eager_series_max = 64;

std::vector<std::string> every_code() {
  std::vector<std::string> names;
  for (int code = 0; code <= static_cast<int>(Code::failed_precondition); ++code)
    names.emplace_back(name_of(static_cast<Code>(code)));
  return names;
}

using Labels = std::vector<MetricLabel>;

MetricFamily counts(Metric metric, MetricOwner owner, std::string name, std::string help, Labels labels) {
  return {metric, owner, counter, std::move(name), std::move(help), std::move(labels), {}};
}
MetricFamily level(Metric metric, MetricOwner owner, std::string name, std::string help, Labels labels) {
  return {metric, owner, gauge, std::move(name), std::move(help), std::move(labels), {}};
}
/// Seconds that a disk takes.
MetricFamily disk_time(Metric metric, MetricOwner owner, std::string name, std::string help) {
  std::vector<double> bounds = {0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005,
                                0.01,    0.025,  0.05,    0.1,    0.25,  1,      5};
  return {metric, owner, histogram, std::move(name), std::move(help), {}, std::move(bounds)};
}

std::vector<MetricFamily> shared_families() {
  const std::vector<std::string> http_codes = {"200", "400", "401", "403", "404", "405", "408", "409",  "412",
                                               "413", "429", "431", "500", "501", "503", "504", "other"};
  return {
      level(Metric::build_info, both, "ringfence_build_info", "Always 1; the label is the running version.",
            {{"version", {std::string(version_values)}}}),
      counts(Metric::http_requests, both, "ringfence_http_requests_total", "HTTP requests by status code.",
             {{"code", http_codes}}),
  };
}

std::vector<MetricFamily> node_families() {
  const std::vector<std::string> offer_outcomes = {"answered",  "no_answer", "rejected",  "busy",        "unreachable",
                                                   "withdrawn", "not_rung",  "lost_race", "caller_gone", "failed"};
  return {
      counts(Metric::commands, node, "ringfence_commands_total", "Commands decided, by the code of their reply.",
             {{"result", every_code()}}),
      counts(Metric::facts, node, "ringfence_facts_total", "Facts committed to the log.", {}),
      disk_time(Metric::commit_seconds, node, "ringfence_commit_seconds", "From proposing a batch to its commit."),
      disk_time(Metric::wal_sync_seconds, node, "ringfence_wal_sync_seconds", "One sync of the write-ahead log."),
      level(Metric::accounts, node, "ringfence_accounts", "Accounts that this node leads.", {}),
      level(Metric::waiting_calls, node, "ringfence_waiting_calls", "Calls waiting in a queue.", {}),
      counts(Metric::offers, node, "ringfence_offers_total", "Offers ended, by how.", {{"outcome", offer_outcomes}}),
      level(Metric::edge_attached, node, "ringfence_edge_attached", "Edges attached to this node.", {}),
      level(Metric::gate_depth, node, "ringfence_gate_depth",
            "Replies, orders and deltas that wait for their facts to be durable.", {}),
      counts(Metric::rank_fallback, node, "ringfence_rank_fallback_total",
             "Rankings done in place because the queue actor did not answer in time.", {}),
      level(Metric::watch_streams, node, "ringfence_watch_streams", "Open watch streams.", {}),
      counts(Metric::watch_gaps, node, "ringfence_watch_gaps_total",
             "Times a slow watcher lost deltas and got a new snapshot.", {}),
      counts(Metric::api_requests, node, "ringfence_api_requests_total", "API requests by method and code.",
             {{"method", {std::string(api_method_values)}}, {"code", every_code()}}),
      counts(Metric::late_overlaps, node, "ringfence_late_overlaps_total",
             "Calls that came back from a lost edge after their agent had another.", {}),
  };
}

std::vector<MetricFamily> edge_families() {
  const std::vector<std::string> sip_methods = {"INVITE",    "ACK",    "BYE",     "CANCEL",  "REGISTER",
                                                "OPTIONS",   "PRACK",  "UPDATE",  "INFO",    "REFER",
                                                "SUBSCRIBE", "NOTIFY", "MESSAGE", "PUBLISH", "other"};
  const std::vector<std::string> register_results = {"accepted",  "removed",   "challenged",
                                                     "forbidden", "malformed", "unavailable"};
  const std::vector<std::string> invite_results = {"queued",      "unknown_number", "unknown_domain",
                                                   "forbidden",   "no_capacity",    "malformed",
                                                   "unavailable", "overloaded",     "loop"};
  return {
      level(Metric::edge_calls, edge, "ringfence_edge_calls", "Calls that this edge carries.", {}),
      level(Metric::edge_bindings, edge, "ringfence_edge_bindings", "Registered contacts at this edge.", {}),
      counts(Metric::edge_registers, edge, "ringfence_edge_registers_total", "REGISTER requests by result.",
             {{"result", register_results}}),
      counts(Metric::edge_invites, edge, "ringfence_edge_invites_total", "Inbound calls by result.",
             {{"result", invite_results}}),
      level(Metric::edge_events_unacked, edge, "ringfence_edge_events_unacked",
            "Events that no node has acknowledged yet.", {}),
      level(Metric::edge_node_connected, edge, "ringfence_edge_node_connected", "Nodes that this edge is attached to.",
            {}),
      level(Metric::edge_connections, edge, "ringfence_edge_tcp_connections", "TCP connections that others opened.",
            {}),
      counts(Metric::edge_connections_closed, edge, "ringfence_edge_tcp_connections_closed_total",
             "TCP connections that this edge closed, by why: a limit, or nobody registered in time.",
             {{"reason", {"over_total", "over_address", "stranger"}}}),
      counts(Metric::sip_messages, edge, "ringfence_sip_messages_total",
             "SIP messages by direction and by the method of their CSeq.",
             {{"direction", {"in", "out"}}, {"method", sip_methods}}),
  };
}

/// In the order of the enum.
std::vector<MetricFamily> make_families() {
  std::vector<MetricFamily> all = shared_families();
  for (std::vector<MetricFamily> more : {node_families(), edge_families()})
    all.insert(all.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
  return all;
}

}  // namespace

const std::vector<MetricFamily>& metric_families() {
  static const std::vector<MetricFamily> families = make_families();
  return families;
}

void CounterMetric::add(std::uint64_t n) const { series_->Increment(static_cast<double>(n)); }
void GaugeMetric::set(double value) const { series_->Set(value); }
void GaugeMetric::add(double difference) const { series_->Increment(difference); }
void HistogramMetric::observe(double value) const { series_->Observe(value); }

struct Metrics::State {
  using Values = std::span<const std::string_view>;

  prometheus::Registry registry;
  MetricOwner program;
  /// The families with the sets that only the program knows filled in.
  std::vector<MetricFamily> families = metric_families();
  std::map<Metric, prometheus::Family<prometheus::Counter>*> counters;
  std::map<Metric, prometheus::Family<prometheus::Gauge>*> gauges;
  std::map<Metric, prometheus::Family<prometheus::Histogram>*> histograms;

  void fill(std::string_view placeholder, const std::vector<std::string>& values);
  void create(const MetricFamily& created);
  void create_series(const MetricFamily& created, std::vector<std::string_view>& values);
  prometheus::Labels labels_of(Metric metric, MetricKind kind, Values values) const;
  const MetricFamily& family(Metric metric) const;
};

const MetricFamily& Metrics::State::family(Metric metric) const {
  const MetricFamily& found = families.at(static_cast<std::size_t>(metric));
  RF_ASSERT(found.metric == metric);
  return found;
}

void Metrics::State::fill(std::string_view placeholder, const std::vector<std::string>& values) {
  for (MetricFamily& filled : families)
    for (MetricLabel& label : filled.labels)
      if (label.values == std::vector<std::string>{std::string(placeholder)}) label.values = values;
}

prometheus::Labels Metrics::State::labels_of(Metric metric, MetricKind kind, Values values) const {
  const MetricFamily& known_family = family(metric);
  RF_ASSERT(known_family.kind == kind);
  RF_ASSERT(known_family.owner == both || known_family.owner == program);
  RF_ASSERT(known_family.labels.size() == values.size());
  prometheus::Labels labels;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::vector<std::string>& set = known_family.labels[i].values;
    const auto known = [&](std::string_view value) { return std::find(set.begin(), set.end(), value) != set.end(); };
    const std::string_view value = known(values[i]) ? values[i] : "other";
    RF_ASSERT(known(value));
    labels.emplace(known_family.labels[i].name, value);
  }
  return labels;
}

void Metrics::State::create(const MetricFamily& created) {
  const auto described = [&](auto builder) {
    return &builder.Name(created.name).Help(created.help).Register(registry);
  };
  switch (created.kind) {
    case MetricKind::counter: counters[created.metric] = described(prometheus::BuildCounter()); break;
    case MetricKind::gauge: gauges[created.metric] = described(prometheus::BuildGauge()); break;
    case MetricKind::histogram: histograms[created.metric] = described(prometheus::BuildHistogram()); break;
  }
  std::size_t series = 1;
  for (const MetricLabel& label : created.labels) series *= label.values.size();
  std::vector<std::string_view> values;
  if (series <= eager_series_max) create_series(created, values);
}

void Metrics::State::create_series(const MetricFamily& created, std::vector<std::string_view>& values) {
  if (values.size() < created.labels.size()) {
    for (const std::string& value : created.labels[values.size()].values) {
      values.push_back(value);
      create_series(created, values);
      values.pop_back();
    }
    return;
  }
  const prometheus::Labels labels = labels_of(created.metric, created.kind, values);
  switch (created.kind) {
    case MetricKind::counter: counters[created.metric]->Add(labels); break;
    case MetricKind::gauge: gauges[created.metric]->Add(labels); break;
    case MetricKind::histogram: histograms[created.metric]->Add(labels, created.bounds); break;
  }
}

Metrics::Metrics(const MetricsSetup& setup) : state_(std::make_unique<State>()) {
  state_->program = setup.program;
  state_->fill(version_values, {setup.version});
  state_->fill(api_method_values, setup.api_methods);
  for (const MetricFamily& family : state_->families)
    if (family.owner == both || family.owner == setup.program) state_->create(family);
  gauge(Metric::build_info, {setup.version}).set(1);
}

Metrics::~Metrics() = default;

CounterMetric Metrics::counter(Metric metric, std::initializer_list<std::string_view> labels) {
  const prometheus::Labels checked = state_->labels_of(metric, MetricKind::counter, {labels.begin(), labels.size()});
  return CounterMetric(state_->counters.at(metric)->Add(checked));
}

GaugeMetric Metrics::gauge(Metric metric, std::initializer_list<std::string_view> labels) {
  const prometheus::Labels checked = state_->labels_of(metric, MetricKind::gauge, {labels.begin(), labels.size()});
  return GaugeMetric(state_->gauges.at(metric)->Add(checked));
}

HistogramMetric Metrics::histogram(Metric metric, std::initializer_list<std::string_view> labels) {
  const prometheus::Labels checked = state_->labels_of(metric, MetricKind::histogram, {labels.begin(), labels.size()});
  return HistogramMetric(state_->histograms.at(metric)->Add(checked, state_->family(metric).bounds));
}

std::string Metrics::scrape() const {
  std::ostringstream out;
  prometheus::TextSerializer().Serialize(out, state_->registry.Collect());
  return out.str();
}

}  // namespace rf::process
