// The log's bytes: tests/golden/log_format.txt holds one of everything that is stored. A difference means that logs
// written by earlier builds read differently. RF_UPDATE_GOLDENS=1 writes the file anew.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "core/base/limits.hpp"
#include "storage/chain.hpp"
#include "storage/codec/codec.hpp"
#include "storage/keys.hpp"
#include "storage/rocks/mark.hpp"
#include "tests/storage/support/random_values.hpp"

namespace rf::storage {
namespace {

using test::RandomValues;

constexpr const char* golden_path = "tests/golden/log_format.txt";

std::string hex(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (char c : bytes) {
    text.push_back(digits[static_cast<unsigned char>(c) >> 4]);
    text.push_back(digits[static_cast<unsigned char>(c) & 15]);
  }
  return text;
}

/// Lines of "what: hex"; each value has a seed of its own, so that a change of one leaves the others.
class Golden {
 public:
  void line(const std::string& what, std::string_view bytes) { text_ << what << ": " << hex(bytes) << "\n"; }
  void text(const std::string& what, const std::string& value) { text_ << what << ": " << value << "\n"; }
  std::string str() const { return text_.str(); }

 private:
  std::ostringstream text_;
};

constexpr Ms ts = 1700000000000;
const AccountId account(Ulid{0x018bcfe568001122ull, 0x33445566778899aaull});

AccountBatch batch_of(core::Fact fact) {
  fact.seq = 7;
  AccountBatch batch;
  batch.account = account;
  batch.facts = {std::move(fact)};
  return batch;
}

void add_places(Golden& golden) {
  for (std::uint64_t i = 0; i < 8; ++i) {
    const AccountId id(Ulid{0x018bcfe568000000ull + i, 0x0123456789abcdefull * (i + 1)});
    golden.text("shard of " + id.text(), std::to_string(shard_of(id)));
  }
}

void add_facts(Golden& golden) {
  for (std::size_t type = 0; type < std::variant_size_v<core::fact::Body>; ++type) {
    RandomValues values(1000 + type);
    core::Fact fact = values.fact(type);
    fact.ts = ts;
    fact.at = ts - 250;
    const std::string name(core::name_of(fact.body));
    golden.line("fact " + name, encode_entry(batch_of(std::move(fact)), {}).bytes);
  }
}

void add_entries(Golden& golden) {
  golden.line("entry epoch_start", encode_entry(EpochStart{"node-1", ts}).bytes);
  golden.line("entry min_version", encode_entry(MinVersion{1}).bytes);
  core::Fact fact;
  fact.ts = fact.at = ts;
  fact.body = core::fact::EdgeSeen{"edge-1", 3, 41};
  AccountBatch batch = batch_of(fact);
  batch.results.push_back({CommandId(Ulid{5, 6}), core::Reply{Code::ok, "", Ulid{7, 8}, 7}});
  const std::vector<SealedSecret> sealed = {{"ha1/1", std::string(12, 'n'), std::string(20, 's')}, {"ha1/0", "", ""}};
  const EncodedEntry entry = encode_entry(batch, sealed);
  golden.line("entry account_batch", entry.bytes);
  golden.line("batch in it", entry.batch());
  DirectoryBatch names;
  names.facts = {core::directory::Fact{1, ts,
                                       core::directory::Claimed{{core::directory::NameKind::number, "+49301"},
                                                                {account, CommandId(Ulid{5, 6})}}},
                 core::directory::Fact{2, ts, core::directory::Released{{core::directory::NameKind::edge, "edge-1"}}}};
  golden.line("entry directory_batch", encode_entry(names).bytes);
}

template <class Row>
void add_row(Golden& golden, const std::string& name, std::uint64_t seed) {
  RandomValues values(seed);
  golden.line("row " + name, encode_row(values.make<Row>()));
}

void add_rows(Golden& golden) {
  add_row<MetaRow>(golden, "meta", 3001);
  add_row<AccountRow>(golden, "account", 3002);
  add_row<core::Agent>(golden, "agent", 3003);
  add_row<core::Queue>(golden, "queue", 3004);
  add_row<core::Call>(golden, "call", 3005);
  add_row<core::Reservation>(golden, "reservation", 3006);
  add_row<core::Edge>(golden, "edge", 3007);
  add_row<SealedSecret>(golden, "secret", 3008);
  add_row<core::directory::Claimed>(golden, "name", 3009);
}

void add_keys_and_records(Golden& golden) {
  const Hash zero{};
  const EncodedEntry entry = encode_entry(EpochStart{"node-1", ts});
  const std::string log = log_key(3, 17);
  const Hash running = log_hash(zero, 2, 17, entry.bytes);
  golden.line("raftlog key", log);
  golden.line("raftlog value", framed(Family::raftlog, log, log_body(2, running, entry.bytes)));
  const std::string event = event_key(account, 7);
  const Hash chain = next_hash(zero, {"batch"});
  golden.line("events key", event);
  golden.line("events value", framed(Family::events, event, event_body(chain, "batch")));
  golden.line("fold key meta", fold_key(3, account, RowKind::meta, ""));
  for (const RowKind kind : {RowKind::account, RowKind::agent, RowKind::queue, RowKind::call, RowKind::reservation})
    golden.line("fold key " + std::string(name_of(kind)),
                fold_key(3, account, kind, kind == RowKind::account ? "" : id_bytes(Ulid{1, 2})));
  golden.line("fold key edge", fold_key(3, account, RowKind::edge, "edge-1"));
  golden.line("fold key secret", fold_key(3, account, RowKind::secret, "ha1/1"));
  golden.line("fold key name", fold_key(limits::directory_shard, AccountId(), RowKind::name, "\x03+49301"));
  golden.line("fold value", framed(Family::fold, "key", "body"));
  golden.line("dedupe key", result_key(3, account, CommandId(Ulid{5, 6})));
  golden.line("dedupe value", framed(Family::dedupe, "key", "body"));
  golden.line("raftmeta term key", term_key(3));
  golden.line("raftmeta applied key", applied_key(3));
  golden.line("raftmeta value", framed(Family::raftmeta, "key", "body"));
  golden.line("identity value", framed(Family::identity, identity_key(), "body"));
  rocks::Marks marks{};
  marks[0] = rocks::Mark{17, running};
  const std::string file = rocks::encode_marks(marks);
  golden.text("mark file size", std::to_string(file.size()));
  golden.line("mark file begins", file.substr(0, 96));
  golden.line("mark file ends", file.substr(file.size() - 4));
}

TEST(LogFormat, IsByteForByteThatOfTheGolden) {
  Golden golden;
  add_places(golden);
  add_entries(golden);
  add_facts(golden);
  add_rows(golden);
  add_keys_and_records(golden);
  if (const char* update = std::getenv("RF_UPDATE_GOLDENS"); update != nullptr && std::string(update) == "1") {
    std::ofstream(golden_path) << golden.str();
    return;
  }
  std::ifstream file(golden_path);
  ASSERT_TRUE(file.good()) << golden_path << " is missing; run from the root, or with RF_UPDATE_GOLDENS=1";
  std::istringstream now(golden.str());
  std::string expected;
  std::string actual;
  while (std::getline(file, expected)) {
    ASSERT_TRUE(std::getline(now, actual)) << "no longer there: " << expected;
    ASSERT_EQ(actual, expected);
  }
  EXPECT_FALSE(std::getline(now, actual)) << "not in " << golden_path << ": " << actual;
}

}  // namespace
}  // namespace rf::storage
