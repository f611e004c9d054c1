#pragma once
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/base/ids.hpp"
#include "core/base/time.hpp"
#include "sip-edge/authenticator.hpp"
#include "sip-edge/digest.hpp"

namespace rf::edge {

/// A user as it names itself in a digest.
struct SipUser {
  std::string domain;
  std::string name;
  friend auto operator<=>(const SipUser&, const SipUser&) = default;
};

/// What a node says about a user. The hashes are secrets: never logged.
struct Ha1Answer {
  enum class Verdict : std::uint8_t { found, unknown, unavailable };

  SipUser user;
  Verdict verdict = Verdict::unavailable;
  /// Only when found.
  AccountId account;
  AgentId agent;
  std::string md5;
  std::string sha256;
  /// Of the credentials: rises with every change.
  std::uint64_t version = 0;
  friend bool operator==(const Ha1Answer&, const Ha1Answer&) = default;
};

struct CredentialLimits {
  /// How long an answer counts (R21).
  Ms known_ms = 3600 * second_ms;
  Ms unknown_ms = 5 * second_ms;
  Ms question_timeout_ms = 3 * second_ms;
  /// When full, what would expire first makes room.
  std::size_t entries_max = 100'000;
  std::size_t questions_max = 1024;
  std::size_t waiters_max = 32;
};

/// What the edge remembers of SIP users and whom it has asked about. Time is an input; one thread.
class Credentials {
 public:
  using Done = CredentialSource::Done;

  explicit Credentials(const CredentialLimits& limits) : limits_(limits) {}

  enum class Asked : std::uint8_t {
    /// Answered from memory, or refused: `done` was called.
    no,
    /// The caller sends the question now, or calls refuse().
    now,
    /// The same question is under way; its answer serves both.
    already,
  };
  /// Calls `done` once: nothing for an unknown user; unavailable when nobody could say; timeout when no answer came;
  /// overloaded when too many wait.
  Asked look_up(const SipUser& user, HashAlgorithm algorithm, Ms now_ms, Done done);

  /// A node answered. An answer that nobody waits for only replaces an older version of what is known.
  void answer(const Ha1Answer& answer, Ms now_ms);
  /// The question could not be sent.
  void refuse(const SipUser& user);
  /// Every question is refused: no answer will come any more.
  void refuse_all();

  /// The credentials of the agent changed: forgets them, and does not keep answers that may be older than the change.
  void forget(AccountId account, AgentId agent);
  /// Changes may have been missed: the same for every account that `missed` names.
  void forget(const std::function<bool(AccountId)>& missed);

  /// Drops what is due and ends the wait of questions without answer.
  void expire(Ms now_ms);

  std::size_t entries() const { return entries_.size(); }
  std::size_t questions() const { return questions_.size(); }

 private:
  struct Entry {
    /// Not set: there is no such user.
    AccountId account;
    AgentId agent;
    std::string md5;
    std::string sha256;
    std::uint64_t version = 0;
    Ms until_ms = 0;
  };
  struct Waiter {
    HashAlgorithm algorithm = HashAlgorithm::md5;
    Done done;
  };
  struct Question {
    std::vector<Waiter> waiters;
    Ms until_ms = 0;
    /// Nothing changed since it was asked.
    bool fresh = true;
  };
  using Entries = std::map<SipUser, Entry>;

  static std::optional<SipCredential> credential(const Entry& entry, HashAlgorithm algorithm);
  void keep(const SipUser& user, Entry entry);
  Entries::iterator drop(Entries::iterator it);
  void end(const SipUser& user, const Error& error);

  CredentialLimits limits_;
  Entries entries_;
  /// The pointers are keys of entries_.
  std::set<std::pair<Ms, const SipUser*>> by_expiry_;
  std::map<SipUser, Question> questions_;
};

}  // namespace rf::edge
