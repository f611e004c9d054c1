#include "core/base/plant.hpp"
#include "tests/actors/desk.hpp"
#include "tests/support/contention.hpp"

namespace rf::testing {
namespace {

/// Planted bugs of the actors: each scene says what is broken, and nothing while no bug is planted.
std::string gate_scene() {
  Desk desk(1);
  const QueueId queue = desk.queue("sales");
  const AskedPtr asked = desk.ask(desk.enqueue(queue));
  desk.h.run();
  return asked->done() ? "a reply left before its facts were durable" : "";
}

std::string sync_scene() {
  Desk desk(1);
  desk.number("100", desk.queue("sales"));
  desk.attach("edge-a");
  desk.h.outbox().sent.clear();
  desk.h.actors().sync_edge(desk.account, "edge-a");
  desk.h.run();
  return desk.h.outbox().sent.empty() ? "" : "a sync left before its barrier";
}

std::string rebuild_scene() {
  Desk desk(1);
  const QueueId queue = desk.queue("sales");
  desk.h.advance(2 * second_ms, Commits::at_once);
  const core::Command enqueue = desk.enqueue(queue);
  desk.ask(enqueue);
  desk.h.run();
  desk.ask(core::command::SetDomain{"a.example.org"});
  desk.h.kill("presence_actor");
  desk.h.run();
  const AskedPtr complete = desk.ask(core::command::CompleteCall{std::get<core::command::Enqueue>(enqueue).call});
  desk.h.settle();
  return complete->code() == Code::ok ? "" : "a rebuilt actor answered from a state without facts in flight";
}

std::string contention_scene() {
  return Contention(1).run(500).overlapping == 0 ? "" : "an agent was offered two calls at once";
}

struct Mutant {
  const char* plant;
  std::string (*scene)();
};

class MutantTest : public ::testing::TestWithParam<Mutant> {
 protected:
  ~MutantTest() override { plant::arm(""); }
};

TEST_P(MutantTest, IsCaught) {
  EXPECT_EQ(GetParam().scene(), "");
  plant::arm(GetParam().plant);
  EXPECT_NE(GetParam().scene(), "");
}

INSTANTIATE_TEST_SUITE_P(Actors, MutantTest,
                         ::testing::Values(Mutant{"gate_opens_early", gate_scene},
                                           Mutant{"sync_without_barrier", sync_scene},
                                           Mutant{"rebuild_without_barrier", rebuild_scene},
                                           Mutant{"double_grant", contention_scene}),
                         [](const auto& param) { return std::string(param.param.plant); });

}  // namespace
}  // namespace rf::testing
