#pragma once
#include <algorithm>
#include <array>
#include <random>
#include <string>
#include <vector>

#include "storage/codec/codec.hpp"
#include "storage/codec/fields.hpp"
#include "storage/codec/kinds.hpp"

namespace rf::storage::test {

/// A visitor of the codec's table that fills every field: empty, small, extreme and arbitrary values, any bytes in texts.
class RandomValues {
 public:
  explicit RandomValues(std::uint64_t seed) : random_(seed) {}

  std::uint64_t number() { return random_(); }
  std::uint64_t below(std::uint64_t limit) { return random_() % limit; }

  template <class T>
  void operator()(std::uint32_t, std::string_view, T& value) {
    fill(value);
  }

  template <class T>
  T make() {
    T value;
    codec::fields(*this, value);
    return value;
  }

  /// A fact of the alternative with that index; its seq is the caller's.
  core::Fact fact(std::size_t alternative) {
    core::Fact fact;
    fact.ts = integer<Ms>();
    fact.at = below(2) == 0 ? fact.ts : integer<Ms>();
    fill(fact.from);
    fill(fact.to);
    emplace(fact.body, alternative, std::make_index_sequence<std::variant_size_v<core::fact::Body>>{});
    return fact;
  }
  core::directory::Fact directory_fact() {
    core::directory::Fact fact;
    fact.ts = integer<Ms>();
    if (below(2) == 0) {
      fact.body = make<core::directory::Claimed>();
    } else {
      fact.body = make<core::directory::Released>();
    }
    return fact;
  }
  AccountBatch batch(std::size_t facts_max) {
    AccountBatch batch;
    batch.account = AccountId(Ulid{random_() | 1, random_()});
    std::uint64_t seq = 1 + random_() % 1000000;
    for (std::size_t i = 0, n = 1 + below(facts_max); i < n; ++i) {
      batch.facts.push_back(fact(below(std::variant_size_v<core::fact::Body>)));
      batch.facts.back().seq = seq++;
    }
    for (std::size_t i = 0, n = below(3); i < n; ++i) batch.results.push_back(make<CommandResult>());
    return batch;
  }
  DirectoryBatch directory_batch(std::size_t facts_max) {
    DirectoryBatch batch;
    std::uint64_t seq = 1 + random_() % 1000000;
    for (std::size_t i = 0, n = 1 + below(facts_max); i < n; ++i) {
      batch.facts.push_back(directory_fact());
      batch.facts.back().seq = seq++;
    }
    return batch;
  }

 private:
  template <std::size_t... I>
  void emplace(core::fact::Body& body, std::size_t alternative, std::index_sequence<I...>) {
    (void)((I == alternative && (codec::fields(*this, body.emplace<I>()), true)) || ...);
  }

  template <class T>
  T integer() {
    switch (below(6)) {
      case 0: return T{};
      case 1: return std::numeric_limits<T>::max();
      case 2: return std::numeric_limits<T>::min();
      case 3: return static_cast<T>(random_());
      default: return static_cast<T>(below(300));
    }
  }
  std::string text() {
    std::string bytes(below(4) == 0 ? 0 : below(24), '\0');
    for (char& c : bytes) c = static_cast<char>(random_());
    return bytes;
  }

  template <class T>
  void fill(T& value) {
    if constexpr (codec::is_id<T>) {
      value = below(8) == 0 ? T() : T(Ulid{random_(), random_()});
    } else if constexpr (std::is_same_v<T, Ulid>) {
      value = below(8) == 0 ? Ulid{} : Ulid{random_(), random_()};
    } else if constexpr (std::is_same_v<T, Hash>) {
      for (auto& byte : value) byte = static_cast<std::uint8_t>(random_());
    } else if constexpr (std::is_same_v<T, std::string>) {
      value = text();
    } else if constexpr (std::is_same_v<T, bool>) {
      value = below(2) == 0;
    } else if constexpr (std::is_integral_v<T>) {
      value = integer<T>();
    } else if constexpr (std::is_same_v<T, std::optional<Ms>>) {
      value.reset();
      if (below(3) != 0) value = integer<Ms>();
    } else if constexpr (codec::Enumeration<T>) {
      std::vector<T> known;
      for (std::size_t raw = 0; raw < codec::enumerators_max; ++raw)
        if (!codec::entry(static_cast<T>(raw)).name.empty()) known.push_back(static_cast<T>(raw));
      value = known[below(known.size())];
    } else if constexpr (codec::is_vector<T>) {
      value.resize(below(4));
      for (auto& element : value) fill(element);
    } else {
      codec::fields(*this, value);
    }
  }

  std::mt19937_64 random_;
};

}  // namespace rf::storage::test
