#include "node/grpc/order_gate.hpp"

namespace rf::node {

static constexpr Ms ask_again_ms = second_ms;

bool OrderGate::admits(AccountId account) {
  if (!looked_up_) owed_.try_emplace(account, 0);
  return owed_.count(account) == 0;
}

std::vector<AccountId> OrderGate::owe(const std::vector<AccountId>& known, Ms now_ms) {
  looked_up_ = true;
  for (const AccountId account : known) owed_.try_emplace(account, 0);
  std::vector<AccountId> all;
  for (auto& [account, asked_ms] : owed_) {
    asked_ms = now_ms;
    all.push_back(account);
  }
  return all;
}

std::vector<AccountId> OrderGate::overdue(Ms now_ms) {
  std::vector<AccountId> late;
  if (!looked_up_) return late;
  for (auto& [account, asked_ms] : owed_) {
    if (now_ms - asked_ms < ask_again_ms) continue;
    asked_ms = now_ms;
    late.push_back(account);
  }
  return late;
}

}  // namespace rf::node
