#include "storage/raft/group.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "core/base/assert.hpp"
#include "core/base/plant.hpp"
#include "storage/raft/shim.h"

namespace rf::storage::raft {

namespace {

/// libraft's clock moves in steps of at least this: a time-out that it sets into the past must not spin.
constexpr std::uint64_t tick_ms_min = 10;
/// What an entry costs in a message beside its bytes.
constexpr std::size_t entry_overhead = 32;

int to_raft(EntryKind kind) {
  switch (kind) {
    case EntryKind::command: return RF_RAFT_COMMAND;
    case EntryKind::barrier: return RF_RAFT_BARRIER;
    case EntryKind::change: return RF_RAFT_CHANGE;
  }
  return RF_RAFT_COMMAND;
}

std::vector<rf_raft_member> to_raft(const Members& members) {
  std::vector<rf_raft_member> out;
  for (const Member& member : members)
    out.push_back({member.node, member.role == MemberRole::voter ? RF_RAFT_VOTER : RF_RAFT_STANDBY});
  return out;
}

/// Entries as the shim takes them. The members of changes live as long as this.
class RaftEntries {
 public:
  explicit RaftEntries(std::size_t n) {
    out_.reserve(n);
    members_.reserve(n);
  }
  void add(const Entry& entry) {
    rf_raft_entry& out = out_.emplace_back();
    out.term = entry.term;
    out.kind = to_raft(entry.kind);
    if (entry.kind != EntryKind::change) return;
    const auto& members = members_.emplace_back(to_raft(entry.members));
    out.members = members.data();
    out.n_members = static_cast<unsigned>(members.size());
  }
  const rf_raft_entry* first() const { return out_.data(); }
  unsigned size() const { return static_cast<unsigned>(out_.size()); }

 private:
  std::vector<rf_raft_entry> out_;
  std::vector<std::vector<rf_raft_member>> members_;
};

struct RaftSnapshot {
  explicit RaftSnapshot(const SnapshotHead& head) : members(to_raft(head.members)) {
    out.index = head.index;
    out.term = head.term;
    out.members_index = head.members_index;
    out.members = members.data();
    out.n_members = static_cast<unsigned>(members.size());
  }
  std::vector<rf_raft_member> members;
  rf_raft_snapshot out{};
};

constexpr std::pair<MessageKind, int> message_kinds[] = {
    {MessageKind::append, RF_RAFT_APPEND},   {MessageKind::append_result, RF_RAFT_APPEND_RESULT},
    {MessageKind::vote, RF_RAFT_VOTE},       {MessageKind::vote_result, RF_RAFT_VOTE_RESULT},
    {MessageKind::install, RF_RAFT_INSTALL}, {MessageKind::timeout_now, RF_RAFT_TIMEOUT_NOW},
};

/// What both forms of a message have alike.
template <class To, class From>
To alike(const From& from) {
  To out{};
  out.peer = from.peer;
  out.term = from.term;
  out.index = from.index;
  out.index_term = from.index_term;
  out.commit = from.commit;
  out.rejected = from.rejected;
  out.granted = from.granted;
  out.pre_vote = from.pre_vote;
  out.disrupt_leader = from.disrupt_leader;
  return out;
}

rf_raft_message to_raft(const Message& message) {
  auto out = alike<rf_raft_message>(message);
  for (const auto& [kind, type] : message_kinds)
    if (kind == message.kind) out.type = type;
  return out;
}

Message of_raft(const rf_raft_message& message) {
  auto out = alike<Message>(message);
  for (const auto& [kind, type] : message_kinds)
    if (type == message.type) out.kind = kind;
  return out;
}

bool well_formed(const Members& members) {
  std::set<NodeNumber> nodes;
  for (const Member& member : members)
    if (member.node == 0 || !nodes.insert(member.node).second) return false;
  return !members.empty();
}

/// Terms that rise from `term` up to `term_max`, and members in every change.
bool well_formed(const std::vector<EntryPtr>& entries, std::uint64_t term, std::uint64_t term_max) {
  for (const EntryPtr& entry : entries) {
    if (entry == nullptr || entry->term == 0 || entry->term < term || entry->term > term_max) return false;
    if (entry->kind == EntryKind::change && !well_formed(entry->members)) return false;
    term = entry->term;
  }
  return true;
}

/// Whether this append is one that a leader sends.
bool well_formed(const Message& append) {
  return (append.index == 0) == (append.index_term == 0) && append.index_term <= append.term &&
         well_formed(append.entries, append.index_term, append.term);
}

/// Cuts an append where a change would not be first (libraft then takes another entry for it), and where it would be longer
/// than `bytes_max`.
std::vector<Message> split(const Message& append, std::size_t bytes_max) {
  std::vector<Message> out;
  Message piece = append;
  piece.entries.clear();
  std::size_t bytes = 0;
  for (const EntryPtr& entry : append.entries) {
    const std::size_t size = entry->bytes.size() + entry_overhead;
    const bool cut = entry->kind == EntryKind::change && !RF_PLANT(no_message_split);
    if (!piece.entries.empty() && (cut || bytes + size > bytes_max)) {
      const std::uint64_t index = piece.index + piece.entries.size();
      const std::uint64_t term = piece.entries.back()->term;
      out.push_back(std::move(piece));
      piece = append;
      piece.entries.clear();
      piece.index = index;
      piece.index_term = term;
      bytes = 0;
    }
    bytes += size;
    piece.entries.push_back(entry);
  }
  out.push_back(std::move(piece));
  return out;
}

std::string at(std::uint64_t index) { return "index " + std::to_string(index); }

/// Empty: a log that a server may have written.
std::string fault_of(const StoredLog& log) {
  const std::uint64_t last = log.first_index + log.entries.size() - 1;
  if (log.term == 0 && (log.vote != 0 || log.snapshot || !log.entries.empty())) return "there is a log, but no term";
  if (log.first_index == 0) return "it begins at index 0";
  std::uint64_t term = 0;
  for (const Entry& entry : log.entries) {
    if (entry.term < term || entry.term == 0 || entry.term > log.term) return "its terms do not rise";
    if (entry.kind == EntryKind::change && !well_formed(entry.members)) return "a change names no members";
    term = entry.term;
  }
  if (!log.snapshot) {
    if (log.first_index != 1) return "its first entries are gone, and there is no snapshot";
    if (!log.entries.empty() && log.entries.front().kind != EntryKind::change)
      return "its first entry names no members";
    return "";
  }
  const SnapshotHead& head = *log.snapshot;
  if (head.index == 0 || head.term == 0 || head.term > log.term || !well_formed(head.members) ||
      head.members_index > head.index)
    return "its snapshot is of no log";
  if (log.first_index > head.index + 1) return "entries behind the snapshot at " + at(head.index) + " are missing";
  if (last < head.index) return "it ends at " + at(last) + ", before its snapshot at " + at(head.index);
  return "";
}

/// Whether the node alone decides, by the newest members in its log.
bool lone_voter(const StoredLog& log, NodeNumber node) {
  const Members* members = log.snapshot ? &log.snapshot->members : nullptr;
  std::uint64_t index = log.first_index;
  for (const Entry& entry : log.entries)
    if (const std::uint64_t at_index = index++; entry.kind == EntryKind::change)
      if (!log.snapshot || at_index > log.snapshot->members_index) members = &entry.members;
  return members != nullptr &&
         std::any_of(members->begin(), members->end(), [](const Member& m) { return m.role == MemberRole::voter; }) &&
         std::all_of(members->begin(), members->end(),
                     [&](const Member& m) { return (m.role == MemberRole::voter) == (m.node == node); });
}

}  // namespace

struct Group::Update {
  rf_raft_update out{};
};

void Effects::append(Effects later) {
  std::move(later.writes.begin(), later.writes.end(), std::back_inserter(writes));
  std::move(later.messages.begin(), later.messages.end(), std::back_inserter(messages));
  committed = committed || later.committed;
}

Group::Group(const GroupOptions& options, ReadLog read_log)
    : options_(options), read_log_(std::move(read_log)), raft_(nullptr, rf_raft_free) {
  RF_ASSERT(options.node != 0);
  const rf_raft_options raft{options.election_timeout_ms, options.heartbeat_ms, 2 * options.election_timeout_ms,
                             options.inflight_entries_max};
  raft_.reset(rf_raft_new(options.node, options.seed, &raft));
  RF_ASSERT(raft_ != nullptr);
}

Group::~Group() = default;

Result<Effects> Group::start(std::uint64_t now, const StoredLog& log) {
  if (const std::string fault = fault_of(log); !fault.empty())
    return Error{Code::corrupt, "this is not the log of a Raft group: " + fault};
  RaftEntries entries(log.entries.size());
  for (const Entry& entry : log.entries) entries.add(entry);
  std::optional<RaftSnapshot> snapshot;
  if (log.snapshot) snapshot.emplace(*log.snapshot);
  cache_first_ = log.first_index + log.entries.size();
  Effects effects;
  Vote vote{log.term, log.vote};
  if (lone_voter(log, options_.node)) {
    // libraft lets it lead in the term of its last life; nobody could tell the two apart.
    vote = Vote{log.term + 1, options_.node};
    Write& write = effects.writes.emplace_back();
    write.id = ++last_write_;
    write.vote = vote;
    unsynced_.push_back({write.id, 0, true, false});
  }
  Update update;
  const int error = rf_raft_start(raft_.get(), now, vote.term, vote.node, snapshot ? &snapshot->out : nullptr,
                                  log.first_index, entries.first(), entries.size(), &update.out);
  effects.append(take(now, error, update, {}));
  if (!state_) return state_.error();
  return effects;
}

Effects Group::receive(std::uint64_t now, const Message& message) {
  if (!state_ || message.peer == 0 || message.peer == options_.node) return {};
  switch (message.kind) {
    case MessageKind::append: break;
    // Of an election that is over; libraft would look at it with the eyes of a candidate.
    case MessageKind::vote_result:
      if (rf_raft_state(raft_.get()) != RF_RAFT_CANDIDATE) return {};
      return receive_one(now, message);
    // An offer of rows, which come another way: install().
    case MessageKind::install: return {};
    default: return receive_one(now, message);
  }
  if (!well_formed(message)) return {};
  if (leads() && message.term == term()) {
    fail(Code::corrupt, "node " + std::to_string(message.peer) + " leads in term " + std::to_string(message.term) +
                            " as this one does");
    return {};
  }
  Effects effects;
  for (const Message& piece : split(behind_snapshot(message), options_.message_bytes_max))
    effects.append(receive_one(now, piece));
  return effects;
}

/// An append from before the log begins: what the snapshot stands for is committed, so it is as the leader has it. libraft
/// does not know the terms there any more, and would refuse the append or, from index 1 on, take old entries for new ones.
Message Group::behind_snapshot(const Message& message) const {
  const std::uint64_t snapshot = rf_raft_snapshot_index(raft_.get());
  if (message.index >= first_index() || message.index >= snapshot || RF_PLANT(append_below_log)) return message;
  Message rest = message;
  rest.index = snapshot;
  rest.index_term = rf_raft_snapshot_term(raft_.get());
  const std::size_t known = std::min<std::size_t>(snapshot - message.index, message.entries.size());
  rest.entries.erase(rest.entries.begin(), rest.entries.begin() + static_cast<std::ptrdiff_t>(known));
  return rest;
}

Effects Group::receive_one(std::uint64_t now, const Message& message) {
  if (!state_) return {};
  RaftEntries entries(message.entries.size());
  for (const EntryPtr& entry : message.entries) entries.add(*entry);
  rf_raft_message out = to_raft(message);
  out.entries = entries.first();
  out.n_entries = entries.size();
  Update update;
  const int error = rf_raft_receive(raft_.get(), now, &out, &update.out);
  return take(now, error, update, message.entries);
}

Effects Group::stored(std::uint64_t now, std::uint64_t write) {
  Effects effects;
  std::uint64_t last_index = 0;
  bool install = false;
  for (; !unsynced_.empty() && unsynced_.front().id <= write; unsynced_.pop_front()) {
    last_index = std::max(last_index, unsynced_.front().last_index);
    install = install || unsynced_.front().install;
  }
  for (; !held_.empty() && held_.front().write <= write; held_.pop_front())
    std::move(held_.front().messages.begin(), held_.front().messages.end(), std::back_inserter(effects.messages));
  if (!state_) return effects;
  Update update;
  if (install) {
    installing_.reset();
    const int error = rf_raft_installed(raft_.get(), now, &update.out);
    effects.append(take(now, error, update, {}));
  } else if (!installing_ && last_index > rf_raft_last_stored(raft_.get())) {
    const int error = rf_raft_stored(raft_.get(), now, last_index, &update.out);
    effects.append(take(now, error, update, {}));
  }
  trim_cache();
  return effects;
}

std::uint64_t Group::due() const { return std::max(rf_raft_due(raft_.get()), ticked_ + tick_ms_min); }

Effects Group::tick(std::uint64_t now) {
  if (!state_ || now < due()) return {};
  ticked_ = now;
  Update update;
  const int error = rf_raft_timeout(raft_.get(), now, &update.out);
  return take(now, error, update, {});
}

bool Group::can_propose() const { return state_.ok() && leads() && rf_raft_transferee(raft_.get()) == 0; }

Effects Group::propose(std::uint64_t now, std::vector<EntryPtr> entries) {
  RF_ASSERT(can_propose() && !entries.empty());
  RaftEntries out(entries.size());
  for (const EntryPtr& entry : entries) {
    RF_ASSERT(entry->term == term());
    out.add(*entry);
  }
  Update update;
  const int error = rf_raft_submit(raft_.get(), now, out.first(), out.size(), &update.out);
  return take(now, error, update, entries);
}

bool Group::can_change() const {
  return can_propose() && rf_raft_uncommitted_change(raft_.get()) == 0 && rf_raft_committed_change(raft_.get()) != 0 &&
         rf_raft_promotee(raft_.get()) == 0;
}

Effects Group::change(std::uint64_t now, Members members, std::string bytes) {
  RF_ASSERT(can_change() && well_formed(members));
  return propose(
      now, {std::make_shared<const Entry>(Entry{term(), EntryKind::change, std::move(bytes), std::move(members)})});
}

Effects Group::catch_up(std::uint64_t now, NodeNumber standby) {
  if (!can_change() || standby == options_.node || rf_raft_role(raft_.get(), standby) != RF_RAFT_STANDBY) return {};
  Update update;
  const int error = rf_raft_catch_up(raft_.get(), now, standby, &update.out);
  return take(now, error, update, {});
}

Group::CatchUp Group::catch_up_of(NodeNumber member) const {
  switch (rf_raft_catch_up_status(raft_.get(), member)) {
    case RF_RAFT_CATCH_UP_RUNNING: return CatchUp::running;
    case RF_RAFT_CATCH_UP_ABORTED: return CatchUp::aborted;
    case RF_RAFT_CATCH_UP_FINISHED: return CatchUp::finished;
    default: return CatchUp::none;
  }
}

Effects Group::transfer(std::uint64_t now, NodeNumber voter) {
  if (!can_propose() || voter == options_.node || rf_raft_role(raft_.get(), voter) != RF_RAFT_VOTER) return {};
  Update update;
  const int error = rf_raft_transfer(raft_.get(), now, voter, &update.out);
  return take(now, error, update, {});
}

Effects Group::install(std::uint64_t now, NodeNumber leader, std::uint64_t offer_term, const SnapshotHead& staged) {
  if (!state_ || installing_ || leader == options_.node || offer_term == 0 || offer_term < term()) return {};
  RF_ASSERT(staged.index != 0 && staged.term != 0 && well_formed(staged.members));
  if (leads() && offer_term == term()) {
    fail(Code::corrupt, "node " + std::to_string(leader) + " offers a snapshot in term " + std::to_string(offer_term) +
                            ", in which this one leads");
    return {};
  }
  const RaftSnapshot snapshot(staged);
  rf_raft_message message{};
  message.type = RF_RAFT_INSTALL;
  message.peer = leader;
  message.term = offer_term;
  message.index = staged.index;
  message.index_term = staged.term;
  message.members_index = staged.members_index;
  message.members = snapshot.out.members;
  message.n_members = snapshot.out.n_members;
  Update update;
  const int error = rf_raft_receive(raft_.get(), now, &message, &update.out);
  if (error == 0 && update.out.install) installing_ = staged;
  return take(now, error, update, {});
}

bool Group::installing() const { return installing_.has_value(); }

Effects Group::compact(std::uint64_t now, const SnapshotHead& applied, std::uint64_t trailing) {
  const rf_raft* raft = raft_.get();
  if (!state_ || installing_ || applied.index <= rf_raft_snapshot_index(raft) || applied.index < first_index() ||
      applied.index > rf_raft_last_stored(raft) || applied.index > commit_index() || trailing >= applied.index)
    return {};
  RF_ASSERT(well_formed(applied.members));
  const RaftSnapshot snapshot(applied);
  Update update;
  const int error = rf_raft_compact(raft_.get(), now, &snapshot.out, static_cast<unsigned>(trailing), &update.out);
  Effects effects = take(now, error, update, {});
  if (!state_) return effects;
  Write& write = effects.writes.emplace_back();
  write.id = ++last_write_;
  write.compacted = applied;
  write.log_begins = first_index();
  unsynced_.push_back({write.id, 0, false, false});
  for (; !cache_.empty() && cache_first_ < write.log_begins; ++cache_first_) {
    cache_bytes_ -= cache_.front()->bytes.size();
    cache_.pop_front();
  }
  return effects;
}

void Group::applied(std::uint64_t index) {
  applied_ = std::max(applied_, index);
  trim_cache();
}

void Group::trim_cache() {
  const std::uint64_t until = std::min(applied_, rf_raft_last_stored(raft_.get()));
  for (; cache_bytes_ > options_.cache_bytes_max && !cache_.empty() && cache_first_ <= until; ++cache_first_) {
    cache_bytes_ -= cache_.front()->bytes.size();
    cache_.pop_front();
  }
}

Result<std::vector<EntryPtr>> Group::entries(std::uint64_t first, std::size_t n) const {
  std::vector<EntryPtr> out;
  const std::uint64_t last = last_index();
  if (first == 0 || first > last) return out;
  n = std::min<std::size_t>(n, last - first + 1);
  if (first < cache_first_) {
    auto old = read_log_(first, std::min<std::size_t>(n, cache_first_ - first));
    if (!old) return old.error();
    out = std::move(*old);
    if (out.size() < std::min<std::size_t>(n, cache_first_ - first)) return out;
  }
  while (out.size() < n) out.push_back(cache_[first + out.size() - cache_first_]);
  return out;
}

bool Group::leads() const { return rf_raft_state(raft_.get()) == RF_RAFT_LEADER; }
std::uint64_t Group::term() const { return rf_raft_term(raft_.get()); }
NodeNumber Group::leader() const { return rf_raft_leader(raft_.get()); }
std::uint64_t Group::commit_index() const { return rf_raft_commit_index(raft_.get()); }
std::uint64_t Group::first_index() const { return rf_raft_first_index(raft_.get()); }
std::uint64_t Group::last_index() const { return rf_raft_last_index(raft_.get()); }
std::uint64_t Group::stored_index() const { return rf_raft_last_stored(raft_.get()); }
std::uint64_t Group::snapshot_index() const { return rf_raft_snapshot_index(raft_.get()); }
std::uint64_t Group::match_of(NodeNumber member) const { return rf_raft_match(raft_.get(), member); }

std::uint64_t Group::members_index() const { return rf_raft_committed_change(raft_.get()); }

std::uint64_t Group::change_underway() const { return rf_raft_uncommitted_change(raft_.get()); }

Members Group::members() const {
  Members out;
  for (unsigned i = 0; i < rf_raft_members(raft_.get()); ++i) {
    const rf_raft_member member = rf_raft_member_at(raft_.get(), i);
    out.push_back({member.id, member.role == RF_RAFT_VOTER ? MemberRole::voter : MemberRole::standby});
  }
  return out;
}

void Group::fail(Code code, std::string what) {
  if (state_) state_ = Error{code, std::move(what)};
}

/// Turns what libraft asks for into effects. `given`: the entries of the event.
Effects Group::take(std::uint64_t now, int error, const Update& update, const std::vector<EntryPtr>& given) {
  Effects effects;
  if (error != 0) {
    fail(Code::corrupt,
         "Raft at " + at(last_index()) + " in term " + std::to_string(term()) + ": " + rf_raft_error(error));
    return effects;
  }
  const rf_raft_update& out = update.out;
  effects.committed = out.commit_changed;
  if (out.vote_changed || out.n_entries != 0 || out.install) {
    Write& write = effects.writes.emplace_back();
    write.id = ++last_write_;
    if (out.vote_changed) write.vote = Vote{term(), rf_raft_vote(raft_.get())};
    Unsynced unsynced{write.id, 0, out.vote_changed, out.install};
    if (out.n_entries != 0) {
      take_entries(update, given, write);
      unsynced.last_index = write.first_index + write.entries.size() - 1;
    }
    if (out.install) {
      // What is on its way to the disk belongs to a log that is given up.
      for (Unsynced& before : unsynced_) before.last_index = 0;
      write.install = installing_;
      cache_.clear();
      cache_bytes_ = 0;
      cache_first_ = installing_->index + 1;
    }
    unsynced_.push_back(unsynced);
  }
  std::vector<Message> messages = messages_of(update);
  const auto vote = std::find_if(unsynced_.rbegin(), unsynced_.rend(), [](const Unsynced& u) { return u.vote; });
  if (vote == unsynced_.rend() || RF_PLANT(messages_before_vote))
    effects.messages = std::move(messages);
  else if (!messages.empty())
    held_.push_back({vote->id, std::move(messages)});
  settle(now, effects);
  return effects;
}

void Group::take_entries(const Update& update, const std::vector<EntryPtr>& given, Write& write) {
  const std::uint64_t first = update.out.first_index;
  const std::size_t n = update.out.n_entries;
  write.first_index = first;
  if (update.out.own_barrier) {
    RF_ASSERT(n == 1);
    write.entries.push_back(std::make_shared<const Entry>(Entry{term(), EntryKind::barrier, {}, {}}));
  } else {
    RF_ASSERT(n <= given.size());
    write.entries.assign(given.end() - static_cast<std::ptrdiff_t>(n), given.end());
  }
  const std::uint64_t end = cache_first_ + cache_.size();
  if (first < end) {
    write.truncate_from = first;
    for (Unsynced& before : unsynced_)
      if (!RF_PLANT(overtaken_writes_count)) before.last_index = std::min(before.last_index, first - 1);
    for (; !cache_.empty() && cache_first_ + cache_.size() > first; cache_.pop_back())
      cache_bytes_ -= cache_.back()->bytes.size();
    cache_first_ = std::min(cache_first_, first);
  }
  for (const EntryPtr& entry : write.entries) {
    cache_.push_back(entry);
    cache_bytes_ += entry->bytes.size();
  }
}

std::vector<Message> Group::messages_of(const Update& update) {
  std::vector<Message> messages;
  for (unsigned i = 0; i < update.out.n_messages; ++i) {
    const rf_raft_message& from = update.out.messages[i];
    Message message = of_raft(from);
    // libraft answers in the asker's term: one that is behind would never learn that, nor be elected.
    const bool denied = message.kind == MessageKind::vote_result && message.pre_vote && !message.granted;
    if (denied && !RF_PLANT(prevote_hides_term)) message.term = std::max(message.term, term());
    if (from.n_entries == 0) {
      messages.push_back(std::move(message));
      continue;
    }
    auto read = entries(from.index + 1, from.n_entries);
    if (!read || read->size() != from.n_entries) {
      fail(Code::corrupt, read ? "entries behind " + at(from.index) + " are missing" : read.error().what);
      return {};
    }
    message.entries = std::move(*read);
    for (Message& piece : split(message, options_.message_bytes_max)) messages.push_back(std::move(piece));
  }
  return messages;
}

/// libraft waits to be told that a change it carries is committed.
void Group::settle(std::uint64_t now, Effects& effects) {
  const std::uint64_t change = rf_raft_uncommitted_change(raft_.get());
  if (!state_ || installing_ || change == 0 || change > commit_index()) return;
  Update update;
  const int error = rf_raft_changed(raft_.get(), now, &update.out);
  effects.append(take(now, error, update, {}));
}

}  // namespace rf::storage::raft
