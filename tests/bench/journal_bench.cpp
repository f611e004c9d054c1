#include <fcntl.h>
#include <rocksdb/db.h>
#include <rocksdb/options.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "actors/port.hpp"
#include "storage/rocks_journal.hpp"

/// Durable reservations through the presence actor and the log, beside what the same disk gives a bare writer in the same
/// run: one thread that syncs batches of the same size, and fdatasync alone. Prints ratios; asserts nothing.
namespace rf {
namespace {

using Clock = std::chrono::steady_clock;
constexpr double seconds_each = 4;

[[noreturn]] void give_up(const std::string& why) {
  std::fprintf(stderr, "%s\n", why.c_str());
  std::_Exit(1);
}

double since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

double fdatasync_rate(const std::string& folder) {
  const std::string path = folder + "/raw";
  const int fd = ::open(path.c_str(), O_CREAT | O_WRONLY | O_TRUNC, 0600);
  const std::string block(4096, 'x');
  std::size_t n = 0;
  const auto start = Clock::now();
  while (since(start) < seconds_each / 2) {
    if (::write(fd, block.data(), block.size()) < 0 || ::fdatasync(fd) != 0) break;
    ++n;
  }
  const double rate = static_cast<double>(n) / since(start);
  ::close(fd);
  return rate;
}

/// Records of one pair's bytes a second, `batch` of them a synced write, one writer.
double raw_writer_rate(const std::string& folder, std::size_t batch) {
  rocksdb::Options options;
  options.create_if_missing = true;
  rocksdb::DB* opened = nullptr;
  if (const auto open = rocksdb::DB::Open(options, folder, &opened); !open.ok()) give_up(open.ToString());
  const std::unique_ptr<rocksdb::DB> db(opened);
  rocksdb::WriteOptions write;
  write.sync = true;
  const std::string value(600, 'x');
  std::uint64_t n = 0;
  const auto start = Clock::now();
  while (since(start) < seconds_each / 2) {
    rocksdb::WriteBatch rows;
    for (std::size_t i = 0; i < batch; ++i) {
      std::string key(16, 'k');
      for (int byte = 0; byte < 8; ++byte)
        key[static_cast<std::size_t>(byte)] = static_cast<char>(n >> (56 - 8 * byte));
      ++n;
      (void)rows.Put(key, value);
    }
    if (const auto written = db->Write(write, &rows); !written.ok()) give_up(written.ToString());
  }
  return static_cast<double>(n) / since(start);
}

class Silent final : public actors::Outbox, public actors::TimeSource, public actors::Observer {
 public:
  void order(AccountId, actors::Fence, const link::Order&) override {}
  void sync(AccountId, actors::Fence, const EdgeName&, const link::Sync&) override {}
  Ms mono_ms() const override {
    return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now().time_since_epoch()).count();
  }
  core::EdgeClocks edge_clocks() const override { return {}; }
  void turn(std::size_t, std::size_t) override {}
  void rank_fallback() override {}
  void rank_mismatch() override {}
  void gate_depth(std::size_t) override {}
};

/// One account with many agents, asked by requesters that each reserve and release without pause.
class Bench {
 public:
  explicit Bench(const std::string& folder) {
    constexpr std::array<std::uint8_t, 32> key{};
    storage::RocksOptions options;
    options.directory = folder + "/node";
    options.node = "bench";
    journal_ = std::make_shared<storage::RocksJournal>(options, storage::SealKey(key));
    actors::Options wiring;
    wiring.journal = journal_;
    auto silent = std::make_shared<Silent>();
    wiring.outbox = silent;
    wiring.time = silent;
    wiring.observer = silent;
    auto started = actors::start_actors(wiring);
    if (!started) give_up(started.error().what);
    actors_ = std::move(started).value();
    const auto opened = journal_->start([](const auto&, const auto&) {},
                                        [this](std::uint32_t shard, std::uint64_t term, storage::RoleChange change,
                                               Ms ts) { actors_->on_role(shard, term, change, ts); });
    if (!opened) give_up(opened.error().what);
    core::QueueConfig queue;
    queue.key = "bench";
    queue.wrapup_ms = 0;
    ask(core::command::SetQueue{queue_, queue});
    for (std::uint64_t i = 1; i <= 1000; ++i) {
      core::AgentConfig config;
      config.key = "agent-" + std::to_string(i);
      config.external_endpoint = true;
      core::Membership membership;
      membership.queue = queue_;
      const AgentId agent(Ulid{2, i});
      ask(core::command::SetAgent{agent, config, {membership}});
      ask(core::command::Login{agent, {queue_}});
      ask(core::command::SetStatus{agent, core::Status::available, ""});
    }
  }
  ~Bench() {
    actors_->stop(5000);
    journal_->stop();
  }

  double pairs_per_second(std::size_t requesters) {
    pairs_ = 0;
    running_ = requesters;
    stop_ = false;
    const auto start = Clock::now();
    for (std::size_t i = 0; i < requesters; ++i) reserve();
    while (since(start) < seconds_each) ::usleep(10'000);
    const double rate = static_cast<double>(pairs_.load()) / since(start);
    stop_ = true;
    std::unique_lock lock(mutex_);
    ended_.wait(lock, [this] { return running_ == 0; });
    return rate;
  }

 private:
  void ask(const core::Command& command) {
    std::optional<core::Reply> got;
    // The actors are told a moment after the start that they lead.
    do {
      std::unique_lock lock(mutex_);
      got.reset();
      actors_->command(account_, CommandId(), core::Command(command), {}, [&](const core::Reply& reply) {
        const std::lock_guard inner(mutex_);
        got = reply;
        ended_.notify_all();
      });
      ended_.wait(lock, [&] { return got.has_value(); });
    } while (got->code == Code::not_owner);
    if (!got->ok()) give_up(got->what);
  }
  void reserve() {
    const CallId call(Ulid{3, ++calls_});
    actors_->command(account_, CommandId(), core::command::Enqueue{call, queue_, "1", "2", "", 0}, {},
                     [this, call](const core::Reply& reply) {
                       if (!reply.ok()) give_up(reply.what);
                       release(call);
                     });
  }
  void release(CallId call) {
    actors_->command(account_, CommandId(), core::command::CompleteCall{call}, {}, [this](const core::Reply& reply) {
      if (!reply.ok()) give_up(reply.what);
      ++pairs_;
      if (!stop_) return reserve();
      const std::lock_guard lock(mutex_);
      if (--running_ == 0) ended_.notify_all();
    });
  }

  const AccountId account_{Ulid{1, 1}};
  const QueueId queue_{Ulid{1, 2}};
  std::shared_ptr<storage::RocksJournal> journal_;
  std::unique_ptr<actors::Actors> actors_;
  std::atomic<std::uint64_t> calls_ = 0;
  std::atomic<std::uint64_t> pairs_ = 0;
  std::atomic<bool> stop_ = false;
  std::size_t running_ = 0;
  std::mutex mutex_;
  std::condition_variable ended_;
};

int run(const std::string& folder) {
  std::filesystem::create_directories(folder);
  std::printf("fdatasync of 4 KB:            %8.0f /s\n", fdatasync_rate(folder));
  Bench bench(folder);
  for (const std::size_t requesters : {1u, 16u, 64u}) {
    // A pair is two log entries: as many requesters as records in the bare writer's batch.
    const double raw = raw_writer_rate(folder + "/raw-" + std::to_string(requesters), requesters);
    const double pairs = bench.pairs_per_second(requesters);
    std::printf("%2zu requesters: %8.0f reserve+release pairs/s; bare writer, batches of %2zu: %8.0f records/s; "
                "entries/records %.2f\n",
                requesters, pairs, requesters, raw, raw > 0 ? 2 * pairs / raw : 0.0);
  }
  return 0;
}

}  // namespace
}  // namespace rf

int main(int argc, char** argv) {
  const std::string folder = argc > 1 ? argv[1] : "build/journal-bench";
  std::filesystem::remove_all(folder);
  const int result = rf::run(folder);
  std::filesystem::remove_all(folder);
  return result;
}
