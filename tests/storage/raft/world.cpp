#include "tests/storage/raft/world.hpp"

#include <algorithm>

#include "core/base/hash.hpp"
#include "core/base/plant.hpp"

namespace rf::storage::raft {

namespace {

constexpr std::size_t nodes_count = 5;
constexpr std::size_t founders = 3;
constexpr Ms rest_ms = 15'000;
constexpr std::uint64_t close_enough = 64;

std::uint64_t hash_of(const Entry& entry) {
  return mix64(fnv1a(entry.bytes) ^ mix64(entry.term * 3 + static_cast<std::uint64_t>(entry.kind)));
}

}  // namespace

/// A snapshot that its receiver fetches: the sender's machine as it was when the fetching began.
struct World::Offer {
  std::uint64_t term = 0;
  Machine machine;
  std::uint64_t life = 0;
};

struct World::Packet {
  std::optional<Message> message;
  std::optional<Offer> offer;
};

struct World::Node {
  NodeNumber number = 0;
  Disk disk;
  std::unique_ptr<Group> group;
  Machine machine;
  /// Counts starts: what was set going in an earlier life does not reach this one.
  std::uint64_t life = 0;
  bool up() const { return group != nullptr; }
  bool stopped = false;
  Ms armed_ms = 0;
  std::uint64_t steps = 0;

  bool syncing = false;
  /// The newest write that was handed to the disk.
  std::uint64_t written = 0;
  Ms slow_until_ms = 0;

  /// What is being fetched, from whom, and whether it is all there.
  std::optional<Offer> fetching;
  NodeNumber source = 0;
  bool staged = false;
  /// Followers that fetch from this node, until when their log is held.
  std::map<NodeNumber, Ms> sessions;
  std::map<NodeNumber, Offer> offers;
};

World::World(const WorldOptions& options) : options_(options), random_(options.seed), schedule_(1'000) {
  Entry first;
  first.term = 1;
  first.kind = EntryKind::change;
  first.bytes = "founders";
  for (NodeNumber n = 1; n <= founders; ++n) first.members.push_back({n, MemberRole::voter});
  const EntryPtr change = std::make_shared<const Entry>(first);
  committed_.push_back({});
  for (NodeNumber n = 1; n <= nodes_count; ++n) {
    nodes_.push_back(std::make_unique<Node>());
    node(n).number = n;
    if (n > founders) continue;
    node(n).disk.write([change](Image& image) {
      image.term = 1;
      image.log[1] = change;
    });
    node(n).disk.sync(1);
  }
}

World::~World() = default;

void World::violated(const std::string& what) {
  if (outcome_.violation.empty()) outcome_.violation = "at " + std::to_string(schedule_.now_ms()) + " ms: " + what;
}

template <class Task>
void World::every(Ms mean, Task task) {
  schedule_.after(random_.about(mean), [this, mean, task] {
    task();
    every(mean, task);
  });
}

WorldOutcome World::run() {
  for (auto& n : nodes_) boot(*n);
  const Ms end_ms = schedule_.now_ms() + options_.virtual_ms;
  every(15, [this] { propose(); });
  every(400, [this] { compact(); });
  every(700, [this] { break_something(); });
  every(900, [this] { change_members(); });
  schedule_.at(end_ms, [this] { heal(); });
  while (outcome_.violation.empty() && schedule_.now_ms() < end_ms + rest_ms && schedule_.run_next()) {}
  if (outcome_.violation.empty()) check_rest();
  outcome_.committed = committed_.size() - 1;
  return outcome_;
}

void World::boot(Node& n) {
  ++n.life;
  GroupOptions options;
  options.node = n.number;
  options.seed = static_cast<std::uint32_t>(random_.next());
  options.message_bytes_max = 2'000;
  options.cache_bytes_max = 2'000;
  options.inflight_entries_max = 64;
  n.group = std::make_unique<Group>(options, [&n](std::uint64_t first, std::size_t count) {
    std::vector<EntryPtr> out;
    for (auto it = n.disk.now().log.find(first); it != n.disk.now().log.end() && out.size() < count; ++it)
      out.push_back(it->second);
    return Result<std::vector<EntryPtr>>(std::move(out));
  });
  const Image& image = n.disk.now();
  StoredLog log;
  log.term = image.term;
  log.vote = image.vote;
  log.snapshot = image.snapshot;
  log.first_index = !image.log.empty() ? image.log.begin()->first : image.snapshot ? image.snapshot->index + 1 : 1;
  for (const auto& [index, entry] : image.log) log.entries.push_back(*entry);
  n.machine = image.machine;
  n.written = 0;
  n.syncing = n.stopped = n.staged = false;
  n.fetching.reset();
  n.sessions.clear();
  n.offers.clear();
  Result<Effects> started = n.group->start(static_cast<std::uint64_t>(schedule_.now_ms()), log);
  if (!started) return violated("node " + std::to_string(n.number) + " does not start: " + started.error().what);
  n.group->applied(n.machine.head.index);
  take(n, std::move(*started));
}

void World::crash(Node& n) {
  ++outcome_.crashes;
  ++n.life;
  n.group.reset();
  n.disk.crash(random_.below(n.disk.unsynced() + 1));
  for (NodeNumber other = 1; other <= nodes_count; ++other) {
    ++connection_[{n.number, other}];
    ++connection_[{other, n.number}];
  }
}

void World::take(Node& n, Effects effects) {
  ++outcome_.steps;
  for (const Write& w : effects.writes) write(n, w);
  for (const Message& message : effects.messages) send(n, message);
  if (!n.group->state()) return violated("node " + std::to_string(n.number) + ": " + n.group->state().error().what);
  if (effects.role_changed) check_leader(n);
  if (const std::uint64_t change = n.group->change_underway(); change != 0 && !n.group->installing()) {
    const auto entry = n.disk.now().log.find(change);
    if (entry == n.disk.now().log.end() || entry->second->kind != EntryKind::change)
      return violated("node " + std::to_string(n.number) + " takes entry " + std::to_string(change) + " for a change");
  }
  apply(n);
  begin_sync(n);
  arm(n);
}

void World::write(Node& n, const Write& w) {
  n.written = w.id;
  const std::optional<Offer> staged = w.install ? n.fetching : std::nullopt;
  if (w.install) {
    ++outcome_.installs;
    if (!staged || staged->machine.head != *w.install) return violated("an install of what was not staged");
    n.fetching.reset();
    n.staged = false;
    n.machine = staged->machine;
  }
  n.disk.write([w, staged](Image& image) {
    if (w.vote) {
      image.term = w.vote->term;
      image.vote = RF_PLANT(vote_forgotten) ? 0 : w.vote->node;
    }
    if (w.truncate_from != 0) image.log.erase(image.log.lower_bound(w.truncate_from), image.log.end());
    for (std::size_t i = 0; i < w.entries.size(); ++i) image.log[w.first_index + i] = w.entries[i];
    if (w.install) {
      image.log.clear();
      image.snapshot = w.install;
      image.machine = staged->machine;
    }
    if (w.compacted) {
      image.snapshot = w.compacted;
      image.log.erase(image.log.begin(), image.log.lower_bound(w.log_begins));
    }
  });
}

/// One sync at a time; the next takes whatever was written meanwhile.
void World::begin_sync(Node& n) {
  if (n.syncing || n.written == 0) return;
  n.syncing = true;
  const std::uint64_t write = n.written;
  n.written = 0;
  const std::size_t changes = n.disk.unsynced();
  const Ms takes = schedule_.now_ms() < n.slow_until_ms ? random_.between(100, 900) : random_.about(2);
  schedule_.after(takes, [this, &n, write, changes, life = n.life] {
    if (!n.up() || n.life != life) return;
    if (!RF_PLANT(lost_last_writes) || random_.chance(0.5)) n.disk.sync(std::min(changes, n.disk.unsynced()));
    n.syncing = false;
    take(n, n.group->stored(static_cast<std::uint64_t>(schedule_.now_ms()), write));
  });
}

void World::apply(Node& n) {
  while (!n.group->installing() && n.machine.head.index < n.group->commit_index()) {
    const auto entries = n.group->entries(n.machine.head.index + 1, 16);
    if (!entries || entries->empty()) return violated("a committed entry cannot be read");
    for (const EntryPtr& entry : *entries) {
      if (n.machine.head.index >= n.group->commit_index()) break;
      apply_entry(n, n.machine.head.index + 1, entry);
    }
  }
}

void World::apply_entry(Node& n, std::uint64_t index, const EntryPtr& entry) {
  n.machine.head.index = index;
  n.machine.head.term = entry->term;
  if (entry->kind == EntryKind::change) {
    n.machine.head.members_index = index;
    n.machine.head.members = entry->members;
  }
  n.machine.hash = mix64(n.machine.hash ^ hash_of(*entry));
  if (index < committed_.size()) {
    if (committed_[index].hash != n.machine.hash)
      violated("C2: node " + std::to_string(n.number) + " applies another entry at " + std::to_string(index));
  } else {
    if (index != committed_.size()) violated("an entry was committed before the one in front of it");
    committed_.push_back({entry->term, n.machine.hash});
    if (entry->kind == EntryKind::change) ++outcome_.changes;
  }
  n.group->applied(index);
  n.disk.write([machine = n.machine](Image& image) { image.machine = machine; });
}

void World::arm(Node& n) {
  const Ms due = static_cast<Ms>(n.group->due());
  if (due == n.armed_ms) return;
  n.armed_ms = due;
  schedule_.at(due, [this, &n, due, life = n.life] {
    if (!n.up() || n.life != life || n.armed_ms != due) return;
    if (n.stopped) {
      n.armed_ms = 0;
      schedule_.after(50, [this, &n, life] {
        if (n.up() && n.life == life) arm(n);
      });
      return;
    }
    n.armed_ms = 0;
    take(n, n.group->tick(static_cast<std::uint64_t>(schedule_.now_ms())));
  });
}

/// What a message says must be on the sender's disk before it leaves.
void World::check_sent(const Node& n, const Message& message) {
  const Image& disk = n.disk.synced();
  const std::string who = "node " + std::to_string(n.number);
  const bool election = message.kind == MessageKind::vote || message.kind == MessageKind::vote_result;
  if (election && message.pre_vote) return;
  if (message.term > disk.term) violated("S2: " + who + " speaks of a term that is not on its disk");
  const bool votes = (message.kind == MessageKind::vote_result && message.granted) || message.kind == MessageKind::vote;
  if (votes) {
    const NodeNumber candidate = message.kind == MessageKind::vote ? n.number : message.peer;
    if (disk.term == message.term && disk.vote != candidate && !RF_PLANT(vote_forgotten))
      violated("S2: " + who + " votes and has not written it");
    const auto [vote, first] = votes_.try_emplace({n.number, message.term}, candidate);
    if (!first && vote->second != candidate) violated("C1: " + who + " votes twice in a term");
  }
  if (message.kind == MessageKind::append_result && message.rejected == 0 && message.index > disk.last_index() &&
      !RF_PLANT(lost_last_writes))
    violated("S2: " + who + " acknowledges an entry that is not on its disk");
}

void World::check_leader(Node& n) {
  if (!n.group->leads()) return;
  const auto [known, first] = leaders_.try_emplace(n.group->term(), n.number);
  if (!first && known->second != n.number) return violated("C1: two leaders in a term");
  if (!first) return;
  ++outcome_.elections;
  const std::uint64_t from = std::max<std::uint64_t>(
      n.group->first_index(), committed_.size() - std::min<std::size_t>(committed_.size() - 1, 200));
  if (n.group->last_index() + 1 < committed_.size()) return violated("C3: a leader lacks committed entries");
  const auto entries = n.group->entries(from, 200);
  for (std::size_t i = 0; entries && i < entries->size() && from + i < committed_.size(); ++i)
    if ((*entries)[i]->term != committed_[from + i].term)
      return violated("C3: a leader has another entry than was committed");
}

void World::send(Node& n, const Message& message) {
  if (message.kind == MessageKind::install) {
    // The same offer as long as the follower fetches it.
    auto& until = n.sessions[message.peer];
    if (until < schedule_.now_ms()) n.offers[message.peer] = Offer{message.term, n.machine, n.life};
    until = schedule_.now_ms() + 3'000;
    Offer offer = n.offers[message.peer];
    offer.term = message.term;
    if (offer.machine.head.index == 0) return;
    deliver(n.number, message.peer, Packet{std::nullopt, offer});
    return;
  }
  check_sent(n, message);
  deliver(n.number, message.peer, Packet{message, std::nullopt});
}

void World::deliver(NodeNumber from, NodeNumber to, Packet packet) {
  if (to == 0 || to > nodes_count || blocked(from, to)) return;
  if (!healing_ && random_.chance(0.01)) ++connection_[{from, to}];
  Ms& last = last_arrival_ms_[{from, to}];
  last = std::max(last, schedule_.now_ms() + random_.about(random_.chance(0.02) ? 60 : 3));
  schedule_.at(last, [this, from, to, packet = std::move(packet), connection = connection_[{from, to}]] {
    Node& n = node(to);
    if (!n.up() || connection_[{from, to}] != connection || blocked(from, to)) return;
    if (n.stopped) return;
    arrive(n, from, packet);
  });
}

void World::arrive(Node& n, NodeNumber from, const Packet& packet) {
  if (packet.offer) return take_offer(n, from, *packet.offer);
  Message message = *packet.message;
  message.peer = from;
  take(n, n.group->receive(static_cast<std::uint64_t>(schedule_.now_ms()), message));
}

void World::take_offer(Node& n, NodeNumber from, const Offer& offer) {
  if (n.fetching && n.staged) {
    const SnapshotHead head = n.fetching->machine.head;
    Effects effects = n.group->install(static_cast<std::uint64_t>(schedule_.now_ms()), from, offer.term, head);
    if (!n.group->installing()) {
      n.fetching.reset();
      n.staged = false;
    }
    return take(n, std::move(effects));
  }
  if (n.fetching && n.source != 0) {
    const Node& source = node(n.source);
    if (source.up() && source.life == n.fetching->life && !blocked(n.source, n.number)) return;
  }
  n.fetching = offer;
  n.source = from;
  schedule_.after(random_.between(5, 400), [&n, from, life = n.life, index = offer.machine.head.index] {
    if (n.up() && n.life == life && n.fetching && n.source == from && n.fetching->machine.head.index == index)
      n.staged = true;
  });
}

World::Node* World::leader() {
  Node* found = nullptr;
  for (auto& n : nodes_)
    if (n->up() && !n->stopped && n->group->leads() && (found == nullptr || n->group->term() > found->group->term()))
      found = n.get();
  return found;
}

void World::propose() {
  // Whoever takes itself for the leader is asked: of two, one must not commit.
  Node& n = node(1 + random_.below(nodes_count));
  if (!n.up() || n.stopped || !n.group->can_propose()) return;
  if (n.group->last_index() - n.group->commit_index() > 200) return;
  std::vector<EntryPtr> entries;
  for (std::uint64_t i = 0, many = 1 + random_.below(random_.chance(0.1) ? 30 : 3); i < many; ++i) {
    Entry entry;
    entry.term = n.group->term();
    entry.bytes = std::to_string(++proposals_) + std::string(random_.below(200), 'x');
    entries.push_back(std::make_shared<const Entry>(std::move(entry)));
  }
  take(n, n.group->propose(static_cast<std::uint64_t>(schedule_.now_ms()), std::move(entries)));
}

void World::compact() {
  Node& n = node(1 + random_.below(nodes_count));
  if (!n.up() || n.stopped || n.machine.head.index == 0) return;
  const bool held = std::any_of(n.sessions.begin(), n.sessions.end(),
                                [&](const auto& session) { return session.second > schedule_.now_ms(); });
  const std::uint64_t trailing = held ? 100'000 : random_.below(60);
  take(n, n.group->compact(static_cast<std::uint64_t>(schedule_.now_ms()), n.machine.head, trailing));
}

void World::break_something() {
  if (healing_) return;
  Node& n = node(1 + random_.below(nodes_count));
  switch (random_.below(9)) {
    case 0:
    case 1:
      if (n.up()) crash(n);
      schedule_.after(random_.about(800), [this, &n] {
        if (!n.up()) boot(n);
      });
      break;
    case 2:
      for (auto& each : nodes_)
        if (random_.chance(0.8) && each->up()) crash(*each);
      for (auto& each : nodes_)
        schedule_.after(random_.about(300), [this, each = each.get()] {
          if (!each->up()) boot(*each);
        });
      break;
    case 3:
      for (NodeNumber other = 1; other <= nodes_count; ++other) {
        blocked_.insert({n.number, other});
        blocked_.insert({other, n.number});
      }
      break;
    case 4: blocked_.insert({n.number, 1 + random_.below(nodes_count)}); break;
    case 5:
      for (NodeNumber from = 1; from <= nodes_count; ++from)
        for (NodeNumber to = 1; to <= nodes_count; ++to)
          if ((from <= 2) != (to <= 2)) blocked_.insert({from, to});
      break;
    case 6: blocked_.clear(); break;
    case 7: n.slow_until_ms = schedule_.now_ms() + random_.about(2'000); break;
    case 8:
      if (!n.up()) break;
      n.stopped = true;
      schedule_.after(random_.about(900), [&n] { n.stopped = false; });
      break;
  }
  if (!blocked_.empty() && random_.chance(0.5)) schedule_.after(random_.about(600), [this] { blocked_.clear(); });
}

/// One step at a time, and a standby becomes a voter only when every member is close to the end.
void World::change_members() {
  Node* n = leader();
  if (calm_ || n == nullptr || !n->group->can_change()) return;
  const auto now = static_cast<std::uint64_t>(schedule_.now_ms());
  if (random_.chance(0.3)) {
    ++outcome_.transfers;
    return take(*n, n->group->transfer(now, 1 + random_.below(nodes_count)));
  }
  Members members = n->group->members();
  const auto voters =
      std::count_if(members.begin(), members.end(), [](const Member& m) { return m.role == MemberRole::voter; });
  // A voter that does not know yet that it is one does not vote: with it too many may be missing.
  for (const Member& m : members)
    if (!RF_PLANT(members_unheard) && m.role == MemberRole::voter &&
        (n->group->match_of(m.node) + close_enough < n->group->last_index() ||
         n->group->match_of(m.node) < n->group->members_index()))
      return;
  const auto place =
      std::find_if(members.begin(), members.end(), [](const Member& m) { return m.role == MemberRole::standby; });
  if (place != members.end()) {
    if (random_.chance(0.3)) {
      members.erase(place);
    } else if (n->group->catch_up_of(place->node) == Group::CatchUp::finished &&
               n->group->match_of(place->node) + close_enough >= n->group->last_index()) {
      place->role = MemberRole::voter;
    } else {
      return take(*n, n->group->catch_up(now, place->node));
    }
  } else if (voters > 3 || (voters == 3 && random_.chance(0.1))) {
    Member& demoted = members[random_.below(members.size())];
    if (demoted.node == n->number) return;
    demoted.role = MemberRole::standby;
  } else {
    NodeNumber fresh = 0;
    for (NodeNumber each = 1; each <= nodes_count; ++each)
      if (std::none_of(members.begin(), members.end(), [&](const Member& m) { return m.node == each; })) fresh = each;
    if (fresh == 0) return;
    members.push_back({fresh, MemberRole::standby});
  }
  take(*n, n->group->change(now, members, "change " + std::to_string(++proposals_)));
}

void World::heal() {
  healing_ = true;
  blocked_.clear();
  for (auto& n : nodes_) {
    n->stopped = false;
    n->slow_until_ms = 0;
    if (!n->up()) boot(*n);
  }
  schedule_.after(rest_ms / 2, [this] { calm_ = true; });
}

void World::check_rest() {
  Node* n = leader();
  if (n == nullptr) return violated("C9: nobody leads although all is well");
  if (n->machine.head.index + 50 < committed_.size()) violated("C9: the leader does not go on");
  for (const Member& member : n->group->members()) {
    const Node& other = node(member.node);
    if (other.machine.head.index + 50 < n->machine.head.index)
      violated("C9: node " + std::to_string(member.node) + " stays behind at " +
               std::to_string(other.machine.head.index) + " of " + std::to_string(n->machine.head.index));
  }
}

}  // namespace rf::storage::raft
