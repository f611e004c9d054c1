#pragma once
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/assert.hpp"
#include "core/base/ids.hpp"

namespace rf::fuzz {

/// Fills a message as the input says: so that whole messages are common, which arbitrary bytes hardly ever are.
class Filler {
 public:
  using FieldDescriptor = google::protobuf::FieldDescriptor;
  using Message = google::protobuf::Message;
  using Reflection = google::protobuf::Reflection;

  explicit Filler(std::string_view bytes) : bytes_(bytes) {}

  void fill(Message& message) {
    const auto* type = message.GetDescriptor();
    for (int i = 0; i < type->field_count() && !bytes_.empty(); ++i) {
      const FieldDescriptor* field = type->field(i);
      const auto* oneof = field->real_containing_oneof();
      if (oneof != nullptr && field->index_in_oneof() == 0)
        fill(message, oneof->field(byte() % oneof->field_count()));
      else if (oneof == nullptr && byte() % 2 == 0)
        fill(message, field);
    }
  }

 private:
  std::uint8_t byte() {
    if (bytes_.empty()) return 0;
    const auto value = static_cast<std::uint8_t>(bytes_.front());
    bytes_.remove_prefix(1);
    return value;
  }
  std::uint64_t number() {
    static constexpr std::array<std::uint64_t, 4> extremes = {INT32_MAX, std::uint64_t{1} << 31, INT64_MAX,
                                                              std::uint64_t{1} << 63};
    const std::uint8_t size = byte();
    if (size >= 252) return extremes[size - 252u];
    if (size >= 8) return size - 8u;
    std::uint64_t value = 0;
    for (std::uint8_t i = 0; i <= size; ++i) value = value << 8 | byte();
    return value;
  }

  std::string text(FieldDescriptor::Type type) {
    static constexpr std::array<std::string_view, 7> prefixes = {"ac", "us", "q", "cl", "rs", "bd", "cm"};
    const std::uint8_t kind = byte();
    if (kind < 128) return std::string(prefixes[kind % prefixes.size()]) + "_" + rf::text_of(Ulid{1, kind});
    if (kind < 144) return std::string(kind % 2 == 0 ? 32 : 64, 'a');
    const std::size_t size = std::min<std::size_t>(bytes_.size(), kind == 255 ? 300 : kind % 16);
    std::string out(bytes_.substr(0, size));
    bytes_.remove_prefix(size);
    // Only `bytes` may hold what is not UTF-8: protobuf refuses the rest before we see it.
    if (type == FieldDescriptor::TYPE_STRING)
      for (char& c : out) c = static_cast<char>(c & 0x7f);
    return out;
  }

  void fill(Message& message, const FieldDescriptor* field) {
    const int count = field->is_repeated() ? byte() % 4 : 1;
    for (int i = 0; i < count; ++i) fill_one(message, field);
  }
  void fill_one(Message& message, const FieldDescriptor* field) {
    const Reflection& to = *message.GetReflection();
    const bool many = field->is_repeated();
    switch (field->cpp_type()) {
      case FieldDescriptor::CPPTYPE_MESSAGE:
        return fill(many ? *to.AddMessage(&message, field) : *to.MutableMessage(&message, field));
      case FieldDescriptor::CPPTYPE_STRING:
        return many ? to.AddString(&message, field, text(field->type()))
                    : to.SetString(&message, field, text(field->type()));
      case FieldDescriptor::CPPTYPE_ENUM:
        return many ? to.AddEnumValue(&message, field, static_cast<int>(number()))
                    : to.SetEnumValue(&message, field, static_cast<int>(number()));
      case FieldDescriptor::CPPTYPE_BOOL: return to.SetBool(&message, field, byte() % 2 != 0);
      case FieldDescriptor::CPPTYPE_UINT32: return to.SetUInt32(&message, field, static_cast<std::uint32_t>(number()));
      case FieldDescriptor::CPPTYPE_UINT64: return to.SetUInt64(&message, field, number());
      case FieldDescriptor::CPPTYPE_INT32: return to.SetInt32(&message, field, static_cast<std::int32_t>(number()));
      case FieldDescriptor::CPPTYPE_INT64: return to.SetInt64(&message, field, static_cast<std::int64_t>(number()));
      default: RF_ASSERT(false);
    }
  }

  std::string_view bytes_;
};

/// A message of the type, filled.
template <class MessageType>
MessageType filled(std::string_view bytes) {
  MessageType message;
  Filler(bytes).fill(message);
  return message;
}

}  // namespace rf::fuzz
