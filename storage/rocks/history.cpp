#include "storage/rocks/history.hpp"

#include <algorithm>

#include "storage/chain.hpp"
#include "storage/codec/codec.hpp"
#include "storage/rocks/recovery.hpp"

namespace rf::storage::rocks {

namespace {

/// Walks one account's history record by record and follows its chain.
class HistoryReader {
 public:
  HistoryReader(const Store& store, AccountId account, std::uint64_t first_seq, std::uint64_t last_seq,
                const std::function<bool(const core::Fact&)>& read)
      : store_(store), account_(account), prefix_(id_bytes(account.value)),
        first_seq_(std::max<std::uint64_t>(first_seq, 1)), last_seq_(last_seq), read_(read) {}

  Result<void> run() {
    if (first_seq_ > last_seq_) return {};
    const auto begin = store_.last_until(Family::events, event_key(account_, first_seq_), prefix_);
    if (!begin) return begin.error();
    if (!*begin) return missing(1);
    const auto place = event_key_of((*begin)->key);
    if (!place) return Error{Code::corrupt, "a history record with a malformed key"};
    if (place->first_seq > 1) {
      if (auto linked = link_to_record_before(place->first_seq); !linked) return linked;
    }
    Result<void> taken;
    const auto scanned =
        store_.scan(Family::events, (*begin)->key, prefix_, [&](std::string_view key, std::string_view value) {
          taken = take(key, value);
          return taken.ok() && !ended_;
        });
    if (!scanned) return scanned;
    if (!taken) return taken;
    if (!ended_ && next_seq_ <= last_seq_) return missing(next_seq_);
    return {};
  }

 private:
  Result<void> link_to_record_before(std::uint64_t first_seq) {
    const auto before = store_.last_until(Family::events, event_key(account_, first_seq - 1), prefix_);
    if (!before) return before.error();
    if (!*before) return missing(1);
    const auto head = history_head_of((*before)->key, (*before)->value);
    if (!head) return head.error();
    next_seq_ = head->seq + 1;
    hash_ = head->hash;
    return {};
  }

  Result<void> take(std::string_view key, std::string_view value) {
    const auto place = event_key_of(key);
    if (!place) return Error{Code::corrupt, "a history record with a malformed key"};
    if (place->first_seq != next_seq_) return missing(next_seq_);
    const auto broken = [&](const std::string& what) {
      return Error{Code::corrupt, at_seq(account_, next_seq_) + what};
    };
    const auto body = unframed(Family::events, key, value);
    if (!body) return broken(body.error().what);
    const auto record = event_record_of(*body);
    if (!record) return broken(record.error().what);
    hash_ = next_hash(hash_, {record->batch});
    if (record->hash != hash_) return broken("the chain hash does not follow from the record before");
    const auto batch = decode_account_batch(record->batch);
    if (!batch) return broken(batch.error().what);
    for (const core::Fact& fact : batch->facts) {
      if (fact.seq < first_seq_) continue;
      if (fact.seq > last_seq_ || !read_(fact)) {
        ended_ = true;
        return {};
      }
    }
    next_seq_ = batch->facts.back().seq + 1;
    return {};
  }

  Error missing(std::uint64_t seq) const {
    return Error{Code::corrupt, at_seq(account_, seq) + "the history record is missing"};
  }

  const Store& store_;
  const AccountId account_;
  const std::string prefix_;
  const std::uint64_t first_seq_;
  const std::uint64_t last_seq_;
  const std::function<bool(const core::Fact&)>& read_;
  std::uint64_t next_seq_ = 1;
  Hash hash_{};
  bool ended_ = false;
};

}  // namespace

Result<void> read_history(const Store& store, AccountId account, std::uint64_t first_seq, std::uint64_t last_seq,
                          const std::function<bool(const core::Fact&)>& read) {
  return HistoryReader(store, account, first_seq, last_seq, read).run();
}

}  // namespace rf::storage::rocks
