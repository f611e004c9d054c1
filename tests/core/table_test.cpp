#include "core/base/table.hpp"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <random>

namespace rf {
namespace {

/// A key of which many share a hash, and hashes that lie side by side: long runs of taken slots.
struct Crowded {
  std::uint32_t value = 0;
  friend auto operator<=>(const Crowded&, const Crowded&) = default;
};

}  // namespace
}  // namespace rf

template <>
struct std::hash<rf::Crowded> {
  std::size_t operator()(rf::Crowded key) const noexcept { return key.value % 24 + (key.value % 3 == 0 ? 61 : 0); }
};

namespace rf {
namespace {

using Rows = Table<Crowded, std::uint32_t>;

void expect_same(const Rows& table, const std::map<Crowded, std::uint32_t>& model) {
  ASSERT_EQ(table.size(), model.size());
  ASSERT_EQ((std::map<Crowded, std::uint32_t>(table.begin(), table.end())), model);
  for (std::uint32_t key = 0; key < 200; ++key) ASSERT_EQ(table.count({key}), model.count({key})) << key;
}

TEST(Table, AgreesWithAMapAfterEveryOfManyChanges) {
  for (std::uint32_t seed = 1; seed <= 20; ++seed) {
    std::mt19937 random(seed);
    Rows table;
    std::map<Crowded, std::uint32_t> model;
    // Grows to about `many` rows, shrinks, and grows again.
    for (const std::uint32_t many : {150u, 10u, 60u, 0u, 100u}) {
      for (int step = 0; step < 200; ++step) {
        const Crowded key{static_cast<std::uint32_t>(random() % 200)};
        const auto value = static_cast<std::uint32_t>(random());
        if (random() % 200 < many) {
          EXPECT_EQ(table.emplace(key, value).second, model.emplace(key, value).second);
        } else if (random() % 2 == 0) {
          EXPECT_EQ(table.erase(key), model.erase(key));
        } else if (const auto it = table.find(key); it != table.end()) {
          table.erase(it);
          model.erase(key);
        }
        expect_same(table, model);
      }
    }
  }
}

TEST(Table, ARowStaysWhereItIsUntilItIsErased) {
  Rows table;
  const std::uint32_t* row = &table[Crowded{7}];
  for (std::uint32_t key = 8; key < 200; ++key) table[Crowded{key}] = key;
  for (std::uint32_t key = 8; key < 200; key += 2) table.erase(Crowded{key});
  EXPECT_EQ(row, &table.find(Crowded{7})->second);
}

TEST(Table, ACopyHasRowsOfItsOwnAndAMovedOneIsEmpty) {
  Rows table;
  table[Crowded{1}] = 10;
  Rows copy = table;
  copy[Crowded{1}] = 20;
  EXPECT_EQ(table.at(Crowded{1}), 10u);
  const Rows moved = std::move(copy);
  EXPECT_EQ(moved.at(Crowded{1}), 20u);
  EXPECT_TRUE(copy.empty());
  EXPECT_EQ(copy.begin(), copy.end());
  copy[Crowded{2}] = 30;
  EXPECT_EQ(copy.size(), 1u);
}

TEST(Table, WhatIsThereAlreadyIsNotReplacedNorMovedFrom) {
  Table<Crowded, std::unique_ptr<int>> table;
  table.try_emplace(Crowded{1}, std::make_unique<int>(1));
  auto other = std::make_unique<int>(2);
  EXPECT_FALSE(table.try_emplace(Crowded{1}, std::move(other)).second);
  EXPECT_EQ(*table.at(Crowded{1}), 1);
  EXPECT_NE(other, nullptr);
}

TEST(Table, EqualMeansTheSameRowsHoweverTheyCame) {
  Rows there, back;
  for (std::uint32_t key = 0; key < 50; ++key) there[Crowded{key}] = key;
  for (std::uint32_t key = 60; key-- > 0;) back[Crowded{key}] = key;
  EXPECT_NE(there, back);
  for (std::uint32_t key = 50; key < 60; ++key) back.erase(Crowded{key});
  EXPECT_EQ(there, back);
  back[Crowded{3}] = 0;
  EXPECT_NE(there, back);
}

TEST(Table, AnEmptyOneFindsNothing) {
  Rows table;
  EXPECT_EQ(table.find(Crowded{0}), table.end());
  EXPECT_EQ(table.erase(Crowded{0}), 0u);
  table[Crowded{1}] = 1;
  table.clear();
  EXPECT_FALSE(table.contains(Crowded{1}));
  EXPECT_EQ(table.begin(), table.end());
}

}  // namespace
}  // namespace rf
