#pragma once
#include <cstdint>
#include <string_view>

namespace rf {

constexpr std::uint64_t fnv1a_basis = 14695981039346656037ull;

/// 64-bit FNV-1a. Placement and derived ids depend on it: pinned by a golden test, never changed.
constexpr std::uint64_t fnv1a(std::string_view bytes, std::uint64_t state) {
  for (char c : bytes) {
    state ^= static_cast<unsigned char>(c);
    state *= 1099511628211ull;
  }
  return state;
}
constexpr std::uint64_t fnv1a(std::string_view bytes) { return fnv1a(bytes, fnv1a_basis); }

/// Spreads the bits of one word over the whole word (splitmix64's finaliser).
constexpr std::uint64_t mix64(std::uint64_t x) {
  x ^= x >> 30;
  x *= 0xbf58476d1ce4e5b9ull;
  x ^= x >> 27;
  x *= 0x94d049bb133111ebull;
  return x ^ (x >> 31);
}

}  // namespace rf
