#include "storage/codec/codec.hpp"

#include <gtest/gtest.h>

#include "core/base/limits.hpp"
#include "tests/storage/support/random_values.hpp"
#include "tests/storage/support/versions.hpp"

namespace rf::storage {
namespace {

using test::RandomValues;

constexpr std::size_t fact_types = std::variant_size_v<core::fact::Body>;

std::string encode_again(const Entry& entry) {
  if (const auto* batch = std::get_if<AccountBatch>(&entry.body)) return encode_entry(*batch, entry.sealed).bytes;
  if (const auto* batch = std::get_if<DirectoryBatch>(&entry.body)) return encode_entry(*batch).bytes;
  if (const auto* start = std::get_if<EpochStart>(&entry.body)) return encode_entry(*start).bytes;
  return encode_entry(std::get<MinVersion>(entry.body)).bytes;
}

TEST(Codec, EveryFactTypeComesBackAsItWas) {
  RandomValues random(1);
  for (std::size_t type = 0; type < fact_types; ++type) {
    for (int round = 0; round < 200; ++round) {
      AccountBatch batch = random.batch(1);
      const std::uint64_t seq = batch.facts.front().seq;
      batch.facts = {random.fact(type)};
      batch.facts.front().seq = seq;
      const EncodedEntry encoded = encode_entry(batch, {});
      const Result<Entry> decoded = decode_entry(encoded.bytes);
      ASSERT_TRUE(decoded.ok()) << core::name_of(batch.facts.front().body) << ": " << decoded.error().what;
      const auto& read = std::get<AccountBatch>(decoded->body);
      ASSERT_EQ(read.account, batch.account);
      ASSERT_EQ(read.facts.size(), 1u);
      EXPECT_EQ(read.facts[0].seq, seq);
      EXPECT_EQ(read.facts[0].ts, batch.facts[0].ts);
      EXPECT_EQ(read.facts[0].at, batch.facts[0].at);
      EXPECT_EQ(read.facts[0].from, batch.facts[0].from);
      EXPECT_EQ(read.facts[0].to, batch.facts[0].to);
      EXPECT_EQ(read.facts[0].body.index(), type);
      EXPECT_EQ(encode_again(*decoded), encoded.bytes);
      EXPECT_EQ(decoded->batch, encoded.batch());
    }
  }
}

TEST(Codec, BatchesWithResultsAndSecretsComeBack) {
  RandomValues random(2);
  for (int round = 0; round < 500; ++round) {
    const AccountBatch batch = random.batch(12);
    std::vector<SealedSecret> sealed;
    for (std::size_t i = 0, n = random.below(3); i < n; ++i) sealed.push_back(random.make<SealedSecret>());
    const EncodedEntry encoded = encode_entry(batch, sealed);
    const Result<Entry> entry = decode_entry(encoded.bytes);
    ASSERT_TRUE(entry.ok()) << entry.error().what;
    const auto& read = std::get<AccountBatch>(entry->body);
    ASSERT_EQ(read.facts.size(), batch.facts.size());
    EXPECT_EQ(read.facts.back().seq, batch.facts.back().seq);
    ASSERT_EQ(read.results.size(), batch.results.size());
    for (std::size_t i = 0; i < read.results.size(); ++i) {
      EXPECT_EQ(read.results[i].id, batch.results[i].id);
      EXPECT_EQ(read.results[i].reply, batch.results[i].reply);
    }
    ASSERT_EQ(entry->sealed.size(), sealed.size());
    EXPECT_EQ(encode_again(*entry), encoded.bytes);
    const Result<AccountBatch> alone = decode_account_batch(encoded.batch());
    ASSERT_TRUE(alone.ok()) << alone.error().what;
    EXPECT_EQ(alone->facts.back().seq, batch.facts.back().seq);
  }
}

TEST(Codec, DirectoryBatchesEpochsAndMinVersionComeBack) {
  RandomValues random(3);
  for (int round = 0; round < 200; ++round) {
    const EncodedEntry batch = encode_entry(random.directory_batch(5));
    const EncodedEntry start = encode_entry(random.make<EpochStart>());
    for (const EncodedEntry* encoded : {&batch, &start}) {
      const Result<Entry> entry = decode_entry(encoded->bytes);
      ASSERT_TRUE(entry.ok()) << entry.error().what;
      EXPECT_EQ(encode_again(*entry), encoded->bytes);
    }
    const Result<DirectoryBatch> alone = decode_directory_batch(batch.batch());
    ASSERT_TRUE(alone.ok());
  }
  const EncodedEntry now = encode_entry(MinVersion{log_version});
  EXPECT_TRUE(decode_entry(now.bytes).ok());
}

template <class Row>
void expect_row_round_trip() {
  RandomValues random(4);
  for (int round = 0; round < 200; ++round) {
    const std::string bytes = encode_row(random.make<Row>());
    const Result<Row> row = decode_row<Row>(bytes);
    ASSERT_TRUE(row.ok()) << row.error().what;
    EXPECT_EQ(encode_row(*row), bytes);
  }
}

TEST(Codec, EveryRowComesBackAsItWas) {
  expect_row_round_trip<MetaRow>();
  expect_row_round_trip<AccountRow>();
  expect_row_round_trip<SealedSecret>();
  expect_row_round_trip<core::Agent>();
  expect_row_round_trip<core::Queue>();
  expect_row_round_trip<core::Call>();
  expect_row_round_trip<core::Reservation>();
  expect_row_round_trip<core::Edge>();
  expect_row_round_trip<core::StickyEntry>();
  expect_row_round_trip<core::KeptPlace>();
  expect_row_round_trip<core::DispositionEntry>();
  expect_row_round_trip<core::directory::Claimed>();
}

template <class Row>
void expect_row_keeps_every_value() {
  RandomValues random(5);
  for (int round = 0; round < 200; ++round) {
    const auto row = random.make<Row>();
    const Result<Row> read = decode_row<Row>(encode_row(row));
    ASSERT_TRUE(read.ok()) << read.error().what;
    EXPECT_TRUE(*read == row);
  }
}

TEST(Codec, RowsKeepEveryValue) {
  expect_row_keeps_every_value<core::Agent>();
  expect_row_keeps_every_value<core::Queue>();
  expect_row_keeps_every_value<core::StickyEntry>();
  expect_row_keeps_every_value<core::KeptPlace>();
  expect_row_keeps_every_value<core::DispositionEntry>();
}

/// Collects where the visited members lie in a struct.
struct Members {
  const char* base;
  std::vector<std::pair<std::size_t, std::size_t>> spans;

  template <class T>
  void operator()(std::uint32_t number, std::string_view, const T& member) {
    EXPECT_GT(number, last_number) << "numbers must rise";
    last_number = number;
    const auto at = static_cast<std::size_t>(reinterpret_cast<const char*>(&member) - base);
    spans.emplace_back(at, at + sizeof member);
  }
  std::uint32_t last_number = 0;
};

/// Every byte of T is a visited member or padding: a field added to a struct and forgotten in the table is found here.
template <class T>
void expect_whole_struct_is_visited(std::string_view name) {
  const T value{};
  Members members{reinterpret_cast<const char*>(&value), {}};
  codec::fields(members, value);
  std::sort(members.spans.begin(), members.spans.end());
  std::size_t at = 0;
  for (const auto& [begin, end] : members.spans) {
    EXPECT_LT(begin - at, alignof(T)) << name << ": a member before byte " << begin << " is not in the table";
    at = end;
  }
  EXPECT_LT(sizeof(T) - at, alignof(T)) << name << ": the last member is not in the table";
}

template <std::size_t... I>
void expect_whole_facts(std::index_sequence<I...>) {
  (expect_whole_struct_is_visited<std::variant_alternative_t<I, core::fact::Body>>(
       codec::oneof_field<std::variant_alternative_t<I, core::fact::Body>>.name),
   ...);
}

TEST(Codec, TableNamesEveryMember) {
  expect_whole_facts(std::make_index_sequence<fact_types>{});
  expect_whole_struct_is_visited<core::Settings>("settings");
  expect_whole_struct_is_visited<core::QueueConfig>("queue config");
  expect_whole_struct_is_visited<core::AgentConfig>("agent config");
  expect_whole_struct_is_visited<core::Membership>("membership");
  expect_whole_struct_is_visited<core::Trunk>("trunk");
  expect_whole_struct_is_visited<core::Skill>("skill");
  expect_whole_struct_is_visited<core::TierWindow>("tier window");
  expect_whole_struct_is_visited<core::WideningStep>("widening step");
  expect_whole_struct_is_visited<core::TierRules>("tier rules");
  expect_whole_struct_is_visited<core::Sticky>("sticky");
  expect_whole_struct_is_visited<core::Overflow>("overflow");
  expect_whole_struct_is_visited<core::OpenHours>("open hours");
  expect_whole_struct_is_visited<core::DispositionChoice>("disposition choice");
  expect_whole_struct_is_visited<core::Label>("label");
  expect_whole_struct_is_visited<core::BreakReason>("break reason");
  expect_whole_struct_is_visited<core::Activity>("activity");
  expect_whole_struct_is_visited<core::Shift>("shift");
  expect_whole_struct_is_visited<core::NextStatus>("next status");
  expect_whole_struct_is_visited<core::Disposition>("disposition");
  expect_whole_struct_is_visited<core::Attribute>("attribute");
  expect_whole_struct_is_visited<core::Ask>("ask");
  expect_whole_struct_is_visited<link::Endpoint>("endpoint");
  expect_whole_struct_is_visited<link::Snapshot>("snapshot");
  expect_whole_struct_is_visited<link::CarriedCall>("carried call");
  expect_whole_struct_is_visited<link::CallArrived>("carried arrival");
  expect_whole_struct_is_visited<link::BindingUp>("carried binding");
  expect_whole_struct_is_visited<core::Agent>("agent");
  expect_whole_struct_is_visited<core::Binding>("binding");
  expect_whole_struct_is_visited<core::Queue>("queue");
  expect_whole_struct_is_visited<core::Call>("call");
  expect_whole_struct_is_visited<core::Tried>("tried");
  expect_whole_struct_is_visited<core::PairWait>("pair wait");
  expect_whole_struct_is_visited<core::Reservation>("reservation");
  expect_whole_struct_is_visited<core::Edge>("edge");
  expect_whole_struct_is_visited<core::StickyEntry>("sticky entry");
  expect_whole_struct_is_visited<core::KeptPlace>("kept place");
  expect_whole_struct_is_visited<core::DispositionEntry>("disposition entry");
  expect_whole_struct_is_visited<core::Reply>("reply");
  expect_whole_struct_is_visited<CommandResult>("command result");
  expect_whole_struct_is_visited<core::directory::Name>("name");
  expect_whole_struct_is_visited<core::directory::Claim>("claim");
  expect_whole_struct_is_visited<core::directory::Claimed>("claimed");
  expect_whole_struct_is_visited<core::directory::Released>("released");
  expect_whole_struct_is_visited<MetaRow>("meta row");
  expect_whole_struct_is_visited<AccountRow>("account row");
  expect_whole_struct_is_visited<SealedSecret>("sealed secret");
  expect_whole_struct_is_visited<EpochStart>("epoch start");
  expect_whole_struct_is_visited<MinVersion>("min version");
}

TEST(Codec, FactNamesAreThoseOfCore) {
  RandomValues random(6);
  for (std::size_t type = 0; type < fact_types; ++type) {
    const core::Fact fact = random.fact(type);
    std::visit(
        [&](const auto& body) {
          EXPECT_EQ(codec::oneof_field<std::remove_cvref_t<decltype(body)>>.name, core::name_of(fact.body));
        },
        fact.body);
  }
}

/// What is accepted is exactly what encoding writes, whatever the version; nothing crashes.
void expect_total(std::string_view bytes) {
  if (const Result<Entry> entry = decode_entry(bytes)) {
    if (const auto* version = std::get_if<MinVersion>(&entry->body); version != nullptr) {
      EXPECT_LE(version->version, log_version);
    }
    EXPECT_EQ(encode_again(*entry), test::in_this_version(bytes, entry->batch));
  } else {
    EXPECT_FALSE(entry.error().what.empty());
  }
  if (const Result<AccountBatch> batch = decode_account_batch(bytes)) {
    EXPECT_EQ(encode_entry(*batch, {}).batch(), test::in_this_version(bytes, {}));
  }
  if (const Result<core::Agent> row = decode_row<core::Agent>(bytes)) {
    EXPECT_EQ(encode_row(*row), bytes);
  }
  if (const Result<core::Call> row = decode_row<core::Call>(bytes)) {
    EXPECT_EQ(encode_row(*row), bytes);
  }
  if (const Result<core::Edge> row = decode_row<core::Edge>(bytes)) {
    EXPECT_EQ(encode_row(*row), bytes);
  }
}

TEST(Codec, AnyBytesGiveAValueOrAnError) {
  RandomValues random(7);
  for (int round = 0; round < 20000; ++round) {
    std::string bytes(random.below(64), '\0');
    for (char& c : bytes) c = static_cast<char>(random.number());
    expect_total(bytes);
  }
  for (int round = 0; round < 20000; ++round) {
    std::string bytes = round % 8 == 0   ? encode_row(random.make<core::Call>())
                        : round % 8 == 4 ? encode_row(random.make<core::Agent>())
                                         : encode_entry(random.batch(4), {}).bytes;
    for (std::size_t i = 0, n = 1 + random.below(3); i < n && !bytes.empty(); ++i) {
      const std::size_t at = random.below(bytes.size());
      switch (random.below(4)) {
        case 0: bytes[at] = static_cast<char>(random.number()); break;
        case 1: bytes.erase(at, random.below(8)); break;
        case 2: bytes.insert(at, bytes.substr(random.below(bytes.size()), random.below(16))); break;
        default: bytes.resize(at); break;
      }
    }
    expect_total(bytes);
  }
}

TEST(Codec, NewerVersionsAreRefusedByName) {
  RandomValues random(8);
  std::string bytes = encode_entry(random.batch(1), {}).bytes;
  ASSERT_EQ(bytes[1], static_cast<char>(log_version));
  bytes[1] = 7;
  const Result<Entry> newer = decode_entry(bytes);
  ASSERT_FALSE(newer.ok());
  EXPECT_EQ(newer.error().code, Code::failed_precondition);
  EXPECT_NE(newer.error().what.find("log version 7"), std::string::npos) << newer.error().what;

  const Result<Entry> announced = decode_entry(encode_entry(MinVersion{9}).bytes);
  ASSERT_FALSE(announced.ok());
  EXPECT_EQ(announced.error().code, Code::failed_precondition);
  EXPECT_NE(announced.error().what.find("log version 9"), std::string::npos) << announced.error().what;
}

TEST(Codec, ABatchHasItsEntrysVersion) {
  RandomValues random(10);
  const EncodedEntry encoded = encode_entry(random.batch(1), {});
  std::string bytes = encoded.bytes;
  bytes[encoded.batch_at + 1] = 1;
  const Result<Entry> mixed = decode_entry(bytes);
  ASSERT_FALSE(mixed.ok());
  EXPECT_EQ(mixed.error().code, Code::corrupt);
  EXPECT_NE(mixed.error().what.find("not that of the entry"), std::string::npos) << mixed.error().what;
  bytes[encoded.batch_at + 1] = 7;
  EXPECT_EQ(decode_entry(bytes).error().code, Code::failed_precondition);
  bytes[1] = bytes[encoded.batch_at + 1] = 1;
  EXPECT_TRUE(decode_entry(bytes).ok());
}

template <class Row>
void expect_spelled_out_zero(const std::string& bytes) {
  const Result<Row> row = decode_row<Row>(bytes);
  ASSERT_FALSE(row.ok());
  EXPECT_EQ(row.error().code, Code::corrupt);
  EXPECT_NE(row.error().what.find("an empty value spelled out"), std::string::npos) << row.error().what;
}

TEST(Codec, AnEnumWithADefaultIsAbsentForIt) {
  AccountRow row;
  row.settings.availability = core::AvailabilityMode::follow_reachability;
  row.settings.wrapup_ms = row.settings.stale_after_ms = 0;
  row.settings.direct_ring_ms = row.settings.direct_max_wait_ms = 0;
  // AccountRow.settings = 1 {availability = 6: 1}
  EXPECT_EQ(encode_row(row), std::string("\x0a\x02\x30\x01"));
  const Result<AccountRow> follows = decode_row<AccountRow>("\x0a\x02\x30\x01");
  ASSERT_TRUE(follows.ok());
  EXPECT_EQ(follows->settings.availability, core::AvailabilityMode::follow_reachability);
  const Result<AccountRow> absent = decode_row<AccountRow>("");
  ASSERT_TRUE(absent.ok());
  EXPECT_EQ(absent->settings.availability, core::AvailabilityMode::explicit_);
  EXPECT_FALSE(decode_row<AccountRow>("\x0a\x02\x30\x02").ok());
  expect_spelled_out_zero<AccountRow>(std::string("\x0a\x02\x30\x00", 4));
}

TEST(Codec, ANextStatusIsAbsentWhenNoneIsAskedFor) {
  core::Agent agent;
  const std::string none = encode_row(agent);
  agent.next.asked_ts = 5;
  std::string asked = encode_row(agent);
  // AgentRow.next = 24 {status = 2: 1, asked_ts = 4: 5}
  const std::string next("\xc2\x01\x04\x10\x01\x20\x05");
  ASSERT_NE(asked.find(next), std::string::npos);
  EXPECT_EQ(none.size() + next.size(), asked.size());
  EXPECT_TRUE(decode_row<core::Agent>(none)->next == core::NextStatus());
  EXPECT_TRUE(decode_row<core::Agent>(asked)->next == agent.next);
  expect_spelled_out_zero<core::Agent>(asked.replace(asked.find(next), next.size(), "\xc2\x01\x02\x10\x01"));
  // Without the status of its own the message is no whole one.
  asked = encode_row(agent);
  EXPECT_FALSE(decode_row<core::Agent>(asked.replace(asked.find(next), next.size(), "\xc2\x01\x02\x20\x05")).ok());
}

TEST(Codec, AnUnknownFactNamesWhatIsWrong) {
  // Version 1, account, first_seq 1, one fact {ts 1, from 3, to 3, field 900 {}}.
  std::string batch("\x08\x01\x12\x10", 4);
  batch += std::string(16, 'a');
  batch += std::string("\x18\x01\x22\x09\x08\x01\x18\x03\x20\x03\xa2\x38\x00", 13);
  const Result<AccountBatch> read = decode_account_batch(batch);
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.error().code, Code::corrupt);
  EXPECT_NE(read.error().what.find("a kind of fact that this log version does not have"), std::string::npos)
      << read.error().what;
}

TEST(Codec, AnImportOfTheLargestSizeComesBack) {
  RandomValues random(9);
  AccountBatch batch = random.batch(1);
  const std::uint64_t first = batch.facts.front().seq;
  batch.facts.clear();
  for (std::size_t i = 0; i < limits::import_facts_max; ++i) {
    core::Fact fact;
    fact.body = core::fact::NumberSet{"+4930" + std::to_string(i), core::Route{QueueId(Ulid{1, i + 1}), {}, {}, {}}};
    fact.seq = first + i;
    batch.facts.push_back(fact);
  }
  const EncodedEntry encoded = encode_entry(batch, {});
  EXPECT_LT(encoded.bytes.size(), limits::import_bytes_max);
  EXPECT_TRUE(decode_entry(encoded.bytes).ok());
}

}  // namespace
}  // namespace rf::storage
