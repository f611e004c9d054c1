#include "tests/sim/world.hpp"

#include <algorithm>

#include "tests/sim/resting.hpp"
#include "tests/sim/text.hpp"

namespace rf::sim {

using namespace rf::core;

namespace {

/// How long the world is left alone before everything must be free again.
constexpr Ms rest_ms = 240 * second_ms;
constexpr std::uint64_t refold_steps = 10'000;
/// Of twenty seconds in which nobody does anything.
constexpr std::uint64_t rest_events_max = 500'000;
constexpr std::uint64_t compared_again_events = 400;

}  // namespace

World::World(const RunOptions& options)
    : options_(options), context_(options.seed, options.trace_lines), log_(context_, ledgers_), network_(context_),
      phones_(context_), callers_(context_), registrations_(context_, phones_), client_(context_, ledgers_, nodes_),
      staff_(context_, client_, ledgers_), integrator_(context_, client_, ledgers_),
      admin_(context_, client_, ledgers_), faults_(context_, *this) {
  build();
  connect_parts();
  running_ = this;
}

World* World::running_ = nullptr;

std::string trace_of_running() {
  std::string text;
  if (World::running_ != nullptr)
    for (const std::string& line : World::running_->context_.judge.trace()) text += line + "\n";
  return text;
}

World::~World() {
  running_ = nullptr;
  for (const auto& node : nodes_) node->crash();
}

void World::build() {
  for (const AccountPlan& account : context_.plan.accounts) {
    const auto on_durable = [this, id = account.id](const Fact& fact) {
      integrator_.watch(id, fact);
      watch_phones(id, fact);
      if (const auto* removed = std::get_if<fact::AgentRemoved>(&fact.body))
        for (const auto& edge : edges_) edge->agent_removed(removed->agent);
    };
    ledgers_[account.id] = std::make_unique<Ledger>(account.id, context_.judge, context_.tally, on_durable);
  }
  for (std::size_t place = 0; place < context_.plan.nodes; ++place)
    nodes_.push_back(std::make_unique<Node>(context_, log_, ledgers_, network_, place));
  for (std::size_t place = 0; place < context_.plan.edges; ++place) {
    EdgeHost::World world{
        context_, ledgers_,
        network_, phones_,
        callers_, [this, place](std::size_t node) {
                            return nodes_[node]->up() && !faults_.blocked(place, node); }};
    edges_.push_back(std::make_unique<EdgeHost>(std::move(world), place));
  }
}

/// What the account holds for true is true of the phones.
void World::watch_phones(AccountId account, const Fact& fact) {
  const auto* offered = std::get_if<fact::Offered>(&fact.body);
  if (offered != nullptr && offered->edge == api_edge)
    phones_.count_offer(offered->agent, offered->reservation, offered->max_concurrent);
  const auto* gone = std::get_if<fact::LegGone>(&fact.body);
  const auto* lost = std::get_if<fact::EdgeLost>(&fact.body);
  if (gone == nullptr && lost == nullptr) return;
  const fact::Offered* ended = gone == nullptr ? nullptr : &ledgers_.at(account)->offer(gone->reservation)->offer;
  for (std::size_t place = 0; place < edges_.size(); ++place) {
    if (lost != nullptr && edge_name(place) == lost->edge) phones_.edge_lost(account, place);
    if (ended != nullptr && edge_name(place) == ended->edge && edges_[place]->stood_still())
      phones_.excuse(ended->agent, ended->reservation);
  }
  if (ended != nullptr) phones_.count_gone(ended->agent, ended->reservation);
}

void World::connect_parts() {
  log_.clocks = [this]() -> const EdgeClocks& {
    for (const auto& node : nodes_)
      if (node->is_leader()) return node->last_clocks();
    static const EdgeClocks none;
    return none;
  };
  network_.join({[this](const StreamPtr& s, const ToNode& m) { nodes_[s->node]->take(s, m); },
                 [this](const StreamPtr& s, const ToEdge& m) { edges_[s->edge]->take(s, m); },
                 [this](const StreamPtr& s) { nodes_[s->node]->end_of(s); },
                 [this](const StreamPtr& s) { edges_[s->edge]->end_of(s); }});
  const auto leg = [this](const LegKey& key, edge::Input input) { edges_[key.edge]->leg(key, std::move(input)); };
  phones_.join({[leg](const LegKey& key) { leg(key, edge::input::LegRinging{key.leg}); },
                [leg](const LegKey& key) { leg(key, edge::input::LegAnswered{key.leg}); },
                [leg](const LegKey& key, int status) {
                  leg(key, edge::input::LegFailed{key.leg, status});
                },
                [leg](const LegKey& key) { leg(key, edge::input::LegHungUp{key.leg}); },
                [leg](const LegKey& key) { leg(key, edge::input::LegGone{key.leg}); },
                [this](const LegKey& key, CallId call) { edges_[key.edge]->session_timed_out(key, call); }});
  callers_.join([this](std::size_t edge, CallId call) { edges_[edge]->caller_gone(call); });
  registrations_.join({[this](std::size_t edge, AccountId account, AgentId agent, BindingId phone, Ms expires_ms) {
                         edges_[edge]->registered(account, agent, phone, expires_ms);
                       },
                       [this](std::size_t edge, BindingId phone) { edges_[edge]->unregistered(phone); },
                       [this](std::size_t edge, BindingId phone) { return edges_[edge]->holds(phone); }});
}

void World::call_again(const AccountPlan& account) {
  context_.schedule.after(context_.random.about(context_.plan.sip_call), [this, &account] {
    if (!calm_) {
      const std::string number =
          context_.random.chance(0.02) ? "unknown" : context_.random.one_of(account.queues).number;
      context_.random.one_of(edges_)->invite(account.id, CallId(client_.new_id(3)), number);
    }
    call_again(account);
  });
}

/// One event and everything that follows from it at once. False when the run is over.
bool World::go_on() {
  if (context_.judge.failed() || !context_.schedule.run_next()) return false;
  for (const auto& node : nodes_) node->run();
  log_.pump();
  if (++events_ % 4 == 0) compare_at_rest();
  if (context_.tally.steps >= refolded_at_ + refold_steps) {
    refolded_at_ = context_.tally.steps;
    for (auto& [account, ledger] : ledgers_) ledger->refold(log_.journal());
  }
  return !context_.judge.failed();
}

void World::go_on_for(Ms ms) {
  const Ms until_ms = context_.now_ms() + ms;
  const std::uint64_t events_max = events_ + rest_events_max;
  while (context_.now_ms() < until_ms && events_ < events_max && go_on()) {}
  if (events_ >= events_max)
    context_.judge.fail(std::to_string(rest_events_max) +
                        " events without anybody's doing: something goes round in circles");
}

void World::compare_at_rest() {
  if (!log_.leader() || !log_.idle() || log_.disk_failed()) return;
  for (const auto& host : edges_) {
    if (!host->up() || host->paused()) continue;
    for (const auto& [account, ledger] : ledgers_) {
      const StreamPtr stream = host->stream_of(account);
      if (!stream || !stream->edge_end || !stream->node_end || stream->to_edge_cut || stream->to_node_cut ||
          stream->in_flight > 0)
        continue;
      const Node& node = *nodes_[stream->node];
      if (!node.is_leader() || !node.idle() || node.paused() || !log_.leads(storage::shard_of(account)) ||
          !node.serves(stream, account) || context_.now_ms() < node.killed_ms() + 3 * second_ms)
        continue;
      const Edge* known = find_edge(ledger->durable(), edge_name(stream->edge));
      const std::uint64_t known_seq = ledger->durable().seq;
      if (known == nullptr || ledger->decided().seq != ledger->durable().seq ||
          host->machine()->digest(account).n != known->n)
        continue;
      // As it was compared already, but for what changes without a word.
      Compared& last = compared_[{stream->edge, account}];
      if (last.seq == known_seq && last.n == known->n && events_ - last.at_event < compared_again_events) continue;
      last = {known_seq, known->n, events_};
      context_.tally.count("edges compared at rest");
      const Account& known_account = ledger->durable();
      const std::string found = resting_difference(known_account, *host->machine(), [&](BindingId binding) {
        // One id at two edges: whichever spoke last owns it, and when that one lets go the account knows of none.
        const BindingId phone = host->phone_of(binding);
        // A phone that registers as its agent is removed stands at the edge until it must register again, and is not rung.
        const Agent* agent = find_agent(known_account, registrations_.agent_of(phone));
        return !context_.plan.lasting_bindings && registrations_.at_home(phone, stream->edge) && agent != nullptr &&
               !agent->removed;
      });
      if (!found.empty()) context_.judge.fail("R10: " + brief(account) + " at " + known->name + ": " + found);
    }
  }
}

void World::rest() {
  calm_ = true;
  staff_.calm_down();
  integrator_.calm_down();
  callers_.calm_down();
  phones_.calm_down();
  faults_.stop();
  context_.judge.note([] { return std::string("the world is left alone"); });
  for (Ms rested_ms = 0; rested_ms < rest_ms && !context_.judge.failed(); rested_ms += 20 * second_ms) {
    integrator_.complete_all();
    go_on_for(20 * second_ms);
  }
  // Plans go on meanwhile: what one began in the last instant is being committed.
  for (Ms waited_ms = 0; waited_ms < 10 * second_ms && !all_durable(); waited_ms += second_ms / 10)
    go_on_for(second_ms / 10);
  if (!context_.judge.failed()) check_rest();
  context_.tally.count("rests");
  calm_ = false;
  staff_.wake_up();
  integrator_.wake_up();
  callers_.wake_up();
  phones_.wake_up();
  faults_.go_on();
}

bool World::all_durable() const {
  return std::all_of(ledgers_.begin(), ledgers_.end(),
                     [](const auto& entry) { return entry.second->decided().seq == entry.second->durable().seq; });
}

void World::check_rest() {
  const auto check = [&](const std::string& found) {
    if (!found.empty()) context_.judge.fail("after " + std::to_string(rest_ms / second_ms) + " s of rest: " + found);
  };
  for (const auto& [account, ledger] : ledgers_) {
    if (ledger->decided().seq != ledger->durable().seq) check(brief(account) + " has facts that never became durable");
    const std::string found = left_over(ledger->durable());
    if (!found.empty()) check(brief(account) + ": " + found);
  }
  for (const auto& host : edges_) {
    // What it forgets by time it forgets when it next does anything.
    host->tick();
    check(left_over(*host->machine()));
    for (const auto& [account, digest] : host->machine()->digests()) {
      const Edge* known = find_edge(ledgers_.at(account)->durable(), host->machine()->name());
      if (known == nullptr || known->epoch != host->machine()->epoch() || known->n != digest.n)
        check(brief(account) + " has not seen every event of " + host->machine()->name());
    }
  }
  if (callers_.size() > 0) check("a caller has no end");
  if (phones_.live() > 0) check("a phone still rings or talks");
}

Outcome World::run() {
  for (const auto& edge : edges_) {
    edge->boot();
    edge->start();
  }
  faults_.begin();
  registrations_.start();
  admin_.build_accounts();
  while (!admin_.built() && go_on()) {}
  staff_.start();
  integrator_.start();
  for (const AccountPlan& account : context_.plan.accounts) call_again(account);
  calm_ = false;
  faults_.start();
  while (context_.tally.steps < options_.steps && !context_.judge.failed()) {
    const std::uint64_t until = context_.tally.steps + 2000 + context_.random.below(6000);
    while (context_.tally.steps < std::min(until, options_.steps) && go_on()) {}
    if (!context_.judge.failed()) rest();
  }
  for (auto& [account, ledger] : ledgers_)
    if (!context_.judge.failed()) ledger->refold(log_.journal());
  Outcome outcome;
  outcome.violation = context_.judge.violation();
  outcome.trace.assign(context_.judge.trace().begin(), context_.judge.trace().end());
  outcome.hash = context_.judge.hash();
  outcome.virtual_ms = context_.now_ms() - Context::start_ms;
  outcome.tally = context_.tally;
  return outcome;
}

Outcome run_seed(const RunOptions& options) { return World(options).run(); }

}  // namespace rf::sim
