// log.proto and the codec's table say the same: the generated classes read what the codec writes, field by field.
#include <gtest/gtest.h>

#include <cctype>

#include "ringfence/internal/v1/log.pb.h"
#include "storage/codec/codec.hpp"
#include "tests/storage/support/random_values.hpp"

namespace rf::storage {
namespace {

namespace pb = ringfence::internal::v1;
using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using test::RandomValues;

/// PascalCase -> UPPER_SNAKE_CASE.
std::string upper_snake(std::string_view name) {
  std::string out;
  for (char c : name) {
    if (std::isupper(static_cast<unsigned char>(c)) && !out.empty() && out.back() != '_') out.push_back('_');
    out.push_back(static_cast<char>(std::toupper(static_cast<unsigned char>(c))));
  }
  return out;
}

template <class E>
void expect_same_enum(const EnumDescriptor* described) {
  int known = 0;
  for (std::size_t raw = 0; raw < codec::enumerators_max; ++raw) {
    const codec::EnumEntry entry = codec::entry(static_cast<E>(raw));
    if (entry.name.empty()) continue;
    ++known;
    const auto* value = described->FindValueByNumber(static_cast<int>(entry.number));
    ASSERT_NE(value, nullptr) << described->name() << " has no number " << entry.number;
    EXPECT_EQ(value->name(), upper_snake(described->name()) + "_" + upper_snake(entry.name));
  }
  EXPECT_EQ(described->value_count(), codec::may_be_absent<E> ? known : known + 1) << described->name();
}

/// A visitor of the table that compares it with a message of log.proto.
struct Described {
  const Descriptor* message;
  int visited = 0;

  template <class T>
  void operator()(std::uint32_t number, std::string_view name, const T& value) {
    ++visited;
    const FieldDescriptor* field = message->FindFieldByNumber(static_cast<int>(number));
    ASSERT_NE(field, nullptr) << message->name() << " has no field " << number;
    EXPECT_EQ(field->name(), name) << message->name();
    EXPECT_EQ(field->is_repeated(), codec::is_vector<T>) << message->name() << "." << name;
    if constexpr (codec::is_vector<T>) {
      check(field, typename T::value_type());
    } else {
      check(field, value);
    }
  }

  template <class T>
  void check(const FieldDescriptor* field, const T& value) {
    if constexpr (codec::is_id<T> || std::is_same_v<T, Ulid> || std::is_same_v<T, Hash> ||
                  std::is_same_v<T, std::string>) {
      EXPECT_EQ(field->type(), FieldDescriptor::TYPE_BYTES) << field->full_name();
    } else if constexpr (std::is_same_v<T, bool>) {
      EXPECT_EQ(field->type(), FieldDescriptor::TYPE_BOOL) << field->full_name();
    } else if constexpr (std::is_same_v<T, std::uint32_t>) {
      EXPECT_EQ(field->type(), FieldDescriptor::TYPE_UINT32) << field->full_name();
    } else if constexpr (std::is_same_v<T, std::uint64_t>) {
      EXPECT_EQ(field->type(), FieldDescriptor::TYPE_UINT64) << field->full_name();
    } else if constexpr (std::is_same_v<T, std::int32_t>) {
      EXPECT_EQ(field->type(), FieldDescriptor::TYPE_SINT32) << field->full_name();
    } else if constexpr (std::is_same_v<T, Ms>) {
      EXPECT_EQ(field->type(), FieldDescriptor::TYPE_INT64) << field->full_name();
      EXPECT_FALSE(field->has_presence()) << field->full_name();
    } else if constexpr (std::is_same_v<T, std::optional<Ms>>) {
      EXPECT_EQ(field->type(), FieldDescriptor::TYPE_INT64) << field->full_name();
      EXPECT_TRUE(field->has_presence()) << field->full_name();
    } else if constexpr (codec::Enumeration<T>) {
      ASSERT_EQ(field->type(), FieldDescriptor::TYPE_ENUM) << field->full_name();
      expect_same_enum<T>(field->enum_type());
    } else {
      ASSERT_EQ(field->type(), FieldDescriptor::TYPE_MESSAGE) << field->full_name();
      expect_same_message(field->message_type(), value);
    }
  }

  template <class T>
  static void expect_same_message(const Descriptor* message, const T& value) {
    Described described{message};
    codec::fields(described, value);
    EXPECT_EQ(described.visited, message->field_count()) << message->name();
  }
};

template <class Fact, std::size_t... I>
void expect_same_oneof(const Descriptor* fact, std::index_sequence<I...>) {
  const auto check = [&]<class Body>(const Body& body) {
    const codec::OneofField in_table = codec::oneof_field<Body>;
    const FieldDescriptor* field = fact->FindFieldByNumber(static_cast<int>(in_table.number));
    ASSERT_NE(field, nullptr) << in_table.name;
    EXPECT_EQ(field->name(), in_table.name);
    EXPECT_EQ(upper_snake(field->message_type()->name()), upper_snake(in_table.name));
    Described::expect_same_message(field->message_type(), body);
  };
  using BodyType = decltype(Fact::body);
  (check(std::variant_alternative_t<I, BodyType>()), ...);
  EXPECT_EQ(fact->oneof_decl(0)->field_count(), static_cast<int>(sizeof...(I)));
}

TEST(LogProto, MessagesAreThoseOfTheTable) {
  expect_same_oneof<core::Fact>(pb::Fact::descriptor(),
                                std::make_index_sequence<std::variant_size_v<core::fact::Body>>{});
  expect_same_oneof<core::directory::Fact>(pb::DirectoryFact::descriptor(), std::make_index_sequence<2>{});
  Described::expect_same_message(pb::EpochStart::descriptor(), EpochStart());
  Described::expect_same_message(pb::MinVersion::descriptor(), MinVersion());
  Described::expect_same_message(pb::SealedSecret::descriptor(), SealedSecret());
  Described::expect_same_message(pb::CommandResult::descriptor(), CommandResult());
  Described::expect_same_message(pb::MetaRow::descriptor(), MetaRow());
  Described::expect_same_message(pb::AccountRow::descriptor(), AccountRow());
  Described::expect_same_message(pb::AgentRow::descriptor(), core::Agent());
  Described::expect_same_message(pb::QueueRow::descriptor(), core::Queue());
  Described::expect_same_message(pb::CallRow::descriptor(), core::Call());
  Described::expect_same_message(pb::ReservationRow::descriptor(), core::Reservation());
  Described::expect_same_message(pb::EdgeRow::descriptor(), core::Edge());
  Described::expect_same_message(pb::StickyRow::descriptor(), core::StickyEntry());
  Described::expect_same_message(pb::PlaceRow::descriptor(), core::KeptPlace());
  Described::expect_same_message(pb::DispositionRow::descriptor(), core::DispositionEntry());
}

bool has_unknown_fields(const google::protobuf::Message& message) {
  const auto* reflection = message.GetReflection();
  if (!reflection->GetUnknownFields(message).empty()) return true;
  std::vector<const FieldDescriptor*> set;
  reflection->ListFields(message, &set);
  for (const FieldDescriptor* field : set) {
    if (field->type() != FieldDescriptor::TYPE_MESSAGE) continue;
    if (!field->is_repeated()) {
      if (has_unknown_fields(reflection->GetMessage(message, field))) return true;
      continue;
    }
    for (int i = 0; i < reflection->FieldSize(message, field); ++i)
      if (has_unknown_fields(reflection->GetRepeatedMessage(message, field, i))) return true;
  }
  return false;
}

template <class Message>
void expect_generated_code_agrees(const std::string& bytes) {
  Message message;
  ASSERT_TRUE(message.ParseFromString(bytes));
  EXPECT_FALSE(has_unknown_fields(message)) << message.ShortDebugString();
  EXPECT_EQ(message.SerializeAsString(), bytes) << message.ShortDebugString();
}

TEST(LogProto, GeneratedCodeReadsAndWritesTheSameBytes) {
  RandomValues random(11);
  for (int round = 0; round < 2000; ++round) {
    const std::vector<SealedSecret> sealed(random.below(2), random.make<SealedSecret>());
    expect_generated_code_agrees<pb::ShardEntry>(encode_entry(random.batch(6), sealed).bytes);
    expect_generated_code_agrees<pb::ShardEntry>(encode_entry(random.directory_batch(3)).bytes);
    expect_generated_code_agrees<pb::ShardEntry>(encode_entry(random.make<EpochStart>()).bytes);
    expect_generated_code_agrees<pb::ShardEntry>(encode_entry(MinVersion{1}).bytes);
    expect_generated_code_agrees<pb::Reply>(encode_reply(random.make<core::Reply>()));
    expect_generated_code_agrees<pb::MetaRow>(encode_row(random.make<MetaRow>()));
    expect_generated_code_agrees<pb::AccountRow>(encode_row(random.make<AccountRow>()));
    expect_generated_code_agrees<pb::AgentRow>(encode_row(random.make<core::Agent>()));
    expect_generated_code_agrees<pb::QueueRow>(encode_row(random.make<core::Queue>()));
    expect_generated_code_agrees<pb::CallRow>(encode_row(random.make<core::Call>()));
    expect_generated_code_agrees<pb::ReservationRow>(encode_row(random.make<core::Reservation>()));
    expect_generated_code_agrees<pb::EdgeRow>(encode_row(random.make<core::Edge>()));
    expect_generated_code_agrees<pb::StickyRow>(encode_row(random.make<core::StickyEntry>()));
    expect_generated_code_agrees<pb::PlaceRow>(encode_row(random.make<core::KeptPlace>()));
    expect_generated_code_agrees<pb::DispositionRow>(encode_row(random.make<core::DispositionEntry>()));
  }
}

TEST(LogProto, TheBatchInAnEntryIsWhatHistoryStores) {
  RandomValues random(12);
  const EncodedEntry encoded = encode_entry(random.batch(4), {});
  pb::ShardEntry entry;
  ASSERT_TRUE(entry.ParseFromString(encoded.bytes));
  EXPECT_EQ(entry.account_batch().SerializeAsString(), encoded.batch());
}

}  // namespace
}  // namespace rf::storage
