#include "storage/rocks/past.hpp"

#include "core/account/apply.hpp"
#include "storage/rocks/history.hpp"

namespace rf::storage::rocks {

Result<core::Account> account_at(const Store& store, Checkpoints& checkpoints, AccountId account, std::uint64_t seq) {
  core::Account folded;
  folded.id = account;
  if (auto kept = checkpoints.newest(account, seq)) folded = std::move(*kept);
  const auto read = read_history(store, account, folded.seq + 1, seq, [&](const core::Fact& fact) {
    core::apply(folded, fact);
    return true;
  });
  if (!read) return read.error();
  return folded;
}

Result<std::uint64_t> seq_at(const Store& store, AccountId account, std::uint64_t head, Ms ts) {
  // Times never go back within an account (R5): the last one at or before `ts` is found by halving.
  std::uint64_t known = 0;
  std::uint64_t later = head + 1;
  while (known + 1 < later) {
    const std::uint64_t middle = known + (later - known) / 2;
    Ms decided = 0;
    const auto read = read_history(store, account, middle, middle, [&](const core::Fact& fact) {
      decided = fact.ts;
      return true;
    });
    if (!read) return read.error();
    (decided <= ts ? known : later) = middle;
  }
  return known;
}

}  // namespace rf::storage::rocks
