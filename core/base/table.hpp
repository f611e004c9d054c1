#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <iterator>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

namespace rf {

/// A hash table for rows found by a short key, with the calls of std::unordered_map. A row stays where it is until it is erased,
/// whatever else comes and goes; iterators end with any change. A look-up touches one slot and the row; the standard one
/// divides by a prime and passes a neighbour's row on its way, and a reserve cycle among 100,000 agents costs a third more.
template <class Key, class Value>
class Table {
  struct Slot;

 public:
  using key_type = Key;
  using mapped_type = Value;
  using value_type = std::pair<const Key, Value>;

  template <bool is_const>
  class Iterator {
   public:
    using iterator_category = std::forward_iterator_tag;
    using value_type = Table::value_type;
    using difference_type = std::ptrdiff_t;
    using reference = std::conditional_t<is_const, const value_type&, value_type&>;
    using pointer = std::conditional_t<is_const, const value_type*, value_type*>;

    Iterator() = default;
    operator Iterator<true>() const { return Iterator<true>(slot_, end_); }
    reference operator*() const { return *slot_->row; }
    pointer operator->() const { return slot_->row.get(); }
    Iterator& operator++() {
      ++slot_;
      skip();
      return *this;
    }
    Iterator operator++(int) {
      Iterator before = *this;
      ++*this;
      return before;
    }
    friend bool operator==(const Iterator& a, const Iterator& b) { return a.slot_ == b.slot_; }

   private:
    friend class Table;
    template <bool>
    friend class Iterator;
    Iterator(const Slot* slot, const Slot* end) : slot_(slot), end_(end) {}
    void skip() {
      while (slot_ != end_ && !slot_->row) ++slot_;
    }
    const Slot* slot_ = nullptr;
    const Slot* end_ = nullptr;
  };
  using iterator = Iterator<false>;
  using const_iterator = Iterator<true>;

  Table() = default;
  Table(Table&& other) noexcept : slots_(std::move(other.slots_)), size_(std::exchange(other.size_, 0)) {
    other.slots_.clear();
  }
  Table& operator=(Table&& other) noexcept {
    slots_ = std::move(other.slots_);
    size_ = std::exchange(other.size_, 0);
    other.slots_.clear();
    return *this;
  }
  Table(const Table& other) : slots_(other.slots_.size()), size_(other.size_) {
    for (std::size_t i = 0; i < slots_.size(); ++i)
      if (other.slots_[i].row)
        slots_[i] = Slot{other.slots_[i].hash, std::make_unique<value_type>(*other.slots_[i].row)};
  }
  Table& operator=(const Table& other) {
    if (this != &other) *this = Table(other);
    return *this;
  }
  ~Table() = default;

  /// The same keys with equal values, however they came there.
  friend bool operator==(const Table& a, const Table& b) {
    return a.size_ == b.size_ && std::all_of(a.begin(), a.end(), [&](const value_type& row) {
             const auto other = b.find(row.first);
             return other != b.end() && other->second == row.second;
           });
  }

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  iterator begin() { return first<iterator>(); }
  iterator end() { return at_slot<iterator>(slots_.size()); }
  const_iterator begin() const { return first<const_iterator>(); }
  const_iterator end() const { return at_slot<const_iterator>(slots_.size()); }

  iterator find(const Key& key) { return at_slot<iterator>(slot_of(key)); }
  const_iterator find(const Key& key) const { return at_slot<const_iterator>(slot_of(key)); }
  std::size_t count(const Key& key) const { return contains(key) ? 1 : 0; }
  bool contains(const Key& key) const { return slot_of(key) != slots_.size(); }
  const Value& at(const Key& key) const { return slots_.at(slot_of(key)).row->second; }
  Value& at(const Key& key) { return slots_.at(slot_of(key)).row->second; }
  Value& operator[](const Key& key) { return try_emplace(key).first->second; }

  /// Nothing is changed, nor moved from, if the key is there already: the second is false.
  template <class... Arguments>
  std::pair<iterator, bool> try_emplace(const Key& key, Arguments&&... arguments) {
    const std::size_t known = slot_of(key);
    if (known != slots_.size()) return {at_slot<iterator>(known), false};
    // A quarter stays free, which keeps the runs of taken slots short.
    if ((size_ + 1) * 4 > slots_.size() * 3) grow();
    const std::size_t hash = std::hash<Key>()(key);
    const std::size_t slot = free_slot(hash);
    slots_[slot] =
        Slot{hash, std::make_unique<value_type>(std::piecewise_construct, std::forward_as_tuple(key),
                                                std::forward_as_tuple(std::forward<Arguments>(arguments)...))};
    ++size_;
    return {at_slot<iterator>(slot), true};
  }
  std::pair<iterator, bool> emplace(const Key& key, Value value) { return try_emplace(key, std::move(value)); }

  std::size_t erase(const Key& key) {
    const std::size_t slot = slot_of(key);
    if (slot == slots_.size()) return 0;
    erase_slot(slot);
    return 1;
  }
  void erase(const_iterator at) { erase_slot(static_cast<std::size_t>(at.slot_ - slots_.data())); }
  void clear() {
    slots_.clear();
    size_ = 0;
  }

 private:
  struct Slot {
    std::size_t hash = 0;
    std::unique_ptr<value_type> row;
  };
  static constexpr std::size_t slots_min = 4;

  std::size_t mask() const { return slots_.size() - 1; }

  template <class It>
  It at_slot(std::size_t slot) const {
    return It(slots_.data() + slot, slots_.data() + slots_.size());
  }
  template <class It>
  It first() const {
    It it = at_slot<It>(0);
    it.skip();
    return it;
  }

  /// Where the key is; size of slots_ if nowhere.
  std::size_t slot_of(const Key& key) const {
    if (size_ == 0) return slots_.size();
    const std::size_t hash = std::hash<Key>()(key);
    for (std::size_t slot = hash & mask(); slots_[slot].row; slot = (slot + 1) & mask())
      if (slots_[slot].hash == hash && slots_[slot].row->first == key) return slot;
    return slots_.size();
  }
  std::size_t free_slot(std::size_t hash) const {
    std::size_t slot = hash & mask();
    while (slots_[slot].row) slot = (slot + 1) & mask();
    return slot;
  }
  void grow() {
    std::vector<Slot> before(std::max(slots_min, slots_.size() * 2));
    before.swap(slots_);
    for (Slot& slot : before)
      if (slot.row) slots_[free_slot(slot.hash)] = std::move(slot);
  }
  /// Rows behind the gap move up, as far as that brings them closer to where they belong: a look-up stops at a gap.
  void erase_slot(std::size_t gap) {
    slots_[gap].row.reset();
    --size_;
    for (std::size_t slot = (gap + 1) & mask(); slots_[slot].row; slot = (slot + 1) & mask()) {
      const std::size_t from_home = (slot - slots_[slot].hash) & mask();
      const std::size_t from_gap = (slot - gap) & mask();
      if (from_home < from_gap) continue;
      slots_[gap] = std::move(slots_[slot]);
      gap = slot;
    }
  }

  std::vector<Slot> slots_;
  std::size_t size_ = 0;
};

}  // namespace rf
