#pragma once
#include <cstring>
#include <string>
#include <string_view>

#include "storage/bytes.hpp"
#include "storage/codec/fields.hpp"
#include "storage/codec/kinds.hpp"
#include "storage/codec/wire.hpp"

namespace rf::storage::codec {

/// The first thing wrong with the input; `reason` null while nothing is.
struct Fault {
  const char* reason = nullptr;
  std::string_view field;
  const char* position = nullptr;
};

/// A visitor of the table that assigns every field of one message: what the input holds, else zero. Takes only what
/// Encoder writes: rising numbers, no zero spelled out, nothing unknown.
class Decoder {
 public:
  Decoder(std::string_view input, Fault& fault) : reader_(input), fault_(fault) { next(); }

  template <class T>
  void operator()(std::uint32_t number, std::string_view name, T& value) {
    if (fault_.reason != nullptr) return;
    if constexpr (is_vector<T>) {
      value.clear();
      while (fault_.reason == nullptr && number_ == number) {
        std::string_view bytes;
        if (!take_bytes(name, bytes)) return;
        assign_element(name, bytes, value.emplace_back());
      }
    } else {
      if (number_ == number) {
        assign(name, value);
      } else {
        zero(name, value);
      }
    }
  }

  /// Faults unless every field was taken.
  void finish() {
    if (fault_.reason == nullptr && (number_ != 0 || !reader_.at_end()))
      fail("", "an unknown, repeated or misplaced field");
  }

  std::uint32_t number() const { return number_; }
  bool take_bytes(std::string_view name, std::string_view& bytes) {
    if (!take(name, WireType::bytes)) return false;
    if (!reader_.bytes(bytes)) return fail(name, "cut off");
    next();
    return true;
  }
  bool fail(std::string_view name, const char* reason) {
    if (fault_.reason == nullptr) fault_ = Fault{reason, name, reader_.position()};
    return false;
  }

  template <class T>
  static void message(std::string_view input, Fault& fault, T& value) {
    Decoder decoder(input, fault);
    fields(decoder, value);
    decoder.finish();
  }

 private:
  void next() {
    tag_ = reader_.peek();
    number_ = tag_ >> 3;
  }
  bool take(std::string_view name, WireType type) {
    if ((tag_ & 7) != static_cast<std::uint32_t>(type)) return fail(name, "another wire type");
    reader_.skip_tag();
    return true;
  }
  bool take_varint(std::string_view name, std::uint64_t& value) {
    if (!take(name, WireType::varint)) return false;
    if (!reader_.varint(value)) return fail(name, "a malformed number");
    next();
    return true;
  }

  template <class T>
  void zero(std::string_view name, T& value) {
    if constexpr (is_id<T>) {
      value = T();
    } else if constexpr (std::is_same_v<T, std::string>) {
      value.clear();
    } else if constexpr (std::is_same_v<T, Ulid> || std::is_same_v<T, Hash> || Plain<T> || SignedShort<T>) {
      value = T{};
    } else if constexpr (std::is_same_v<T, std::optional<Ms>>) {
      value.reset();
    } else if constexpr (Enumeration<T>) {
      value = T{};
      if constexpr (!may_be_absent<T>) fail(name, "missing");
    } else if constexpr (absent_by_default<T>) {
      value = T{};
    } else {
      message({}, fault_, value);
    }
  }

  template <class T>
  void assign(std::string_view name, T& value) {
    std::uint64_t number = 0;
    std::string_view bytes;
    if constexpr (std::is_same_v<T, std::optional<Ms>>) {
      if (take_varint(name, number)) value = static_cast<Ms>(number);
    } else if constexpr (Enumeration<T>) {
      if (!take_varint(name, number)) return;
      if (number == 0) {
        fail(name, "an empty value spelled out");
        return;
      }
      const std::optional<T> known = enum_of<T>(number);
      if (!known) {
        fail(name, "a value that this build does not know");
        return;
      }
      value = *known;
    } else if constexpr (Plain<T> || SignedShort<T>) {
      if (!take_varint(name, number)) return;
      if (!narrow(number, value)) fail(name, "out of range");
    } else {
      if (!take_bytes(name, bytes)) return;
      if (bytes.empty()) {
        fail(name, "an empty value spelled out");
        return;
      }
      assign_bytes(name, bytes, value);
    }
  }

  template <class T>
  void assign_bytes(std::string_view name, std::string_view bytes, T& value) {
    assign_element(name, bytes, value);
    if constexpr (is_id<T>) {
      if (!value.set()) fail(name, "an empty value spelled out");
    } else if constexpr (std::is_same_v<T, Ulid> || std::is_same_v<T, Hash> || absent_by_default<T>) {
      if (value == T{}) fail(name, "an empty value spelled out");
    }
  }

  template <class T>
  void assign_element(std::string_view name, std::string_view bytes, T& value) {
    if constexpr (is_id<T>) {
      assign_element(name, bytes, value.value);
    } else if constexpr (std::is_same_v<T, Ulid>) {
      if (bytes.size() != ulid_bytes) {
        fail(name, "not the 16 bytes of an id");
        return;
      }
      value = Ulid{be64_at(bytes.data()), be64_at(bytes.data() + 8)};
    } else if constexpr (std::is_same_v<T, Hash>) {
      if (bytes.size() != value.size()) {
        fail(name, "not the 32 bytes of a hash");
        return;
      }
      std::memcpy(value.data(), bytes.data(), bytes.size());
    } else if constexpr (std::is_same_v<T, std::string>) {
      value.assign(bytes);
    } else {
      message(bytes, fault_, value);
    }
  }

  /// False for zero, which is never spelled out, and for what does not fit.
  template <class T>
  static bool narrow(std::uint64_t number, T& value) {
    if (number == 0) return false;
    if constexpr (SignedShort<T>) {
      if (number > UINT32_MAX) return false;
      const auto bits = static_cast<std::uint32_t>(number);
      value = static_cast<std::int32_t>((bits >> 1) ^ (0u - (bits & 1)));
      return true;
    } else {
      value = static_cast<T>(number);
      return static_cast<std::uint64_t>(value) == number;
    }
  }

  Reader reader_;
  Fault& fault_;
  std::uint32_t tag_ = 0;
  std::uint32_t number_ = 0;
};

}  // namespace rf::storage::codec
