#include "sip-edge/credentials.hpp"

#include <optional>

namespace rf::edge {

std::optional<SipCredential> Credentials::credential(const Entry& entry, HashAlgorithm algorithm) {
  if (!entry.account.set()) return std::nullopt;
  return SipCredential{algorithm == HashAlgorithm::md5 ? entry.md5 : entry.sha256, entry.account, entry.agent};
}

Credentials::Asked Credentials::look_up(const SipUser& user, HashAlgorithm algorithm, Ms now_ms, Done done) {
  if (const auto known = entries_.find(user); known != entries_.end()) {
    if (now_ms < known->second.until_ms) {
      done(credential(known->second, algorithm));
      return Asked::no;
    }
    drop(known);
  }
  const auto asked = questions_.find(user);
  const bool room = asked == questions_.end() ? questions_.size() < limits_.questions_max
                                              : asked->second.waiters.size() < limits_.waiters_max;
  if (!room) {
    done(Error{Code::overloaded, "too many users are being looked up: try again later"});
    return Asked::no;
  }
  if (asked != questions_.end()) {
    asked->second.waiters.push_back({algorithm, std::move(done)});
    return Asked::already;
  }
  Question& question = questions_[user];
  question.waiters.push_back({algorithm, std::move(done)});
  question.until_ms = now_ms + limits_.question_timeout_ms;
  return Asked::now;
}

void Credentials::answer(const Ha1Answer& answer, Ms now_ms) {
  const auto asked = questions_.find(answer.user);
  if (answer.verdict == Ha1Answer::Verdict::unavailable) {
    if (asked != questions_.end())
      end(answer.user, {Code::unavailable, "the node cannot look up the user now: try again later"});
    return;
  }
  Entry entry;
  const bool found = answer.verdict == Ha1Answer::Verdict::found;
  if (found) entry = {answer.account, answer.agent, answer.md5, answer.sha256, answer.version, 0};
  entry.until_ms = now_ms + (found ? limits_.known_ms : limits_.unknown_ms);
  if (asked == questions_.end()) {
    const auto known = entries_.find(answer.user);
    if (known != entries_.end() && entry.version > known->second.version) keep(answer.user, std::move(entry));
    return;
  }
  // A waiter may look up again at once.
  const Question question = std::move(asked->second);
  questions_.erase(asked);
  if (question.fresh) keep(answer.user, entry);
  for (const Waiter& waiter : question.waiters) waiter.done(credential(entry, waiter.algorithm));
}

void Credentials::refuse(const SipUser& user) {
  end(user, {Code::unavailable, "no node can look up the user now: try again later"});
}

void Credentials::refuse_all() {
  while (!questions_.empty()) refuse(SipUser(questions_.begin()->first));
}

void Credentials::forget(AccountId account, AgentId agent) {
  for (auto it = entries_.begin(); it != entries_.end();)
    it = it->second.account == account && it->second.agent == agent ? drop(it) : std::next(it);
  for (auto& [_, question] : questions_) question.fresh = false;
}

void Credentials::forget(const std::function<bool(AccountId)>& missed) {
  for (auto it = entries_.begin(); it != entries_.end();)
    it = it->second.account.set() && missed(it->second.account) ? drop(it) : std::next(it);
  for (auto& [_, question] : questions_) question.fresh = false;
}

void Credentials::expire(Ms now_ms) {
  while (!by_expiry_.empty() && by_expiry_.begin()->first <= now_ms) drop(entries_.find(*by_expiry_.begin()->second));
  std::vector<SipUser> late;
  for (const auto& [user, question] : questions_)
    if (question.until_ms <= now_ms) late.push_back(user);
  for (const SipUser& user : late) end(user, {Code::timeout, "no node answered in time: try again later"});
}

void Credentials::keep(const SipUser& user, Entry entry) {
  if (const auto known = entries_.find(user); known != entries_.end()) drop(known);
  while (entries_.size() >= limits_.entries_max) drop(entries_.find(*by_expiry_.begin()->second));
  const Ms until_ms = entry.until_ms;
  const auto it = entries_.emplace(user, std::move(entry)).first;
  by_expiry_.emplace(until_ms, &it->first);
}

Credentials::Entries::iterator Credentials::drop(Entries::iterator it) {
  by_expiry_.erase({it->second.until_ms, &it->first});
  return entries_.erase(it);
}

void Credentials::end(const SipUser& user, const Error& error) {
  const auto asked = questions_.find(user);
  if (asked == questions_.end()) return;
  const Question question = std::move(asked->second);
  questions_.erase(asked);
  for (const Waiter& waiter : question.waiters) waiter.done(error);
}

}  // namespace rf::edge
