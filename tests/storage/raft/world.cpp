#include "tests/storage/raft/world.hpp"

#include <algorithm>

#include "core/base/hash.hpp"
#include "core/base/plant.hpp"
#include "tests/storage/raft/node.hpp"

namespace rf::storage::raft {

namespace {

constexpr std::size_t founders = 3;

std::uint64_t hash_of(const Entry& entry) {
  return mix64(fnv1a(entry.bytes) ^ mix64(entry.term * 3 + static_cast<std::uint64_t>(entry.kind)));
}

std::string text_of(NodeNumber node) { return "node " + std::to_string(node); }

void change_image(const Write& w, const std::optional<Machine>& staged, Image& image) {
  if (w.vote) {
    image.term = w.vote->term;
    image.vote = RF_PLANT(vote_forgotten) ? 0 : w.vote->node;
  }
  if (w.truncate_from != 0) image.log.erase(image.log.lower_bound(w.truncate_from), image.log.end());
  for (std::size_t i = 0; i < w.entries.size(); ++i) image.log[w.first_index + i] = w.entries[i];
  if (w.install) {
    image.log.clear();
    image.snapshot = w.install;
    image.machine = *staged;
  }
  if (w.compacted) {
    image.snapshot = w.compacted;
    image.log.erase(image.log.begin(), image.log.lower_bound(w.log_begins));
  }
}

StoredLog stored_log(const Image& image) {
  StoredLog log;
  log.term = image.term;
  log.vote = image.vote;
  log.snapshot = image.snapshot;
  log.first_index = !image.log.empty() ? image.log.begin()->first : image.snapshot ? image.snapshot->index + 1 : 1;
  for (const auto& [index, entry] : image.log) log.entries.push_back(*entry);
  return log;
}

}  // namespace

World::World(const WorldOptions& options)
    : options_(options), random_(options.seed), schedule_(1'000), shards_(shards_count) {
  Entry first;
  first.term = 1;
  first.kind = EntryKind::change;
  first.bytes = "founders";
  for (NodeNumber n = 1; n <= founders; ++n) first.members.push_back({n, MemberRole::voter});
  const EntryPtr change = std::make_shared<const Entry>(first);
  for (NodeNumber n = 1; n <= nodes_count; ++n) {
    nodes_.push_back(std::make_unique<Node>());
    node(n).number = n;
    if (n > founders) continue;
    node(n).disk.write([change](Disk::Images& images) {
      for (Image& image : images) {
        image.term = 1;
        image.log[1] = change;
      }
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
  every(10, [this] { propose(); });
  every(150, [this] { ask_barrier(); });
  every(200, [this] { compact(); });
  every(700, [this] { break_something(); });
  every(500, [this] { change_members(); });
  schedule_.at(end_ms, [this] { heal(); });
  while (outcome_.violation.empty() && schedule_.now_ms() < end_ms + rest_ms && schedule_.run_next()) {}
  if (outcome_.violation.empty()) check_rest();
  for (const Shard& shard : shards_) outcome_.committed += shard.committed.size() - 1;
  return outcome_;
}

void World::boot(Node& n) {
  ++n.life;
  EngineOptions options;
  options.shards = shards_count;
  options.group.node = n.number;
  options.group.seed = static_cast<std::uint32_t>(random_.next());
  options.group.message_bytes_max = 2'000;
  options.group.cache_bytes_max = 2'000;
  options.group.inflight_entries_max = 64;
  options.inflight_entries_max = 100;
  options.inflight_bytes_max = 20'000;
  options.epoch_start = [](std::uint32_t, std::uint64_t term) { return std::to_string(term) + ":begins"; };
  n.engine = std::make_unique<Engine>(options, [&n](std::uint32_t shard, std::uint64_t first, std::size_t count) {
    std::vector<EntryPtr> out;
    const auto& log = n.disk.now()[shard].log;
    for (auto it = log.find(first); it != log.end() && out.size() < count; ++it) out.push_back(it->second);
    return Result<std::vector<EntryPtr>>(std::move(out));
  });
  n.written = 0;
  n.syncing = n.stopped = false;
  n.proposed.clear();
  n.barriers.clear();
  n.places = std::vector<Node::Place>(shards_count);
  for (std::uint32_t shard = 0; shard < shards_count; ++shard) {
    const Image& image = n.disk.now()[shard];
    n.places[shard].machine = image.machine;
    n.engine->start(now(), shard, stored_log(image), image.machine.head.index);
  }
  turn(n);
}

void World::crash(Node& n) {
  ++outcome_.crashes;
  ++n.life;
  n.engine.reset();
  n.disk.crash(random_.below(n.disk.unsynced() + 1));
  for (NodeNumber other = 1; other <= nodes_count; ++other) {
    ++connection_[{n.number, other}];
    ++connection_[{other, n.number}];
  }
}

void World::turn(Node& n) {
  ++outcome_.steps;
  Turn turn = n.engine->take(now());
  for (const ShardWrite& w : turn.writes) write(n, w);
  if (turn.write != 0) n.written = turn.write;
  for (const ShardMessage& out : turn.messages) send(n, out);
  for (const Happening& told : turn.happenings) happened(n, told);
  if (!outcome_.violation.empty()) return;
  check_shards(n);
  begin_sync(n);
  arm(n);
}

void World::write(Node& n, const ShardWrite& out) {
  Node::Place& place = n.places[out.shard];
  std::optional<Machine> staged;
  if (out.write.install) {
    ++outcome_.installs;
    if (!place.fetching || place.fetching->machine.head != *out.write.install)
      return violated("an install of what was not staged");
    staged = place.fetching->machine;
  }
  n.disk.write(
      [w = out.write, shard = out.shard, staged](Disk::Images& images) { change_image(w, staged, images[shard]); });
}

/// One sync at a time; the next takes whatever was written meanwhile.
void World::begin_sync(Node& n) {
  if (n.syncing || n.written == 0) return;
  n.syncing = true;
  const std::uint64_t write = std::exchange(n.written, 0);
  const std::size_t changes = n.disk.unsynced();
  const Ms takes = schedule_.now_ms() < n.slow_until_ms ? random_.between(100, 900) : random_.about(2);
  schedule_.after(takes, [this, &n, write, changes, life = n.life] {
    if (!n.up() || n.life != life) return;
    if (!RF_PLANT(lost_last_writes) || random_.chance(0.5)) n.disk.sync(std::min(changes, n.disk.unsynced()));
    n.syncing = false;
    n.engine->stored(now(), write);
    turn(n);
  });
}

void World::arm(Node& n) {
  const Ms due = static_cast<Ms>(n.engine->due());
  if (due == n.armed_ms) return;
  n.armed_ms = due;
  schedule_.at(due, [this, &n, due, life = n.life] {
    if (!n.up() || n.life != life || n.armed_ms != due) return;
    n.armed_ms = 0;
    if (n.stopped) {
      schedule_.after(50, [this, &n, life] {
        if (n.up() && n.life == life) arm(n);
      });
      return;
    }
    n.engine->tick(now());
    turn(n);
  });
}

void World::send(Node& n, const ShardMessage& out) {
  const Message& message = out.message;
  if (message.kind == MessageKind::install) {
    // The same offer as long as the follower fetches it.
    Node::Place& place = n.places[out.shard];
    Ms& until = place.sessions[message.peer];
    if (until < schedule_.now_ms()) place.offers[message.peer] = Offer{message.term, place.machine, n.life};
    until = schedule_.now_ms() + 3'000;
    Offer offer = place.offers[message.peer];
    offer.term = message.term;
    if (offer.machine.head.index != 0) deliver(n.number, message.peer, Packet{out.shard, std::nullopt, offer});
    return;
  }
  check_sent(n, out);
  deliver(n.number, message.peer, Packet{out.shard, message, std::nullopt});
}

void World::deliver(NodeNumber from, NodeNumber to, Packet packet) {
  if (to == 0 || to > nodes_count || blocked(from, to)) return;
  if (!healing_ && random_.chance(0.01)) ++connection_[{from, to}];
  Ms& last = last_arrival_ms_[{from, to}];
  last = std::max(last, schedule_.now_ms() + random_.about(random_.chance(0.02) ? 60 : 3));
  schedule_.at(last, [this, from, to, packet = std::move(packet), connection = connection_[{from, to}]] {
    Node& n = node(to);
    if (!n.up() || n.stopped || connection_[{from, to}] != connection || blocked(from, to)) return;
    arrive(n, from, packet);
  });
}

void World::arrive(Node& n, NodeNumber from, const Packet& packet) {
  if (packet.offer) return take_offer(n, from, packet);
  Message message = *packet.message;
  message.peer = from;
  n.engine->receive(now(), packet.shard, message);
  turn(n);
}

void World::take_offer(Node& n, NodeNumber from, const Packet& packet) {
  const Offer& offer = *packet.offer;
  Node::Place& place = n.places[packet.shard];
  if (place.fetching && place.staged) {
    n.engine->install(now(), packet.shard, from, offer.term, place.fetching->machine.head);
    turn(n);
    if (!n.engine->group(packet.shard).installing()) {
      place.fetching.reset();
      place.staged = false;
    }
    return;
  }
  if (place.fetching) {
    const Node& source = node(place.source);
    if (source.up() && source.life == place.fetching->life && !blocked(place.source, n.number)) return;
  }
  place.fetching = offer;
  place.source = from;
  schedule_.after(random_.between(5, 400),
                  [&n, from, shard = packet.shard, life = n.life, index = offer.machine.head.index] {
                    if (!n.up() || n.life != life) return;
                    Node::Place& fetched = n.places[shard];
                    if (fetched.fetching && fetched.source == from && fetched.fetching->machine.head.index == index)
                      fetched.staged = true;
                  });
}

void World::happened(Node& n, const Happening& told) {
  Node::Place& place = n.places[told.shard];
  switch (told.kind) {
    case Happening::Kind::committed:
      applied(n, told);
      if (told.ticket != 0) answered(n, told);
      return;
    case Happening::Kind::leads: {
      if (place.leads_in != 0) return violated("told twice that it leads");
      place.leads_in = told.term;
      const auto& committed = shards_[told.shard].committed;
      for (std::uint64_t index = place.machine.head.index + 1; index < committed.size(); ++index)
        if (committed[index].in_term < told.term)
          return violated("C3: " + text_of(n.number) + " leads and lacks what was committed before");
      return;
    }
    case Happening::Kind::follows:
      if (place.leads_in == 0) return violated("told that it leads no more and did not");
      place.leads_in = 0;
      return;
    case Happening::Kind::installed: {
      if (!place.fetching || place.fetching->machine.head.index != told.index)
        return violated("installed what was not staged");
      place.machine = place.fetching->machine;
      place.fetching.reset();
      place.staged = false;
      if (shards_[told.shard].committed[told.index].hash != place.machine.hash)
        violated("C8: a snapshot differs from what was committed");
      return;
    }
    case Happening::Kind::broken: return violated(text_of(n.number) + ": " + told.why.what);
    default: return answered(n, told);
  }
}

void World::applied(Node& n, const Happening& told) {
  Machine& machine = n.places[told.shard].machine;
  auto& committed = shards_[told.shard].committed;
  const std::uint64_t index = told.index;
  if (index != machine.head.index + 1) return violated("an entry is told out of order");
  machine.head.index = index;
  machine.head.term = told.entry->term;
  if (told.entry->kind == EntryKind::change) {
    machine.head.members_index = index;
    machine.head.members = told.entry->members;
  }
  machine.hash = mix64(machine.hash ^ hash_of(*told.entry));
  if (index < committed.size()) {
    if (committed[index].hash != machine.hash)
      return violated("C2: " + text_of(n.number) + " applies another entry at " + std::to_string(index));
  } else {
    committed.push_back({told.entry->term, machine.hash, n.engine->group(told.shard).term()});
    const bool decided = told.entry->kind == EntryKind::command;
    if (told.entry->kind == EntryKind::change) ++outcome_.changes;
    if (decided && std::stoull(told.entry->bytes) != told.entry->term)
      return violated("S7: what was decided in one term is committed in another");
    if (refused_.count(told.entry->bytes) > 0) return violated("C3: what was refused is committed");
  }
  n.disk.write([machine, shard = told.shard](Disk::Images& images) { images[shard].machine = machine; });
}

/// Every ticket comes back once.
void World::answered(Node& n, const Happening& told) {
  if (const auto asked = n.barriers.find(told.ticket); asked != n.barriers.end()) {
    if (told.kind == Happening::Kind::barrier_passed) {
      ++outcome_.barriers;
      if (n.places[told.shard].machine.head.index < asked->second)
        violated("R10: a barrier is passed by a node that lacks what was committed before");
    }
    n.barriers.erase(asked);
    return;
  }
  const auto proposed = n.proposed.find(told.ticket);
  if (proposed == n.proposed.end()) return violated("an answer that nobody waits for");
  if (told.kind == Happening::Kind::refused) refused_.insert(proposed->second);
  if (told.kind == Happening::Kind::committed) {
    ++outcome_.acknowledged;
    if (told.entry->bytes != proposed->second) violated("I12: a proposal is answered with another's entry");
  }
  n.proposed.erase(proposed);
}

/// What a message says must be on the sender's disk before it leaves.
void World::check_sent(const Node& n, const ShardMessage& out) {
  const Message& message = out.message;
  const Image& disk = n.disk.synced()[out.shard];
  const bool election = message.kind == MessageKind::vote || message.kind == MessageKind::vote_result;
  if (election && message.pre_vote) return;
  if (message.term > disk.term) violated("S2: " + text_of(n.number) + " speaks of a term that is not on its disk");
  if ((message.kind == MessageKind::vote_result && message.granted) || message.kind == MessageKind::vote) {
    const NodeNumber candidate = message.kind == MessageKind::vote ? n.number : message.peer;
    if (disk.term == message.term && disk.vote != candidate && !RF_PLANT(vote_forgotten))
      violated("S2: " + text_of(n.number) + " votes and has not written it");
    const auto [vote, first] = shards_[out.shard].votes.try_emplace({n.number, message.term}, candidate);
    if (!first && vote->second != candidate) violated("C1: " + text_of(n.number) + " votes twice in a term");
  }
  if (message.kind == MessageKind::append_result && message.rejected == 0 && message.index > disk.last_index() &&
      !RF_PLANT(lost_last_writes))
    violated("S2: " + text_of(n.number) + " acknowledges an entry that is not on its disk");
}

void World::check_shards(Node& n) {
  for (std::uint32_t shard = 0; shard < shards_count; ++shard) {
    const Group& group = n.engine->group(shard);
    if (group.leads()) check_leader(n, shard);
    const std::uint64_t change = group.change_underway();
    if (change == 0 || group.installing()) continue;
    const auto& log = n.disk.now()[shard].log;
    const auto entry = log.find(change);
    if (entry == log.end() || entry->second->kind != EntryKind::change)
      violated(text_of(n.number) + " takes entry " + std::to_string(change) + " for a change");
  }
}

void World::check_leader(Node& n, std::uint32_t shard) {
  const Group& group = n.engine->group(shard);
  const auto [known, first] = shards_[shard].leaders.try_emplace(group.term(), n.number);
  if (!first && known->second != n.number) return violated("C1: two leaders in a term");
  if (!first) return;
  ++outcome_.elections;
  // Of what earlier terms committed: votes that come late may make a leader of a term that is over, which commits nothing.
  const auto& committed = shards_[shard].committed;
  std::uint64_t last = committed.size() - 1;
  while (last > 0 && committed[last].in_term >= group.term()) --last;
  if (group.last_index() < last) return violated("C3: a leader lacks committed entries");
  const std::uint64_t from =
      std::max<std::uint64_t>(group.first_index(), last - std::min<std::uint64_t>(last, 200) + 1);
  const auto entries = group.entries(from, 200);
  for (std::size_t i = 0; entries && i < entries->size() && from + i <= last; ++i)
    if ((*entries)[i]->term != committed[from + i].term)
      return violated("C3: a leader has another entry than was committed");
}

void World::check_rest() {
  for (std::uint32_t shard = 0; shard < shards_count; ++shard) {
    const Node* n = leader(shard);
    if (n == nullptr) return violated("C9: nobody leads although all is well");
    const std::uint64_t head = n->places[shard].machine.head.index;
    if (n->places[shard].leads_in == 0) return violated("C9: the leader was never told");
    if (head + 1 != shards_[shard].committed.size()) return violated("C9: the leader does not go on");
    for (const Member& member : n->engine->group(shard).members()) {
      const std::uint64_t there = node(member.node).places[shard].machine.head.index;
      if (there != head)
        violated("C9: " + text_of(member.node) + " stays behind at " + std::to_string(there) + " of " +
                 std::to_string(head));
    }
  }
  for (const auto& n : nodes_)
    if (!n->proposed.empty() || !n->barriers.empty()) violated("C9: somebody is never answered");
}

}  // namespace rf::storage::raft
