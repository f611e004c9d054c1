#pragma once
#include <string>
#include <string_view>

#include "storage/bytes.hpp"
#include "storage/codec/fields.hpp"
#include "storage/codec/kinds.hpp"
#include "storage/codec/wire.hpp"

namespace rf::storage::codec {

/// A visitor of the table that appends what it visits.
class Encoder {
 public:
  explicit Encoder(std::string& out) : writer_(out), out_(out) {}

  template <class T>
  void operator()(std::uint32_t number, std::string_view, const T& value) {
    if constexpr (is_id<T>) {
      if (value.set()) ulid(number, value.value);
    } else if constexpr (std::is_same_v<T, Ulid>) {
      if (value != Ulid{}) ulid(number, value);
    } else if constexpr (std::is_same_v<T, Hash>) {
      if (value != Hash{}) writer_.bytes(number, {reinterpret_cast<const char*>(value.data()), value.size()});
    } else if constexpr (std::is_same_v<T, std::string>) {
      if (!value.empty()) writer_.bytes(number, value);
    } else if constexpr (Plain<T>) {
      if (value != T{}) varint(number, static_cast<std::uint64_t>(value));
    } else if constexpr (SignedShort<T>) {
      const auto bits = static_cast<std::uint32_t>(value);
      if (value != 0) varint(number, (bits << 1) ^ (value < 0 ? UINT32_MAX : 0u));
    } else if constexpr (std::is_same_v<T, std::optional<Ms>>) {
      if (value) varint(number, static_cast<std::uint64_t>(*value));
    } else if constexpr (Enumeration<T>) {
      const EnumEntry known = entry(value);
      RF_ASSERT(!known.name.empty());
      if (known.number != 0) varint(number, known.number);
    } else if constexpr (is_vector<T>) {
      for (const auto& element : value) this->element(number, element);
    } else {
      if constexpr (absent_by_default<T>) {
        if (value == T{}) return;
      }
      const std::size_t before = writer_.size();
      const std::size_t start = writer_.open(number);
      fields(*this, value);
      if (writer_.size() == start) {
        writer_.truncate(before);
      } else {
        writer_.close(start);
      }
    }
  }

  /// A nested message that is written even when empty; returns where its bytes begin.
  template <class T>
  std::size_t message(std::uint32_t number, const T& value) {
    const std::size_t start = writer_.open(number);
    fields(*this, value);
    return writer_.close(start);
  }

  Writer& writer() { return writer_; }

 private:
  void varint(std::uint32_t number, std::uint64_t value) {
    writer_.tag(number, WireType::varint);
    writer_.varint(value);
  }
  void ulid(std::uint32_t number, Ulid value) {
    writer_.tag(number, WireType::bytes);
    writer_.varint(ulid_bytes);
    append_be64(out_, value.high);
    append_be64(out_, value.low);
  }
  template <class T>
  void element(std::uint32_t number, const T& value) {
    if constexpr (is_id<T>) {
      ulid(number, value.value);
    } else if constexpr (std::is_same_v<T, std::string>) {
      writer_.bytes(number, value);
    } else {
      message(number, value);
    }
  }

  Writer writer_;
  std::string& out_;
};

}  // namespace rf::storage::codec
