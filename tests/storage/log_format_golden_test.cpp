// The log's bytes: tests/golden/log_format.txt holds one of everything that is stored. A difference means that logs
// written by earlier builds read differently. RF_UPDATE_GOLDENS=1 writes the file anew.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>

#include "core/base/limits.hpp"
#include "storage/chain.hpp"
#include "storage/codec/codec.hpp"
#include "storage/keys.hpp"
#include "storage/rocks/mark.hpp"
#include "storage/rocks/rules.hpp"
#include "tests/storage/support/random_values.hpp"
#include "tests/storage/support/versions.hpp"

namespace rf::storage {
namespace {

using test::RandomValues;

constexpr const char* golden_path = "tests/golden/log_format.txt";
/// Entries and rows as builds of log version 1 wrote them; never written anew.
constexpr const char* version_1_path = "tests/golden/log_format_1.txt";

std::string hex(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (char c : bytes) {
    text.push_back(digits[static_cast<unsigned char>(c) >> 4]);
    text.push_back(digits[static_cast<unsigned char>(c) & 15]);
  }
  return text;
}

std::string bytes_of(std::string_view hexadecimal) {
  const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hexadecimal.size(); i += 2)
    bytes.push_back(static_cast<char>(digit(hexadecimal[i]) << 4 | digit(hexadecimal[i + 1])));
  return bytes;
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
  golden.line("entry epoch_start", encode_entry(EpochStart{"node-1", ts, 1}).bytes);
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
  add_row<core::StickyEntry>(golden, "sticky", 3010);
  add_row<core::KeptPlace>(golden, "place", 3011);
  add_row<core::DispositionEntry>(golden, "disposition", 3012);
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
  golden.line("fold key sticky", fold_key(3, account, RowKind::sticky, "+49301"));
  golden.line("fold key place", fold_key(3, account, RowKind::place, "sales +49301"));
  golden.line("fold key disposition", fold_key(3, account, RowKind::disposition, id_bytes(Ulid{1, 2})));
  golden.line("fold key name", fold_key(limits::directory_shard, AccountId(), RowKind::name, "\x03+49301"));
  golden.line("fold value", framed(Family::fold, "key", "body"));
  golden.line("dedupe key", result_key(3, account, CommandId(Ulid{5, 6})));
  golden.line("dedupe value", framed(Family::dedupe, "key", "body"));
  golden.line("raftmeta term key", term_key(3));
  golden.line("raftmeta applied key", applied_key(3));
  golden.line("raftmeta rules key", rules_key(3));
  golden.line("raftmeta rules body", rocks::rules_body({{ts, 1}, {ts + 1, 2}}));
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

std::map<std::string, std::string> version_1() {
  std::map<std::string, std::string> lines;
  std::ifstream file(version_1_path);
  EXPECT_TRUE(file.good()) << version_1_path << " is missing; run from the root";
  std::string line;
  while (std::getline(file, line)) {
    const std::size_t colon = line.find(": ");
    lines[line.substr(0, colon)] = bytes_of(line.substr(colon + 2));
  }
  return lines;
}

std::string encode_again(const Entry& entry) {
  if (const auto* batch = std::get_if<AccountBatch>(&entry.body)) return encode_entry(*batch, entry.sealed).bytes;
  if (const auto* batch = std::get_if<DirectoryBatch>(&entry.body)) return encode_entry(*batch).bytes;
  if (const auto* start = std::get_if<EpochStart>(&entry.body)) return encode_entry(*start).bytes;
  return encode_entry(std::get<MinVersion>(entry.body)).bytes;
}

template <class Row>
bool reads_row(const std::string& what, const std::string& name, const std::string& bytes) {
  if (what != "row " + name) return false;
  const Result<Row> row = decode_row<Row>(bytes);
  EXPECT_TRUE(row.ok()) << what << ": " << row.error().what;
  if (row) {
    EXPECT_EQ(hex(encode_row(*row)), hex(bytes)) << what;
  }
  return true;
}

// Written again they are the same bytes: whatever version 1 did not have is at the value that is not written.
TEST(LogFormat, EverythingOfVersion1IsReadAsItWas) {
  int facts = 0;
  int rows = 0;
  for (const auto& [what, bytes] : version_1()) {
    if (what.starts_with("row ")) {
      ++rows;
      EXPECT_TRUE(reads_row<MetaRow>(what, "meta", bytes) || reads_row<AccountRow>(what, "account", bytes) ||
                  reads_row<core::Agent>(what, "agent", bytes) || reads_row<core::Queue>(what, "queue", bytes) ||
                  reads_row<core::Call>(what, "call", bytes) ||
                  reads_row<core::Reservation>(what, "reservation", bytes) ||
                  reads_row<core::Edge>(what, "edge", bytes) || reads_row<SealedSecret>(what, "secret", bytes) ||
                  reads_row<core::directory::Claimed>(what, "name", bytes))
          << what;
      continue;
    }
    if (what.starts_with("fact ")) ++facts;
    ASSERT_EQ(bytes.substr(0, 2), std::string("\x08\x01")) << what;
    const Result<Entry> entry = decode_entry(bytes);
    ASSERT_TRUE(entry.ok()) << what << ": " << entry.error().what;
    EXPECT_EQ(hex(encode_again(*entry)), hex(test::in_this_version(bytes, entry->batch))) << what;
  }
  EXPECT_EQ(facts, 40);
  EXPECT_EQ(rows, 9);
}

template <class FactType>
FactType fact_of(const Result<Entry>& entry) {
  const auto* batch = entry.ok() ? std::get_if<AccountBatch>(&entry->body) : nullptr;
  const auto* body = batch == nullptr ? nullptr : std::get_if<FactType>(&batch->facts.front().body);
  EXPECT_NE(body, nullptr);
  return body == nullptr ? FactType() : *body;
}

TEST(LogFormat, WhatVersion1DidNotSayIsZero) {
  const auto lines = version_1();
  const auto settings = fact_of<core::fact::SettingsSet>(decode_entry(lines.at("fact settings_set"))).settings;
  EXPECT_FALSE(settings.key.empty());
  EXPECT_EQ(settings.availability, core::AvailabilityMode::explicit_);
  EXPECT_EQ(settings.stale_after_ms, 0);
  EXPECT_EQ(settings.direct_ring_ms, 0);
  EXPECT_TRUE(settings.break_reasons.empty());
  const auto config = fact_of<core::fact::QueueSet>(decode_entry(lines.at("fact queue_set"))).config;
  EXPECT_FALSE(config.key.empty());
  EXPECT_TRUE(config.tiers == core::TierWindow());
  EXPECT_TRUE(config.sticky == core::Sticky());
  EXPECT_EQ(config.no_answer_max, 0u);
  EXPECT_EQ(config.sla_ms, 0);
  EXPECT_EQ(config.no_agent_grace_ms, 0);
  EXPECT_TRUE(config.overflow.empty());
  const auto agent = fact_of<core::fact::AgentSet>(decode_entry(lines.at("fact agent_set")));
  EXPECT_FALSE(agent.config.name.empty());
  EXPECT_EQ(agent.config.kind, core::AgentKind::human);
  EXPECT_EQ(agent.config.auto_answer, core::AutoAnswer::off);
  EXPECT_TRUE(agent.config.skills.empty());
  ASSERT_FALSE(agent.memberships.empty());
  EXPECT_EQ(agent.memberships.front().last_offered_seq, 0u);
  EXPECT_FALSE(agent.memberships.front().locked);
  const auto number = fact_of<core::fact::NumberSet>(decode_entry(lines.at("fact number_set")));
  EXPECT_TRUE(number.route.queue.set());
  EXPECT_FALSE(number.route.agent.set());
  EXPECT_TRUE(number.route.closed == core::Overflow());
  const Result<core::Agent> row = decode_row<core::Agent>(lines.at("row agent"));
  ASSERT_TRUE(row.ok());
  EXPECT_TRUE(row->next == core::NextStatus());
  EXPECT_EQ(row->next.status, core::Status::offline);
}

}  // namespace
}  // namespace rf::storage
