// Bit rot: every single bit of every stored record, and random bits of real files.
// RF_FILE_FLIPS sets how many of the latter (default 500, with a sanitizer 100).
#include <gtest/gtest.h>

#include <rocksdb/db.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "storage/chain.hpp"
#include "storage/codec/codec.hpp"
#include "storage/inspection.hpp"
#include "storage/rocks/store.hpp"
#include "tests/storage/support/account_script.hpp"
#include "tests/storage/support/node_log.hpp"
#include "tests/storage/support/temporary_directory.hpp"

namespace rf::storage {
namespace {

namespace fs = std::filesystem;
using test::AccountScript;
using test::NodeLog;

constexpr std::uint64_t accounts = 4;
#ifdef __SANITIZE_ADDRESS__
constexpr int default_file_flips = 100;
#else
constexpr int default_file_flips = 500;
#endif

AccountId account(std::uint64_t which) { return test::account_in_shard(static_cast<std::uint32_t>(which), which); }

/// Fills the log with batches until `bytes` of them were written; some with results and secrets.
void fill(NodeLog& node, std::vector<AccountScript>& scripts, std::size_t bytes) {
  std::size_t written = 0;
  test::Answers answers;
  std::size_t asked = 0;
  for (std::uint64_t i = 0; written < bytes; ++i) {
    AccountBatch batch = scripts[i % accounts].next(6, i % 3 == 0 ? CommandId(Ulid{9, i + 1}) : CommandId());
    if (i % 50 == 0) batch.secrets = {{"ha1/" + std::to_string(i), "value"}};
    written += encode_entry(batch, {}).bytes.size();
    const std::uint32_t shard = shard_of(batch.account);
    node.journal().propose(shard, node.term(shard), std::move(batch), answers.done(0));
    ++asked;
  }
  for (const auto& answer : answers.wait(asked)) ASSERT_TRUE(answer.result.ok());
}

std::vector<AccountScript> scripts_of(std::uint64_t seed) {
  std::vector<AccountScript> scripts;
  for (std::uint64_t i = 0; i < accounts; ++i) scripts.emplace_back(account(i), seed + i);
  return scripts;
}

struct Stored {
  Family family;
  std::string key;
  std::string value;
};

std::vector<Stored> records_of(const std::string& path) {
  std::vector<Stored> records;
  auto directory = rocks::LogDirectory::look_at(path, *rocksdb::Env::Default());
  RF_ASSERT(directory.ok());
  auto store = rocks::Store::open(**directory, rocks::Access::read_only, false, [] { return Ms{0}; });
  RF_ASSERT(store.ok());
  for (std::size_t i = 0; i < family_count; ++i) {
    const auto family = static_cast<Family>(i);
    const auto scanned = (*store)->scan(family, "", "", [&](std::string_view key, std::string_view value) {
      records.push_back({family, std::string(key), std::string(value)});
      return true;
    });
    RF_ASSERT(scanned.ok());
  }
  return records;
}

class BitFlips : public ::testing::Test {
 protected:
  void make_log(std::size_t bytes) {
    NodeLog node(log_path());
    node.options.log_entries_kept = 1000000;
    ASSERT_TRUE(node.start().ok());
    scripts_ = scripts_of(1);
    fill(node, scripts_, bytes);
    if (HasFatalFailure()) return;
    node.stop();
  }
  std::string log_path() const { return directory_.path("log"); }

  test::TemporaryDirectory directory_;
  std::vector<AccountScript> scripts_;
};

TEST_F(BitFlips, EveryBitOfEveryRecordIsCheckedByItsChecksum) {
  make_log(512 << 10);
  const std::vector<Stored> records = records_of(log_path());
  std::size_t bytes = 0;
  for (const Stored& record : records) {
    ASSERT_TRUE(unframed(record.family, record.key, record.value).ok());
    bytes += record.key.size() + record.value.size();
    std::string key = record.key;
    for (std::size_t bit = 0; bit < key.size() * 8; ++bit) {
      key[bit / 8] = static_cast<char>(key[bit / 8] ^ (1 << (bit % 8)));
      ASSERT_FALSE(unframed(record.family, key, record.value).ok());
      key[bit / 8] = record.key[bit / 8];
    }
    std::string value = record.value;
    for (std::size_t bit = 0; bit < value.size() * 8; ++bit) {
      value[bit / 8] = static_cast<char>(value[bit / 8] ^ (1 << (bit % 8)));
      ASSERT_FALSE(unframed(record.family, record.key, value).ok());
      value[bit / 8] = record.value[bit / 8];
    }
  }
  EXPECT_GT(bytes, 1u << 20) << "entries and history together";
  std::printf("%zu records, %zu bits\n", records.size(), bytes * 8);
}

/// Damage that comes with a checksum of its own: the chains find it in every byte.
TEST_F(BitFlips, EveryByteOfHistoryAndLogIsHeldByItsChain) {
  make_log(256 << 10);
  std::mt19937_64 random(1);
  std::map<std::string, Hash> heads;
  for (const Stored& record : records_of(log_path())) {
    if (record.family != Family::events && record.family != Family::raftlog) continue;
    const bool history = record.family == Family::events;
    const Hash previous = heads[record.key.substr(0, history ? 16 : 4)];
    const auto holds = [&](std::string_view body) {
      if (history) {
        const auto event = event_record_of(body);
        return event.ok() && event->hash == next_hash(previous, {event->batch});
      }
      const auto entry = log_record_of(body);
      return entry.ok() && entry->hash == log_hash(previous, entry->term, log_key_of(record.key)->index, entry->entry);
    };
    std::string body = record.value.substr(4);
    ASSERT_TRUE(holds(body));
    for (char& byte : body) {
      const char before = byte;
      byte = static_cast<char>(byte ^ (1 << (random() % 8)));
      ASSERT_FALSE(holds(body));
      byte = before;
    }
    heads[record.key.substr(0, history ? 16 : 4)] = history ? event_record_of(body)->hash : log_record_of(body)->hash;
  }
}

void flush(const std::string& directory) {
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  for (std::size_t i = 0; i < family_count; ++i)
    families.emplace_back(std::string(name_of(static_cast<Family>(i))), rocksdb::ColumnFamilyOptions());
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* db = nullptr;
  ASSERT_TRUE(rocksdb::DB::Open(rocksdb::DBOptions(), directory + "/db", families, &handles, &db).ok());
  ASSERT_TRUE(db->Flush(rocksdb::FlushOptions(), handles).ok());
  for (auto* handle : handles) ASSERT_TRUE(db->DestroyColumnFamilyHandle(handle).ok());
  ASSERT_TRUE(db->Close().ok());
  delete db;
}

/// The files that a bit is flipped in; RocksDB's own diary and lock hold nothing of ours.
std::vector<fs::path> files_of(const std::string& directory) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(directory)) {
    const std::string name = entry.path().filename();
    if (!entry.is_regular_file() || entry.file_size() == 0) continue;
    if (name == "LOCK" || name.rfind("LOG", 0) == 0) continue;
    files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::vector<std::string> history_of(const Inspection& log) {
  std::vector<std::string> lines;
  const auto dumped = log.dump(Inspection::Part::history, {}, [&](const std::string& line) { lines.push_back(line); });
  EXPECT_TRUE(dumped.ok());
  return lines;
}

void flip_random_bit(const std::string& directory, std::mt19937_64& random, std::string& where) {
  const std::vector<fs::path> files = files_of(directory);
  // Half by size, half by file: small files matter as much as large ones.
  fs::path file = files[random() % files.size()];
  if (random() % 2 == 0) {
    std::uintmax_t total = 0;
    for (const auto& f : files) total += fs::file_size(f);
    std::uintmax_t at = random() % total;
    for (const auto& f : files) {
      file = f;
      if (at < fs::file_size(f)) break;
      at -= fs::file_size(f);
    }
  }
  const std::uint64_t bit = random() % (fs::file_size(file) * 8);
  where = file.filename().string() + " bit " + std::to_string(bit);
  std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
  stream.seekg(static_cast<std::streamoff>(bit / 8));
  const auto byte = static_cast<char>(stream.get() ^ static_cast<int>(1u << (bit % 8)));
  stream.seekp(static_cast<std::streamoff>(bit / 8));
  stream.put(byte);
}

TEST_F(BitFlips, ARandomBitInRealFilesIsFoundOrHarmless) {
  make_log(48 << 10);
  flush(log_path());
  {
    // A second life, so that table files and write-ahead log both hold entries.
    NodeLog node(log_path());
    ASSERT_TRUE(node.start().ok());
    fill(node, scripts_, 48 << 10);
    node.stop();
  }
  const auto original = Inspection::open(log_path(), nullptr);
  ASSERT_TRUE(original.ok());
  const std::vector<std::string> history = history_of(**original);
  ASSERT_FALSE((*original)->verify().broken);

  const char* wanted = std::getenv("RF_FILE_FLIPS");
  const int rounds = wanted != nullptr ? std::atoi(wanted) : default_file_flips;
  std::mt19937_64 random(7);
  int refused = 0;
  int shards_refused = 0;
  int verify_found = 0;
  int harmless = 0;
  for (int round = 0; round < rounds; ++round) {
    const std::string copy = directory_.path("copy");
    fs::remove_all(copy);
    fs::copy(log_path(), copy, fs::copy_options::recursive);
    std::string where;
    flip_random_bit(copy, random, where);
    SCOPED_TRACE("round " + std::to_string(round) + ": " + where);
    NodeLog node(copy);
    if (const Result<void> started = node.start(); !started) {
      EXPECT_FALSE(started.error().what.empty());
      ++refused;
      continue;
    }
    const bool served = node.journal().health().ok();
    for (std::uint64_t i = 0; served && i < accounts; ++i) {
      const auto loaded = node.journal().load(account(i));
      ASSERT_TRUE(loaded.ok());
      ASSERT_EQ(test::rows_of(*loaded), test::rows_of(scripts_[i].account()));
    }
    node.stop();
    if (!served) {
      ++shards_refused;
      continue;
    }
    const auto log = Inspection::open(copy, nullptr);
    const auto verified = log ? (*log)->verify() : Inspection::Verified();
    if (!log || verified.broken || verified.lost_tail) {
      ++verify_found;
      continue;
    }
    ASSERT_EQ(history_of(**log), history) << "verify calls it sound, and it is not the same";
    ++harmless;
  }
  std::printf("%d flips: start refused %d, shards refused %d, verify found %d, identical records %d\n", rounds, refused,
              shards_refused, verify_found, harmless);
  EXPECT_GT(refused + shards_refused + verify_found, 0);
}

}  // namespace
}  // namespace rf::storage
