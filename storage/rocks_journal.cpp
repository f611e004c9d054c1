#include "storage/rocks_journal.hpp"

#include <algorithm>

#include <rocksdb/env.h>

#include "core/base/rules_version.hpp"
#include "storage/bytes.hpp"
#include "storage/chain.hpp"
#include "storage/codec/codec.hpp"
#include "storage/errors.hpp"
#include "storage/rocks/applier.hpp"
#include "storage/rocks/history.hpp"
#include "storage/rocks/identity.hpp"
#include "storage/rocks/log_writer.hpp"
#include "storage/rocks/past.hpp"

namespace rf::storage {

namespace {

using rocks::Item;

/// This node's number among the voters: it is the only one.
constexpr std::uint64_t own_vote = 1;

Ms system_clock_ms() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

std::string term_body(std::uint64_t term) {
  std::string body;
  append_be64(body, term);
  append_be64(body, own_vote);
  return body;
}

std::string applied_body(std::uint64_t index) {
  std::string body;
  append_be64(body, index);
  return body;
}

}  // namespace

/// The journal between start and stop.
class RocksJournal::Opened {
 public:
  static Result<std::unique_ptr<Opened>> open(const RocksOptions& options, const SealKey& key);
  Result<void> run(OnApplied on_applied, OnRole on_role);
  void stop();

  void propose(std::uint32_t shard, std::uint64_t term, Batch batch, Done done);
  void barrier(std::uint32_t shard, Done done);
  Result<std::optional<core::Reply>> find_result(AccountId account, CommandId command);
  Result<std::string> find_secret(AccountId account, const std::string& name);
  Result<void> history(AccountId account, std::uint64_t first_seq, const std::function<bool(const core::Fact&)>& read);

  Result<core::Account> account_at(AccountId account, std::uint64_t seq);
  Result<std::uint64_t> seq_at(AccountId account, Ms ts);
  std::uint32_t rules_at(std::uint32_t shard, Ms ts) const { return rocks::version_at(logs_[shard].rules, ts); }

  const Committed& committed() const { return committed_; }
  const rocks::Health& health() const { return health_; }

 private:
  Opened(const RocksOptions& options, const SealKey& key, std::unique_ptr<rocks::LogDirectory> directory,
         std::unique_ptr<rocks::Store> store)
      : options_(options), key_(key), directory_(std::move(directory)), store_(std::move(store)),
        checkpoints_(*store_, *directory_, options_.checkpoint_facts),
        applier_(*store_, committed_, health_, checkpoints_, options_),
        log_writer_(*store_, *directory_, committed_, health_, applier_, options_) {}

  Result<void> begin_term(Ms wall_ts);
  /// The account's committed head.
  std::uint64_t head_of(AccountId account) const;
  Error refuse_shard(std::uint32_t shard, const Error& why);
  template <class T>
  Result<T> checked(std::uint32_t shard, Result<T> read);

  const RocksOptions& options_;
  const SealKey& key_;
  std::unique_ptr<rocks::LogDirectory> directory_;
  std::unique_ptr<rocks::Store> store_;
  rocks::Marks marks_{};
  rocks::ShardLogs logs_;
  Committed committed_;
  rocks::Health health_;
  rocks::Checkpoints checkpoints_;
  rocks::Applier applier_;
  rocks::LogWriter log_writer_;
};

Result<std::unique_ptr<RocksJournal::Opened>> RocksJournal::Opened::open(const RocksOptions& options,
                                                                         const SealKey& key) {
  rocksdb::Env& env = options.env != nullptr ? *options.env : *rocksdb::Env::Default();
  auto directory = rocks::LogDirectory::open(options.directory, env);
  if (!directory) return directory.error();
  const Result<rocks::Marks> marks = rocks::read_marks(**directory);
  if (!marks) return marks.error();
  const bool fresh = *marks == rocks::Marks{};
  auto store = rocks::Store::open(**directory, rocks::Access::read_write, fresh, options.wall_clock);
  if (!store) return store.error();
  Result<void> identity = rocks::check_identity(**store, key);
  if (!identity && identity.error().code == Code::not_found)
    identity = fresh ? rocks::create_identity(**store, key) : Result<void>(Error{Code::corrupt, identity.error().what});
  if (!identity) return identity.error();

  std::unique_ptr<Opened> opened(new Opened(options, key, std::move(*directory), std::move(*store)));
  opened->marks_ = *marks;
  Result<rocks::ShardLogs> logs = rocks::recover(*opened->store_, *marks, opened->committed_);
  if (!logs) return logs.error();
  opened->logs_ = std::move(*logs);
  return opened;
}

Result<void> RocksJournal::Opened::run(OnApplied on_applied, OnRole on_role) {
  for (std::uint32_t shard = 0; shard < rocks::journal_shards; ++shard)
    if (logs_[shard].broken) health_.break_shard(shard, *logs_[shard].broken);
  const Ms wall_ts = options_.wall_clock();
  if (auto begun = begin_term(wall_ts); !begun) return begun;

  std::vector<Item> roles;
  for (std::uint32_t shard = 0; shard < rocks::journal_shards; ++shard) {
    Item& item = roles.emplace_back();
    item.kind = Item::Kind::role;
    item.shard = shard;
    item.term = logs_[shard].term;
    item.role = logs_[shard].broken ? RoleChange::follower : RoleChange::leader;
    item.epoch_start_ts = logs_[shard].broken ? 0 : wall_ts;
    applier_.set_marked(shard, marks_[shard].index);
  }
  checkpoints_.start();
  applier_.push(std::move(roles));
  log_writer_.start(logs_, marks_);
  applier_.start(logs_, std::move(on_applied), std::move(on_role));
  return {};
}

/// The new term and its EpochStart in every shard that verified: one write, synced.
Result<void> RocksJournal::Opened::begin_term(Ms wall_ts) {
  std::uint64_t term = 0;
  for (const rocks::ShardLog& log : logs_) term = std::max(term, log.term);
  ++term;
  const EncodedEntry entry = encode_entry(EpochStart{options_.node, wall_ts, core::rules_version});
  rocks::WriteSet set(*store_);
  for (std::uint32_t shard = 0; shard < rocks::journal_shards; ++shard) {
    rocks::ShardLog& log = logs_[shard];
    if (log.broken) continue;
    log.term = term;
    log.applied = ++log.last_index;
    log.hash = log_hash(log.hash, term, log.last_index, entry.bytes);
    set.put(Family::raftmeta, term_key(shard), term_body(term));
    set.put(Family::raftlog, log_key(shard, log.last_index), log_body(term, log.hash, entry.bytes));
    set.put(Family::raftmeta, applied_key(shard), applied_body(log.applied));
    if (log.rules.empty() || log.rules.back().version != core::rules_version) {
      log.rules.push_back({wall_ts, core::rules_version});
      set.put(Family::raftmeta, rules_key(shard), rocks::rules_body(log.rules));
    }
    marks_[shard] = rocks::Mark{log.last_index, log.hash};
  }
  if (auto written = store_->write(set, rocks::Durable::now); !written) return written;
  return rocks::write_marks(*directory_, marks_);
}

void RocksJournal::Opened::stop() {
  log_writer_.stop();
  applier_.stop();
  checkpoints_.stop();
}

void RocksJournal::Opened::propose(std::uint32_t shard, std::uint64_t term, Batch batch, Done done) {
  Item item;
  item.shard = shard;
  item.term = term;
  item.done = std::move(done);
  item.proposed = std::chrono::steady_clock::now();
  if (auto* account = std::get_if<AccountBatch>(&batch)) {
    for (Secret& secret : account->secrets) item.sealed.push_back(key_.seal(account->account, secret));
    account->secrets.clear();
    item.entry = encode_entry(*account, item.sealed);
    item.account = &committed_.at(account->account);
  } else {
    item.entry = encode_entry(std::get<DirectoryBatch>(batch));
  }
  if (const auto takeable = check_batch(batch, shard, item.entry.batch_size); !takeable) {
    item.kind = Item::Kind::refused;
    item.error = takeable.error();
  }
  item.batch = std::move(batch);
  log_writer_.submit(std::move(item));
}

void RocksJournal::Opened::barrier(std::uint32_t shard, Done done) {
  Item item;
  item.kind = Item::Kind::barrier;
  item.shard = shard;
  item.done = std::move(done);
  log_writer_.submit(std::move(item));
}

/// The shard is served no more from here on; the sentence for whoever asked.
Error RocksJournal::Opened::refuse_shard(std::uint32_t shard, const Error& why) {
  const Error error{Code::corrupt, "shard " + std::to_string(shard) + " is not served: " + why.what +
                                       ". `rf-log verify " + options_.directory +
                                       "` names the first broken record; restore the directory from a backup or a "
                                       "replica"};
  if (health_.break_shard(shard, error)) {
    Item item;
    item.kind = Item::Kind::role;
    item.shard = shard;
    item.term = logs_[shard].term;
    item.role = RoleChange::follower;
    log_writer_.submit(std::move(item));
  }
  return error;
}

template <class T>
Result<T> RocksJournal::Opened::checked(std::uint32_t shard, Result<T> read) {
  if (!read && read.error().code == Code::corrupt) return refuse_shard(shard, read.error());
  return read;
}

Result<std::optional<core::Reply>> RocksJournal::Opened::find_result(AccountId account, CommandId command) {
  const std::uint32_t shard = shard_of(account);
  if (const auto served = health_.shard(shard); !served) return served.error();
  const auto body = checked(shard, store_->get(Family::dedupe, result_key(shard, account, command)));
  if (!body) return body.error();
  if (!*body) return std::optional<core::Reply>();
  if ((*body)->size() < 8) return refuse_shard(shard, Error{Code::corrupt, "a stored reply that is cut off"});
  if (options_.wall_clock() - static_cast<Ms>(be64_at((*body)->data())) > result_lifetime_ms)
    return std::optional<core::Reply>();
  const auto reply = checked(shard, decode_reply(std::string_view(**body).substr(8)));
  if (!reply) return reply.error();
  return std::optional<core::Reply>(*reply);
}

Result<std::string> RocksJournal::Opened::find_secret(AccountId account, const std::string& name) {
  const std::uint32_t shard = shard_of(account);
  if (const auto served = health_.shard(shard); !served) return served.error();
  const auto body = checked(shard, store_->get(Family::fold, fold_key(shard, account, RowKind::secret, name)));
  if (!body) return body.error();
  if (!*body)
    return Error{Code::not_found, "there is no secret \"" + name + "\" for " + account.text() + ": set it first"};
  const auto sealed = checked(shard, decode_row<SealedSecret>(**body));
  if (!sealed) return sealed.error();
  return checked(shard, key_.open(account, *sealed));
}

Result<void> RocksJournal::Opened::history(AccountId account, std::uint64_t first_seq,
                                           const std::function<bool(const core::Fact&)>& read) {
  const std::uint32_t shard = shard_of(account);
  if (const auto served = health_.shard(shard); !served) return served.error();
  return checked(shard, rocks::read_history(*store_, account, first_seq, head_of(account), read));
}

std::uint64_t RocksJournal::Opened::head_of(AccountId account) const {
  const AccountCopy* copy = committed_.find(account);
  if (copy == nullptr) return 0;
  const std::shared_lock lock(copy->mutex);
  return copy->account.seq;
}

Result<core::Account> RocksJournal::Opened::account_at(AccountId account, std::uint64_t seq) {
  const std::uint32_t shard = shard_of(account);
  if (const auto served = health_.shard(shard); !served) return served.error();
  return checked(shard, rocks::account_at(*store_, checkpoints_, account, std::min(seq, head_of(account))));
}

Result<std::uint64_t> RocksJournal::Opened::seq_at(AccountId account, Ms ts) {
  const std::uint32_t shard = shard_of(account);
  if (const auto served = health_.shard(shard); !served) return served.error();
  return checked(shard, rocks::seq_at(*store_, account, head_of(account), ts));
}

RocksJournal::RocksJournal(RocksOptions options, const SealKey& key) : options_(std::move(options)), key_(key) {
  if (!options_.wall_clock) options_.wall_clock = system_clock_ms;
}

RocksJournal::~RocksJournal() { stop(); }

std::shared_ptr<RocksJournal::Opened> RocksJournal::current() const {
  const std::lock_guard lock(mutex_);
  return opened_;
}

void RocksJournal::set_current(std::shared_ptr<Opened> opened) {
  // The old one goes after the lock: it closes the database.
  const std::lock_guard lock(mutex_);
  opened_.swap(opened);
}

Result<void> RocksJournal::start(OnApplied on_applied, OnRole on_role) {
  RF_ASSERT(current() == nullptr);
  auto opened = Opened::open(options_, key_);
  if (!opened) return opened.error();
  // Before its threads run: what they call back may call us.
  const std::shared_ptr<Opened> kept = std::move(*opened);
  set_current(kept);
  Result<void> running = kept->run(std::move(on_applied), std::move(on_role));
  if (!running) set_current(nullptr);
  return running;
}

void RocksJournal::stop() {
  const std::shared_ptr<Opened> opened = current();
  if (opened == nullptr) return;
  opened->stop();
  set_current(nullptr);
}

void RocksJournal::propose(std::uint32_t shard, std::uint64_t term, Batch batch, Done done) {
  if (const std::shared_ptr<Opened> opened = current()) opened->propose(shard, term, std::move(batch), std::move(done));
}

void RocksJournal::barrier(std::uint32_t shard, Done done) {
  if (const std::shared_ptr<Opened> opened = current()) opened->barrier(shard, std::move(done));
}

Result<core::Account> RocksJournal::load(AccountId account) {
  const std::shared_ptr<Opened> opened = current();
  if (opened == nullptr) return stopped();
  if (const auto served = opened->health().shard(shard_of(account)); !served) return served.error();
  return opened->committed().load(account);
}

Result<core::directory::Directory> RocksJournal::load_directory() {
  const std::shared_ptr<Opened> opened = current();
  if (opened == nullptr) return stopped();
  if (const auto served = opened->health().shard(limits::directory_shard); !served) return served.error();
  return opened->committed().load_directory();
}

std::vector<AccountId> RocksJournal::accounts(std::uint32_t shard) {
  const std::shared_ptr<Opened> opened = current();
  if (opened == nullptr) return {};
  return opened->committed().accounts(shard);
}

Result<std::optional<core::Reply>> RocksJournal::find_result(AccountId account, CommandId command) {
  const std::shared_ptr<Opened> opened = current();
  if (opened == nullptr) return stopped();
  return opened->find_result(account, command);
}

Result<std::string> RocksJournal::find_secret(AccountId account, const std::string& name) {
  const std::shared_ptr<Opened> opened = current();
  if (opened == nullptr) return stopped();
  return opened->find_secret(account, name);
}

Result<void> RocksJournal::read(AccountId account, const std::function<void(const core::Account&)>& read) {
  const std::shared_ptr<Opened> opened = current();
  if (opened == nullptr) return stopped();
  if (const auto served = opened->health().shard(shard_of(account)); !served) return served.error();
  return opened->committed().read(account, read);
}

Result<void> RocksJournal::history(AccountId account, std::uint64_t first_seq,
                                   const std::function<bool(const core::Fact&)>& read) {
  const std::shared_ptr<Opened> opened = current();
  if (opened == nullptr) return stopped();
  return opened->history(account, first_seq, read);
}

Result<core::Account> RocksJournal::account_at(AccountId account, std::uint64_t seq) {
  const std::shared_ptr<Opened> opened = current();
  if (opened == nullptr) return stopped();
  return opened->account_at(account, seq);
}

Result<std::uint64_t> RocksJournal::seq_at(AccountId account, Ms ts) {
  const std::shared_ptr<Opened> opened = current();
  if (opened == nullptr) return stopped();
  return opened->seq_at(account, ts);
}

std::uint32_t RocksJournal::rules_at(std::uint32_t shard, Ms ts) const {
  const std::shared_ptr<Opened> opened = current();
  return opened == nullptr ? 0 : opened->rules_at(shard, ts);
}

Result<void> RocksJournal::health() const {
  const std::shared_ptr<Opened> opened = current();
  if (opened == nullptr) return stopped();
  return opened->health().all();
}

}  // namespace rf::storage
