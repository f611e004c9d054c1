#pragma once
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>

#include "actors/port.hpp"
#include "storage/rocks_journal.hpp"

namespace rf::bench {

/// The account actors on a log of their own, in this process: a node without its API.
class Host {
 public:
  /// Opens the log in that folder, made if it is missing; ends the program with 1 when that fails.
  explicit Host(const std::string& folder);
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;
  ~Host();

  /// `reply` comes on an actor's thread, once what was decided is durable. Any thread.
  void send(AccountId account, core::Command command, actors::OnReply reply);
  /// Sends, waits and ends the program with 1 when it is refused.
  void ask(AccountId account, const core::Command& command);

  /// Agents of a foreign switch and one queue each of them serves, `queues` in all, available at once.
  void make_account(AccountId account, unsigned agents, unsigned queues);
  storage::Journal& journal() { return *journal_; }
  /// The queue of that number in an account that make_account() made.
  static QueueId queue(unsigned number) { return QueueId(Ulid{11, number + 1}); }

 private:
  std::shared_ptr<storage::RocksJournal> journal_;
  std::unique_ptr<actors::Actors> actors_;
  std::mutex mutex_;
  std::condition_variable changed_;
};

}  // namespace rf::bench
