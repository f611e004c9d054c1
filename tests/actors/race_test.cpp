#include <algorithm>

#include "core/account/apply.hpp"
#include "tests/actors/desk.hpp"

namespace rf::testing {
namespace {

/// What goes wrong beside the races.
enum class Trouble : std::uint8_t { none, actors_die };

/// 100 API callers race for 10 agents: everything that can be asked at once is, in an order chosen by the seed, while
/// commits, timers, ranking time-outs and (with trouble) dying actors fall in between.
class Race {
 public:
  Race(std::uint64_t seed, Trouble trouble) : desk_(seed), trouble_(trouble) {
    core::QueueConfig all;
    all.strategy = core::StrategyKind::ring_all;
    all.ring_all_width = 3;
    queues_ = {desk_.queue("sales"), desk_.queue("support"), desk_.queue("all", all)};
    for (int i = 0; i < 10; ++i) agents_.push_back(desk_.ready_agent("agent" + std::to_string(i), queues_));
  }

  void run() {
    while (callers_ < 100 || !open_.empty()) {
      one_thing();
      if (++steps_ > 100'000) {
        ADD_FAILURE() << "the race finds no end";
        return;
      }
    }
    desk_.h.release("queue_actor");
    desk_.h.settle();
    desk_.h.advance(120 * second_ms, Commits::at_once);
  }

  /// Every answer, order and fact, in order.
  std::string trace() {
    for (const core::Fact& fact : desk_.h.log(desk_.account))
      trace_ +=
          std::to_string(fact.seq) + " " + std::to_string(fact.ts) + " " + std::string(core::name_of(fact.body)) + "\n";
    for (const Sent& sent : desk_.h.outbox().sent) trace_ += text_of(sent) + "\n";
    return trace_;
  }

  Desk& desk() { return desk_; }
  std::size_t unknown() const { return unknown_; }
  std::size_t wins() const { return wins_; }
  std::size_t fallbacks() { return desk_.h.observer().fallbacks; }

 private:
  struct Open {
    CommandId id;
    core::Command command;
    AskedPtr asked;
  };

  std::size_t dice(std::size_t sides) { return desk_.h.random()() % sides; }

  void one_thing() {
    const std::size_t roll = dice(100);
    if (roll < 55)
      desk_.h.step();
    else if (roll < 75)
      desk_.h.journal().commit_next();
    else if (roll < 85)
      next_caller();
    else if (roll < 95)
      next_answer();
    else if (roll < 97)
      desk_.h.advance(static_cast<Ms>(dice(3000)), Commits::by_hand);
    else if (trouble_ == Trouble::actors_die)
      trouble();
    else
      next_status();
    look_at_answers();
  }

  void trouble() {
    switch (dice(6)) {
      case 0: desk_.h.kill("presence_actor"); break;
      case 1: desk_.h.kill("queue_actor"); break;
      case 2: desk_.h.freeze("queue_actor"); break;
      default: desk_.h.release("queue_actor"); break;
    }
  }

  void ask(core::Command command) {
    const CommandId id = desk_.next_id();
    open_.push_back(Open{id, command, desk_.ask(id, command)});
  }

  void next_caller() {
    if (callers_ >= 100) return;
    ++callers_;
    ask(desk_.enqueue(queues_[dice(queues_.size())]));
  }

  /// Two of the foreign switch's threads handle the same offer: one accepts, the other accepts, rejects or hangs up.
  void next_answer() {
    const core::Account account = desk_.committed();
    std::vector<const core::Reservation*> offers;
    for (const auto& [id, reservation] : account.reservations) offers.push_back(&reservation);
    if (offers.empty()) return;
    std::sort(offers.begin(), offers.end(),
              [](const auto* a, const auto* b) { return a->offer.reservation < b->offer.reservation; });
    const core::fact::Offered& offer = offers[dice(offers.size())]->offer;
    ask(core::command::AcceptOffer{offer.reservation});
    switch (dice(4)) {
      case 0: return ask(core::command::AcceptOffer{offer.reservation});
      case 1: return ask(core::command::RejectOffer{offer.reservation, core::CloseCause::busy});
      default: return ask(core::command::CompleteCall{offer.call});
    }
  }

  void next_status() {
    const AgentId agent = agents_[dice(agents_.size())];
    if (dice(2) == 0)
      ask(core::command::SetStatus{agent, core::Status::on_break, "lunch"});
    else
      ask(core::command::SetStatus{agent, core::Status::available, ""});
  }

  void look_at_answers() {
    for (std::size_t i = 0; i < open_.size();) {
      if (!open_[i].asked->done()) {
        ++i;
        continue;
      }
      const Open open = open_[i];
      open_.erase(open_.begin() + static_cast<std::ptrdiff_t>(i));
      EXPECT_EQ(open.asked->times, 1);
      const Code code = open.asked->code();
      trace_ += open.id.text() + " " + std::string(name_of(code)) + "\n";
      if (code == Code::ok && std::holds_alternative<core::command::AcceptOffer>(open.command)) ++wins_;
      if (code == Code::unknown_outcome || code == Code::not_owner) {
        ++unknown_;
        // The router asks again with the same command_id.
        open_.push_back(Open{open.id, open.command, desk_.ask(open.id, open.command)});
      }
    }
  }

  Desk desk_;
  Trouble trouble_;
  std::vector<QueueId> queues_;
  std::vector<AgentId> agents_;
  std::vector<Open> open_;
  std::string trace_;
  int callers_ = 0;
  std::size_t steps_ = 0;
  std::size_t unknown_ = 0;
  std::size_t wins_ = 0;
};

class RaceTest : public ::testing::TestWithParam<Trouble> {};

TEST_P(RaceTest, NoAgentIsReservedTwiceAndTheSameSeedRunsTheSame) {
  std::set<std::string> traces;
  std::size_t unknown = 0;
  std::size_t fallbacks = 0;
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    Race race(seed, GetParam());
    race.run();
    ASSERT_EQ(race.desk().broken(), "") << "seed " << seed;
    const core::Account account = race.desk().committed();
    const core::Now now{race.desk().h.time().wall_ts(), 0, nullptr};
    ASSERT_EQ(broken_invariant(account, now), "") << "seed " << seed;
    ASSERT_EQ(race.desk().h.observer().mismatches, 0u) << "seed " << seed;
    ASSERT_EQ(race.desk().facts<core::fact::CallArrived>().size(), 100u)
        << "seed " << seed << ": each call exactly once";
    // Every accept that was told it won is in the log, and no other.
    ASSERT_EQ(race.desk().facts<core::fact::Answered>().size(), race.wins()) << "seed " << seed;
    unknown += race.unknown();
    fallbacks += race.fallbacks();
    const std::string trace = race.trace();
    traces.insert(trace);

    Race again(seed, GetParam());
    again.run();
    ASSERT_EQ(again.trace(), trace) << "seed " << seed;
  }
  EXPECT_EQ(traces.size(), 50u);
  if (GetParam() == Trouble::none) return;
  EXPECT_GT(unknown, 0u);
  EXPECT_GT(fallbacks, 50u);
}

INSTANTIATE_TEST_SUITE_P(Seeds, RaceTest, ::testing::Values(Trouble::none, Trouble::actors_die),
                         [](const auto& param) { return param.param == Trouble::none ? "Calm" : "ActorsDie"; });

}  // namespace
}  // namespace rf::testing
