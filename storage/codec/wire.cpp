#include "storage/codec/wire.hpp"

#include "core/base/plant.hpp"

namespace rf::storage::codec {

std::size_t Writer::close(std::size_t start) {
  std::uint64_t length = out_.size() - start;
  if (length < 0x80) {
    out_[start - 1] = static_cast<char>(length);
    return start;
  }
  char prefix[10];
  std::size_t size = 0;
  for (; length >= 0x80; length >>= 7) prefix[size++] = static_cast<char>(length | 0x80);
  prefix[size++] = static_cast<char>(length);
  out_.replace(start - 1, 1, prefix, size);
  return start - 1 + size;
}

bool Reader::varint(std::uint64_t& value) {
  value = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    if (at_ == end_) return false;
    const auto byte = static_cast<unsigned char>(*at_++);
    value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) {
      const bool overlong = byte == 0 && shift != 0;
      const bool overflow = shift == 63 && byte > 1;
      return !overlong && !overflow;
    }
  }
  return false;
}

bool Reader::bytes(std::string_view& value) {
  std::uint64_t size = 0;
  if (!varint(size)) return false;
  if (size > static_cast<std::uint64_t>(end_ - at_) && !RF_PLANT(codec_length_unchecked)) return false;
  value = std::string_view(at_, static_cast<std::size_t>(size));
  at_ += size;
  return true;
}

std::uint32_t Reader::peek() {
  const char* start = at_;
  std::uint64_t tag = 0;
  const bool read = at_ != end_ && varint(tag) && tag <= UINT32_MAX;
  after_tag_ = at_;
  at_ = start;
  return read ? static_cast<std::uint32_t>(tag) : 0;
}

}  // namespace rf::storage::codec
