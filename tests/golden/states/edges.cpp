#include "tests/golden/states/matrix.hpp"

namespace rf::core::states {

namespace {

constexpr Ms silent_ms = 10 * second_ms;
constexpr Ms lost_ms = 90 * second_ms;
/// More than one turn sweeps.
constexpr std::size_t many_calls = 200;

struct Cursor {
  std::uint64_t epoch = 0;
  std::uint64_t n = 0;
};

Cursor cursor_of(const Scene& s) {
  const Edge* edge = find_edge(s.c.account(), s.edge);
  return edge == nullptr ? Cursor{} : Cursor{edge->epoch, edge->n};
}

/// What an edge says of itself that carries just what the account believes it does.
link::Digest digest_of(const Scene& s) {
  const Index& index = s.c.account().index;
  link::Digest digest{cursor_of(s).n, 0};
  if (const auto calls = index.edge_calls.find(s.edge); calls != index.edge_calls.end())
    for (CallId id : calls->second) link::add_to_digest(digest.hash, id);
  if (const auto bindings = index.edge_bindings.find(s.edge); bindings != index.edge_bindings.end())
    for (BindingId id : bindings->second) link::add_to_digest(digest.hash, id);
  return digest;
}

/// A caller waits at the edge, and an agent's phone is registered there.
void carries(Scene& s) {
  s.agent = s.c.agent("ann", {rf::testing::Center::in(s.q)}, AgentConfig{});
  s.phone = s.c.bind("e1", s.agent);
  take_call(s, s.d.call());
}

void falls_silent(Scene& s) {
  carries(s);
  s.c.stop_heartbeats("e1");
  s.c.advance(silent_ms);
  must(s, command::EdgeSilent{"e1"});
}

void is_lost(Scene& s) {
  falls_silent(s);
  s.c.advance(lost_ms - silent_ms);
  must(s, command::EdgeLost{"e1"});
}

std::vector<State> states() {
  const auto idle_agent = [](Scene& s) { s.agent = s.c.agent("ann", {}, AgentConfig{}); };
  return {
      {"never seen",
       [idle_agent](Scene& s) {
         idle_agent(s);
         s.edge = "e2";
       }},
      {"live, carries nothing", idle_agent},
      {"live", carries},
      {"silent", falls_silent},
      {"lost, being swept", is_lost},
      {"lost",
       [](Scene& s) {
         is_lost(s);
         s.c.settle();
       }},
      {"back, being swept",
       [](Scene& s) {
         falls_silent(s);
         must(s, command::EdgeBack{"e1"});
       }},
      {"restarted, being swept",
       [](Scene& s) {
         carries(s);
         for (std::size_t i = 0; i < many_calls; ++i) s.d.call();
         must(s, command::EdgeEvent{"e1", link::Event{2, 1, 0, link::Snapshot{"boot", {}, {}}}});
       }},
  };
}

/// An event of the edge's epoch, so far beyond the account's cursor.
template <class Make>
std::function<Command(const Scene&)> tells(std::uint64_t beyond, Make make) {
  return [beyond, make](const Scene& s) -> Command {
    const Cursor at = cursor_of(s);
    return command::EdgeEvent{s.edge, link::Event{at.epoch, at.n + beyond, 0, make(s)}};
  };
}

/// The first event of the epoch before, or of the one after.
Command first_of(const Scene& s, bool after, link::EventBody body) {
  const std::uint64_t epoch = cursor_of(s).epoch;
  const std::uint64_t before = epoch == 0 ? 0 : epoch - 1;
  return command::EdgeEvent{s.edge, link::Event{after ? epoch + 1 : before, 1, 0, std::move(body)}};
}

std::vector<Ask> event_asks() {
  const auto up = [](const Scene& s) { return link::BindingUp{s.agent, BindingId(Ulid{8, 8}), "sip:new"}; };
  const auto down = [](const Scene& s) { return link::BindingDown{s.phone, "expired"}; };
  const auto snapshot = [](const Scene&) { return link::Snapshot{"boot", {}, {}}; };
  return {
      {"event in order: BindingUp", tells(1, up)},
      {"event in order: BindingDown", tells(1, down)},
      {"event in order: Snapshot of nothing", tells(1, snapshot)},
      {"event repeated", tells(0, up)},
      {"event ahead", tells(2, up)},
      {"older epoch: Snapshot of nothing", [snapshot](const Scene& s) { return first_of(s, false, snapshot(s)); }},
      {"new epoch: Snapshot of nothing", [snapshot](const Scene& s) { return first_of(s, true, snapshot(s)); }},
      {"new epoch: another event first", [up](const Scene& s) { return first_of(s, true, up(s)); }},
  };
}

std::vector<Ask> watch_asks() {
  const auto check = [](std::uint64_t later_epoch, std::uint64_t hash) {
    return [later_epoch, hash](const Scene& s) -> Command {
      link::Digest digest = digest_of(s);
      digest.hash += hash;
      return command::DigestCheck{s.edge, cursor_of(s).epoch + later_epoch, digest};
    };
  };
  return {
      {"EdgeSilent", [](const Scene& s) { return command::EdgeSilent{s.edge}; }},
      {"EdgeBack", [](const Scene& s) { return command::EdgeBack{s.edge}; }},
      {"EdgeLost", [](const Scene& s) { return command::EdgeLost{s.edge}; }},
      {"DigestCheck that agrees", check(0, 0)},
      {"DigestCheck that differs", check(0, 1)},
      {"DigestCheck of a new epoch", check(1, 0)},
  };
}

std::string shown(const Scene& s) {
  const Edge* edge = find_edge(s.c.account(), s.edge);
  if (edge == nullptr) return "not known";
  constexpr const char* healths[] = {"live", "silent", "lost"};
  constexpr const char* sweeps[] = {"", ", sweep of a snapshot", ", sweep of a return", ", sweep of a loss"};
  return std::string(healths[static_cast<std::size_t>(edge->health)]) + sweeps[static_cast<std::size_t>(edge->sweep)] +
         ", epoch " + std::to_string(edge->epoch) + " event " + std::to_string(edge->n);
}

}  // namespace

Matrix edge_matrix() {
  Matrix m;
  m.title = "Edges";
  m.text = "What the edge watcher's commands, numbered events (R16) and digests (R17) do to an edge as the account "
           "knows it, "
           "with its health, the sweep under way and the last event seen. An edge that concerns the account in nothing "
           "is not noted as silent or lost.";
  m.states = states();
  append(m.asks, event_asks());
  append(m.asks, watch_asks());
  m.shown = shown;
  return m;
}

}  // namespace rf::core::states
