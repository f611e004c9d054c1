#include "core/base/ids.hpp"

#include <array>

namespace rf {

namespace {

constexpr std::string_view alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

constexpr std::array<std::int8_t, 256> make_values() {
  std::array<std::int8_t, 256> values{};
  for (auto& v : values) v = -1;
  for (std::size_t i = 0; i < alphabet.size(); ++i) {
    const char c = alphabet[i];
    values[static_cast<unsigned char>(c)] = static_cast<std::int8_t>(i);
    if (c >= 'A') values[static_cast<unsigned char>(c + ('a' - 'A'))] = static_cast<std::int8_t>(i);
  }
  return values;
}
constexpr auto values = make_values();

}  // namespace

std::string text_of(Ulid ulid) {
  std::string text(26, '0');
  for (std::size_t i = 26; i-- > 0;) {
    text[i] = alphabet[ulid.low & 31u];
    ulid.low = (ulid.low >> 5) | (ulid.high << 59);
    ulid.high >>= 5;
  }
  return text;
}

std::optional<Ulid> ulid_of(std::string_view text) {
  if (text.size() != 26) return std::nullopt;
  Ulid ulid;
  for (char c : text) {
    const int v = values[static_cast<unsigned char>(c)];
    if (v < 0) return std::nullopt;
    if ((ulid.high >> 59) != 0) return std::nullopt;
    ulid.high = (ulid.high << 5) | (ulid.low >> 59);
    ulid.low = (ulid.low << 5) | static_cast<std::uint64_t>(v);
  }
  return ulid;
}

Ulid derived_ulid(std::int64_t ts_ms, std::uint64_t a, std::uint64_t b) {
  const std::uint64_t ms = static_cast<std::uint64_t>(ts_ms) & 0xffffffffffffull;
  return Ulid{(ms << 16) | (mix64(a + 0x9e3779b97f4a7c15ull) & 0xffffu), mix64(mix64(a) ^ b)};
}

}  // namespace rf
