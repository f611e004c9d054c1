#include "ringfence/v1/cluster.grpc.pb.h"
#include "tools/ringfencectl/commands.hpp"
#include "tools/ringfencectl/printing.hpp"
#include "tools/ringfencectl/table.hpp"
#include "tools/ringfencectl/words.hpp"

namespace rf::ctl {

namespace {

namespace api = ringfence::v1;
using Cluster = api::ClusterService;

Result<int> health(const Invocation& asked, Session& session) {
  const auto reply = session.call<Cluster>(&Cluster::Stub::GetHealth, api::GetHealthRequest());
  if (!reply) return reply.error();
  const int exit_code = reply->healthy() && !reply->draining() ? 0 : 1;
  if (printed_as_json(asked, *reply)) return exit_code;
  std::string out = reply->draining() ? "draining" : reply->healthy() ? "healthy" : "not healthy";
  if (!reply->reason().empty()) out += ": " + plain(reply->reason());
  out += "\nnode " + plain(reply->node()) + ", version " + plain(reply->version()) + ", " +
         std::to_string(reply->shards_led()) + " shards led, " + std::to_string(reply->accounts()) + " accounts\n";
  if (reply->edges_size() != 0) {
    Table table({{"EDGE"}, {"ATTACHED"}, {"LAST HEARTBEAT", Align::right}});
    for (const api::EdgeHealth& edge : reply->edges())
      table.row({edge.name(), edge.attached() ? "yes" : "no", span_text(edge.heartbeat_age_ms()) + " ago"});
    out += table.text();
  }
  print(out);
  return exit_code;
}

Result<int> drain(const Invocation& asked, Session& session) {
  const auto reply = session.call<Cluster>(&Cluster::Stub::DrainNode, api::DrainNodeRequest());
  if (!reply) return reply.error();
  if (!printed_as_json(asked, *reply))
    print("draining: the node refuses new requests, finishes what it has, and ends\n");
  return 0;
}

}  // namespace

std::vector<Command> node_commands() {
  return {
      {{"health", "", "how the node is; exit code 1 when it is not healthy", {}}, health},
      {{"drain", "", "ends the node as SIGTERM does: new requests refused, what is in progress finished", {}}, drain},
  };
}

std::vector<Command> all_commands() {
  std::vector<Command> out;
  for (const auto& group : {account_commands(), agent_commands(), queue_commands(), call_commands(), explain_commands(),
                            watch_commands(), history_commands(), node_commands()})
    out.insert(out.end(), group.begin(), group.end());
  return out;
}

}  // namespace rf::ctl
