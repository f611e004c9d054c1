#include "storage/raft/engine.hpp"

#include <algorithm>
#include <utility>

#include "core/base/assert.hpp"
#include "core/base/hash.hpp"
#include "core/base/plant.hpp"

namespace rf::storage::raft {

namespace {

/// Committed entries are read and told in pieces.
constexpr std::size_t apply_entries = 256;

bool lone_voter(const Members& members) {
  return std::count_if(members.begin(), members.end(), [](const Member& m) { return m.role == MemberRole::voter; }) ==
         1;
}

}  // namespace

Engine::Engine(EngineOptions options, ReadLog read_log) : options_(std::move(options)), shards_(options_.shards) {
  for (std::uint32_t shard = 0; shard < options_.shards; ++shard) {
    GroupOptions group = options_.group;
    group.seed = static_cast<std::uint32_t>(mix64(group.seed + 0x9e3779b97f4a7c15ull * (shard + 1)));
    shards_[shard].group = std::make_unique<Group>(
        group, [read_log, shard](std::uint64_t first, std::size_t n) { return read_log(shard, first, n); });
  }
}

void Engine::start(std::uint64_t now, std::uint32_t shard, const StoredLog& log, std::uint64_t applied) {
  Shard& s = shards_[shard];
  s.applied = applied;
  s.group->applied(applied);
  Result<Effects> started = s.group->start(now, log);
  if (started) return absorb(now, shard, std::move(*started));
  s.broken = true;
  tell(Happening::Kind::broken, shard, 0);
  turn_.happenings.back().why = started.error();
}

void Engine::propose(std::uint32_t shard, std::uint64_t term, std::string bytes, Ticket ticket) {
  RF_ASSERT(ticket != 0);
  shards_[shard].waiting.push_back({term, std::move(bytes), ticket});
}

void Engine::barrier(std::uint32_t shard, Ticket ticket) {
  RF_ASSERT(ticket != 0);
  shards_[shard].barriers_asked.push_back(ticket);
}

void Engine::receive(std::uint64_t now, std::uint32_t shard, const Message& message) {
  if (!shards_[shard].broken) absorb(now, shard, shards_[shard].group->receive(now, message));
}

void Engine::stored(std::uint64_t now, std::uint64_t write) {
  std::vector<std::uint64_t> newest(shards_.size(), 0);
  for (; !written_.empty() && written_.front().write <= write; written_.pop_front())
    for (const auto& [shard, group_write] : written_.front().groups) newest[shard] = group_write;
  for (std::uint32_t shard = 0; shard < shards_.size(); ++shard)
    if (newest[shard] != 0 && !shards_[shard].broken)
      absorb(now, shard, shards_[shard].group->stored(now, newest[shard]));
}

std::uint64_t Engine::due() const {
  std::uint64_t due = UINT64_MAX;
  for (const Shard& s : shards_)
    if (!s.broken) due = std::min(due, s.group->due());
  return due;
}

void Engine::tick(std::uint64_t now) {
  for (std::uint32_t shard = 0; shard < shards_.size(); ++shard)
    if (!shards_[shard].broken && shards_[shard].group->due() <= now)
      absorb(now, shard, shards_[shard].group->tick(now));
}

Turn Engine::take(std::uint64_t now) {
  for (std::uint32_t shard = 0; shard < shards_.size(); ++shard) {
    submit(now, shard);
    submit_barriers(now, shard);
  }
  if (!turn_.writes.empty()) {
    Written written{++last_write_, {}};
    for (const ShardWrite& w : turn_.writes) written.groups.emplace_back(w.shard, w.write.id);
    written_.push_back(std::move(written));
    turn_.write = last_write_;
  }
  return std::exchange(turn_, {});
}

void Engine::change(std::uint64_t now, std::uint32_t shard, Members members, std::string bytes) {
  Shard& s = shards_[shard];
  if (s.broken || !s.group->can_change()) return;
  s.submitted.push_back({s.group->last_index() + 1, bytes.size(), 0});
  s.submitted_bytes += bytes.size();
  absorb(now, shard, s.group->change(now, std::move(members), std::move(bytes)));
}

void Engine::catch_up(std::uint64_t now, std::uint32_t shard, NodeNumber standby) {
  if (!shards_[shard].broken) absorb(now, shard, shards_[shard].group->catch_up(now, standby));
}

void Engine::transfer(std::uint64_t now, std::uint32_t shard, NodeNumber voter) {
  if (!shards_[shard].broken) absorb(now, shard, shards_[shard].group->transfer(now, voter));
}

void Engine::install(std::uint64_t now, std::uint32_t shard, NodeNumber leader, std::uint64_t term,
                     const SnapshotHead& staged) {
  if (!shards_[shard].broken) absorb(now, shard, shards_[shard].group->install(now, leader, term, staged));
}

void Engine::compact(std::uint64_t now, std::uint32_t shard, const SnapshotHead& applied, std::uint64_t trailing) {
  if (!shards_[shard].broken) absorb(now, shard, shards_[shard].group->compact(now, applied, trailing));
}

void Engine::absorb(std::uint64_t now, std::uint32_t shard, Effects effects) {
  Shard& s = shards_[shard];
  for (Write& write : effects.writes) {
    s.installing = s.installing || write.install.has_value();
    turn_.writes.push_back({shard, std::move(write)});
  }
  for (Message& message : effects.messages) turn_.messages.push_back({shard, std::move(message)});
  if (!s.group->state()) return break_shard(shard);
  if (s.installing && !s.group->installing()) {
    s.installing = false;
    // What was committed in between is in the snapshot.
    s.applied = s.group->snapshot_index();
    tell(Happening::Kind::installed, shard, 0);
    turn_.happenings.back().index = s.applied;
  }
  apply(shard);
  if (s.broken) return;
  const bool leads = s.group->leads();
  if (s.led_term != 0 && (!leads || s.group->term() != s.led_term)) give_up_lead(shard);
  if (leads && s.led_term == 0) begin_term(now, shard);
}

void Engine::apply(std::uint32_t shard) {
  Shard& s = shards_[shard];
  while (!s.installing && s.applied < s.group->commit_index()) {
    auto entries =
        s.group->entries(s.applied + 1, std::min<std::size_t>(apply_entries, s.group->commit_index() - s.applied));
    if (!entries || entries->empty()) return break_shard(shard);
    for (EntryPtr& entry : *entries) {
      ++s.applied;
      Happening& told = turn_.happenings.emplace_back();
      told.kind = Happening::Kind::committed;
      told.shard = shard;
      told.term = entry->term;
      told.index = s.applied;
      told.entry = std::move(entry);
      told.ticket = take_submitted(s, told.term);
      if (s.applied == s.epoch_index && s.led_term == told.term && !s.ready) {
        s.ready = true;
        tell(Happening::Kind::leads, shard, 0);
      }
    }
    s.group->applied(s.applied);
  }
  pass_barriers(shard);
}

/// The ticket of the entry that was applied last, if it is the one that was submitted: in one step the lead may be lost, another
/// entry take its place and be committed.
Ticket Engine::take_submitted(Shard& s, std::uint64_t term) {
  if (s.submitted.empty() || s.submitted.front().index != s.applied) return 0;
  if (term != s.led_term && !RF_PLANT(answer_by_index)) return 0;
  const Submitted ours = s.submitted.front();
  s.submitted.pop_front();
  s.submitted_bytes -= ours.bytes;
  return ours.ticket;
}

void Engine::pass_barriers(std::uint32_t shard) {
  Shard& s = shards_[shard];
  for (; !s.barriers.empty() && s.barriers.front().index <= s.applied; s.barriers.pop_front())
    tell(Happening::Kind::barrier_passed, shard, s.barriers.front().ticket);
}

void Engine::give_up_lead(std::uint32_t shard) {
  Shard& s = shards_[shard];
  for (const Submitted& submitted : s.submitted)
    if (submitted.ticket != 0) tell(Happening::Kind::lost, shard, submitted.ticket);
  for (const Barrier& barrier : s.barriers) tell(Happening::Kind::lost, shard, barrier.ticket);
  if (s.ready) tell(Happening::Kind::follows, shard, 0);
  s.submitted.clear();
  s.submitted_bytes = 0;
  s.barriers.clear();
  s.ready = false;
  s.led_term = s.epoch_index = 0;
}

void Engine::begin_term(std::uint64_t now, std::uint32_t shard) {
  Shard& s = shards_[shard];
  if (!s.group->can_propose()) return;
  s.led_term = s.group->term();
  s.epoch_index = s.group->last_index() + 1;
  Entry entry{s.led_term, EntryKind::command, options_.epoch_start(shard, s.led_term), {}};
  s.submitted.push_back({s.epoch_index, entry.bytes.size(), 0});
  s.submitted_bytes += entry.bytes.size();
  absorb(now, shard, s.group->propose(now, {std::make_shared<const Entry>(std::move(entry))}));
}

void Engine::break_shard(std::uint32_t shard) {
  Shard& s = shards_[shard];
  if (s.broken) return;
  s.broken = true;
  give_up_lead(shard);
  tell(Happening::Kind::broken, shard, 0);
  turn_.happenings.back().why =
      s.group->state() ? Error{Code::corrupt, "committed entries cannot be read"} : s.group->state().error();
}

void Engine::submit(std::uint64_t now, std::uint32_t shard) {
  Shard& s = shards_[shard];
  std::vector<EntryPtr> entries;
  while (!s.waiting.empty()) {
    Proposal& next = s.waiting.front();
    const bool leads = leads_in(shard) != 0 && (next.term == s.led_term || RF_PLANT(proposals_of_any_term));
    if (!leads) {
      tell(Happening::Kind::refused, shard, next.ticket);
      s.waiting.pop_front();
      continue;
    }
    // While the lead is being handed over nothing is taken: it waits for the outcome.
    if (!s.group->can_propose() || s.submitted.size() >= options_.inflight_entries_max ||
        s.submitted_bytes >= options_.inflight_bytes_max)
      break;
    s.submitted.push_back({s.group->last_index() + entries.size() + 1, next.bytes.size(), next.ticket});
    s.submitted_bytes += next.bytes.size();
    entries.push_back(std::make_shared<const Entry>(Entry{s.led_term, EntryKind::command, std::move(next.bytes), {}}));
    s.waiting.pop_front();
  }
  if (!entries.empty()) absorb(now, shard, s.group->propose(now, std::move(entries)));
}

void Engine::submit_barriers(std::uint64_t now, std::uint32_t shard) {
  Shard& s = shards_[shard];
  if (s.barriers_asked.empty()) return;
  if (leads_in(shard) == 0) {
    for (const Ticket ticket : std::exchange(s.barriers_asked, {})) tell(Happening::Kind::refused, shard, ticket);
    return;
  }
  if (!s.group->can_propose()) return;
  // Alone, it leads beyond doubt; among others, an entry of its own shows it, once for all who ask.
  const bool alone = lone_voter(s.group->members());
  const std::uint64_t index = s.group->last_index() + (alone ? 0 : 1);
  for (const Ticket ticket : std::exchange(s.barriers_asked, {})) s.barriers.push_back({index, ticket});
  if (alone) return pass_barriers(shard);
  s.submitted.push_back({index, 0, 0});
  absorb(now, shard,
         s.group->propose(now, {std::make_shared<const Entry>(Entry{s.led_term, EntryKind::barrier, {}, {}})}));
}

void Engine::tell(Happening::Kind kind, std::uint32_t shard, Ticket ticket) {
  Happening& told = turn_.happenings.emplace_back();
  told.kind = kind;
  told.shard = shard;
  told.term = shards_[shard].led_term;
  told.ticket = ticket;
}

}  // namespace rf::storage::raft
