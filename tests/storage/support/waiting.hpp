#pragma once
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <vector>

#include "core/base/assert.hpp"
#include "storage/journal.hpp"

namespace rf::storage::test {

/// What a journal answered, in order; waits for answers of other threads.
class Answers {
 public:
  /// A `done` whose answer is noted under `tag`.
  Journal::Done done(int tag) {
    return [this, tag](const Result<LogIndex>& result) {
      const std::lock_guard lock(mutex_);
      answers_.push_back({tag, result});
      arrived_.notify_all();
    };
  }

  struct Answer {
    int tag = 0;
    Result<LogIndex> result;
  };
  /// Waits until there are `count` answers; ends the test if they do not come.
  std::vector<Answer> wait(std::size_t count) {
    std::unique_lock lock(mutex_);
    RF_ASSERT(arrived_.wait_for(lock, std::chrono::seconds(60), [&] { return answers_.size() >= count; }));
    return answers_;
  }
  std::size_t count() const {
    const std::lock_guard lock(mutex_);
    return answers_.size();
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable arrived_;
  std::vector<Answer> answers_;
};

}  // namespace rf::storage::test
