#pragma once
#include <cstdint>
#include <string>

/// Big-endian numbers, so that byte order is their order.
namespace rf::storage {

inline void append_be(std::string& out, std::uint64_t value, int size) {
  for (int shift = 8 * (size - 1); shift >= 0; shift -= 8) out.push_back(static_cast<char>((value >> shift) & 0xff));
}
inline void append_be32(std::string& out, std::uint32_t value) { append_be(out, value, 4); }
inline void append_be64(std::string& out, std::uint64_t value) { append_be(out, value, 8); }

inline std::uint64_t be_at(const char* bytes, int size) {
  std::uint64_t value = 0;
  for (int i = 0; i < size; ++i) value = (value << 8) | static_cast<unsigned char>(bytes[i]);
  return value;
}
inline std::uint32_t be32_at(const char* bytes) { return static_cast<std::uint32_t>(be_at(bytes, 4)); }
inline std::uint64_t be64_at(const char* bytes) { return be_at(bytes, 8); }

}  // namespace rf::storage
