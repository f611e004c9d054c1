#pragma once
#include <cstdint>
#include <string>
#include <string_view>

/// The protobuf wire form, canonical: what a value is written as is the only form that is read back.
namespace rf::storage::codec {

enum class WireType : std::uint32_t { varint = 0, bytes = 2 };

/// Appends to a string. Nested messages are written in place; their length is put before them afterwards.
class Writer {
 public:
  explicit Writer(std::string& out) : out_(out) {}

  void varint(std::uint64_t value) {
    while (value >= 0x80) {
      out_.push_back(static_cast<char>(value | 0x80));
      value >>= 7;
    }
    out_.push_back(static_cast<char>(value));
  }
  void tag(std::uint32_t number, WireType type) { varint((number << 3) | static_cast<std::uint32_t>(type)); }
  void bytes(std::uint32_t number, std::string_view value) {
    tag(number, WireType::bytes);
    varint(value.size());
    out_.append(value);
  }

  /// Where a nested message of field `number` begins; give it to close().
  std::size_t open(std::uint32_t number) {
    tag(number, WireType::bytes);
    out_.push_back(0);
    return out_.size();
  }
  /// Writes the length of what was appended since `start`; returns where the nested message begins now.
  std::size_t close(std::size_t start);

  std::size_t size() const { return out_.size(); }
  void truncate(std::size_t size) { out_.resize(size); }

 private:
  std::string& out_;
};

/// Reads what Writer wrote. Total: any bytes give values or a first error, and reading goes no further after it.
class Reader {
 public:
  explicit Reader(std::string_view input) : at_(input.data()), end_(input.data() + input.size()) {}

  bool at_end() const { return at_ == end_; }
  /// The tag that comes next, not consumed; 0 at the end or when it is malformed.
  std::uint32_t peek();
  /// Consumes the tag that peek() showed.
  void skip_tag() { at_ = after_tag_; }

  bool varint(std::uint64_t& value);
  /// A view into the input.
  bool bytes(std::string_view& value);

  const char* position() const { return at_; }

 private:
  const char* at_;
  const char* end_;
  const char* after_tag_ = nullptr;
};

}  // namespace rf::storage::codec
