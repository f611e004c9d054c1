#pragma once
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

#include "process/clock.hpp"

namespace rf::node {

/// One thread that runs what it is given, in the order of their times; tasks due at once in the order given.
class TaskThread {
 public:
  using Task = std::function<void()>;
  /// Names a task until it has begun; never 0.
  using TaskId = std::uint64_t;

  /// `clock` must outlive the thread.
  explicit TaskThread(const process::Clock& clock);
  /// As stop().
  ~TaskThread();

  TaskId post(Task task) { return post_after(0, std::move(task)); }
  /// Not before `delay_ms` from now. Any thread. After stop(): dropped.
  TaskId post_after(Ms delay_ms, Task task);
  /// False when it has begun, ended, or never was. Does not wait for it.
  bool cancel(TaskId id);
  /// Drops what has not begun and waits for what has. Not from a task.
  void stop();

 private:
  void run();

  const process::Clock& clock_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::map<std::pair<Ms, TaskId>, Task> tasks_;
  std::map<TaskId, Ms> due_;
  TaskId last_id_ = 0;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace rf::node
