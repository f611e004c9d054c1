#include "sip-edge/served.hpp"

namespace rf::edge {

static constexpr Ms refused_wait_ms = 1000;

bool Served::add(AccountId account) { return accounts_.try_emplace(account).second; }

Served::Change Served::settle(AccountId id, const std::optional<Leader>& leader, Ms now_ms) {
  const auto it = accounts_.find(id);
  if (it == accounts_.end()) return Change::none;
  Account& account = it->second;
  if (!leader) {
    const bool was_led = account.state == State::connected || account.state == State::blocked;
    account = Account{};
    refused_.erase(id);
    return was_led ? Change::lost : Change::none;
  }
  if (account.leader == *leader) {
    const bool waits =
        account.state == State::blocked || (account.state == State::refused && now_ms < account.refused_until_ms);
    if (account.state == State::connected || waits) return Change::none;
  }
  account = {State::connected, *leader, 0};
  refused_.erase(id);
  return Change::connected;
}

Served::StreamId Served::stream_of(AccountId id) const {
  const auto it = accounts_.find(id);
  return it != accounts_.end() && it->second.state == State::connected ? it->second.leader.stream : 0;
}

void Served::block(AccountId id) { accounts_.at(id).state = State::blocked; }

void Served::unblock(AccountId id) {
  Account& account = accounts_.at(id);
  if (account.state == State::blocked) account.state = State::none;
}

bool Served::blocked(AccountId id) const {
  const auto it = accounts_.find(id);
  return it != accounts_.end() && it->second.state == State::blocked;
}

std::vector<AccountId> Served::blocked_on(StreamId stream) const {
  std::vector<AccountId> blocked;
  for (const auto& [id, account] : accounts_)
    if (account.leader.stream == stream && account.state == State::blocked) blocked.push_back(id);
  return blocked;
}

bool Served::refuse(AccountId id, StreamId stream, Ms now_ms) {
  const auto it = accounts_.find(id);
  if (it == accounts_.end() || it->second.leader.stream != stream) return false;
  Account& account = it->second;
  if (account.state != State::connected && account.state != State::blocked) return false;
  account.state = State::refused;
  account.refused_until_ms = now_ms + refused_wait_ms;
  refused_.insert(id);
  return true;
}

void Served::claimed(StreamId stream) {
  for (auto it = refused_.begin(); it != refused_.end();) {
    Account& account = accounts_.at(*it);
    if (account.leader.stream != stream) {
      ++it;
      continue;
    }
    account.state = State::none;
    it = refused_.erase(it);
  }
}

std::vector<AccountId> Served::due(Ms now_ms) const {
  std::vector<AccountId> due;
  for (const AccountId& id : refused_)
    if (accounts_.at(id).refused_until_ms <= now_ms) due.push_back(id);
  return due;
}

std::vector<AccountId> Served::all() const {
  std::vector<AccountId> all;
  all.reserve(accounts_.size());
  for (const auto& [id, _] : accounts_) all.push_back(id);
  return all;
}

}  // namespace rf::edge
