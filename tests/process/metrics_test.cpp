#include "process/metrics.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>

namespace rf::process {
namespace {

const char* const golden_path = "tests/golden/metrics.txt";

MetricsSetup node_setup() {
  return {.program = MetricOwner::node, .version = "1.2.3", .api_methods = {"AgentService/Get", "AgentService/List"}};
}
MetricsSetup edge_setup() { return {.program = MetricOwner::edge, .version = "1.2.3", .api_methods = {}}; }

std::string listing() {
  std::ostringstream out;
  for (const MetricFamily& family : metric_families()) {
    const char* const kinds[] = {"counter", "gauge", "histogram"};
    const char* const owners[] = {"both", "node", "edge"};
    out << family.name << " " << kinds[static_cast<int>(family.kind)] << " " << owners[static_cast<int>(family.owner)]
        << "\n  " << family.help << "\n";
    for (const MetricLabel& label : family.labels) {
      out << "  " << label.name << ":";
      for (const std::string& value : label.values) out << " " << value;
      out << "\n";
    }
    if (!family.bounds.empty()) {
      out << "  buckets:";
      for (const double bound : family.bounds) out << " " << bound;
      out << "\n";
    }
  }
  return out.str();
}

TEST(MetricFamilies, AreTheGoldenOnes) {
  if (std::getenv("RF_UPDATE_GOLDENS") != nullptr) std::ofstream(golden_path) << listing();
  std::ifstream file(golden_path);
  ASSERT_TRUE(file) << golden_path << " is missing: run in the root of the repository with RF_UPDATE_GOLDENS=1";
  std::ostringstream golden;
  golden << file.rdbuf();
  EXPECT_EQ(listing(), golden.str()) << "if the change is meant, run again with RF_UPDATE_GOLDENS=1";
}

TEST(MetricFamilies, FollowTheRulesOfNaming) {
  std::set<std::string> names;
  std::size_t index = 0;
  for (const MetricFamily& family : metric_families()) {
    EXPECT_EQ(static_cast<std::size_t>(family.metric), index++) << family.name;
    EXPECT_TRUE(family.name.starts_with("ringfence_")) << family.name;
    EXPECT_EQ(family.name.ends_with("_total"), family.kind == MetricKind::counter) << family.name;
    EXPECT_EQ(!family.bounds.empty(), family.kind == MetricKind::histogram) << family.name;
    EXPECT_FALSE(family.help.empty()) << family.name;
    EXPECT_TRUE(names.insert(family.name).second) << family.name;
  }
}

TEST(Metrics, ExportsTheProgramsOwnFamilies) {
  const std::string node = Metrics(node_setup()).scrape();
  const std::string edge = Metrics(edge_setup()).scrape();
  EXPECT_NE(node.find("ringfence_build_info{version=\"1.2.3\"} 1\n"), std::string::npos) << node;
  EXPECT_NE(node.find("ringfence_facts_total 0\n"), std::string::npos);
  EXPECT_NE(node.find("ringfence_commands_total{result=\"not_owner\"} 0\n"), std::string::npos);
  EXPECT_NE(node.find("ringfence_commit_seconds_bucket{le=\"+Inf\"} 0\n"), std::string::npos);
  EXPECT_EQ(node.find("ringfence_edge_calls"), std::string::npos);
  EXPECT_NE(edge.find("ringfence_edge_calls 0\n"), std::string::npos);
  EXPECT_NE(edge.find("ringfence_sip_messages_total{direction=\"in\",method=\"INVITE\"} 0\n"), std::string::npos);
  EXPECT_EQ(edge.find("ringfence_facts_total"), std::string::npos);
}

TEST(Metrics, CountsSetsAndObserves) {
  Metrics metrics(node_setup());
  metrics.counter(Metric::offers, {"answered"}).add(2);
  metrics.counter(Metric::offers, {"answered"}).add(1);
  const GaugeMetric waiting = metrics.gauge(Metric::waiting_calls, {});
  waiting.set(5);
  waiting.add(-2);
  metrics.histogram(Metric::commit_seconds, {}).observe(0.0002);
  metrics.counter(Metric::api_requests, {"AgentService/Get", "not_found"}).add(1);
  metrics.counter(Metric::http_requests, {"418"}).add(1);
  const std::string text = metrics.scrape();
  for (const char* line : {"ringfence_offers_total{outcome=\"answered\"} 3\n", "ringfence_waiting_calls 3\n",
                           "ringfence_commit_seconds_bucket{le=\"0.0001\"} 0\n",
                           "ringfence_commit_seconds_bucket{le=\"0.00025\"} 1\n", "ringfence_commit_seconds_count 1\n",
                           "ringfence_api_requests_total{code=\"not_found\",method=\"AgentService/Get\"} 1\n",
                           "ringfence_http_requests_total{code=\"other\"} 1\n"})
    EXPECT_NE(text.find(line), std::string::npos) << line << "\n" << text;
}

TEST(MetricsDeathTest, WrongUseIsOurBug) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  Metrics metrics(node_setup());
  EXPECT_DEATH(metrics.counter(Metric::accounts, {}), "assertion failed");
  EXPECT_DEATH(metrics.gauge(Metric::edge_calls, {}), "assertion failed");
  EXPECT_DEATH(metrics.counter(Metric::offers, {}), "assertion failed");
  EXPECT_DEATH(metrics.counter(Metric::offers, {"lost"}), "assertion failed");
  EXPECT_DEATH(metrics.counter(Metric::api_requests, {"Unknown/Call", "ok"}), "assertion failed");
}

}  // namespace
}  // namespace rf::process
