#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// What a fuzz target says of itself; entry.cpp makes a libFuzzer program of it.
namespace rf::fuzz {

/// Reads any bytes. A finding is a crash, a broken RF_ASSERT, a sanitizer's report, a leak or more than ten seconds.
void run(std::string_view input);

/// Inputs to begin with: good ones, and those of bugs that were mended. The same each time.
std::vector<std::string> seeds();

/// The first byte of an input chooses one of `count` ways to read the rest.
struct Choice {
  std::uint8_t way = 0;
  std::string_view rest;
};
inline Choice choice_of(std::string_view input, std::uint8_t count) {
  if (input.empty()) return {};
  return {static_cast<std::uint8_t>(static_cast<std::uint8_t>(input.front()) % count), input.substr(1)};
}

/// The input that chooses `way`.
inline std::string chosen(std::uint8_t way, std::string_view rest) {
  std::string input(1, static_cast<char>(way));
  return input.append(rest);
}

}  // namespace rf::fuzz
