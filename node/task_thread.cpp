#include "node/task_thread.hpp"

#include <chrono>

namespace rf::node {

TaskThread::TaskThread(const process::Clock& clock) : clock_(clock), thread_([this] { run(); }) {}

TaskThread::~TaskThread() { stop(); }

TaskThread::TaskId TaskThread::post_after(Ms delay_ms, Task task) {
  const std::lock_guard lock(mutex_);
  const TaskId id = ++last_id_;
  if (stopping_) return id;
  const Ms due_ms = clock_.mono_ms() + delay_ms;
  const auto placed = tasks_.emplace(std::pair(due_ms, id), std::move(task)).first;
  due_.emplace(id, due_ms);
  if (placed == tasks_.begin()) wake_.notify_one();
  return id;
}

bool TaskThread::cancel(TaskId id) {
  Task dropped;
  const std::lock_guard lock(mutex_);
  const auto due = due_.find(id);
  if (due == due_.end()) return false;
  const auto task = tasks_.find({due->second, id});
  dropped = std::move(task->second);
  tasks_.erase(task);
  due_.erase(due);
  return true;
}

void TaskThread::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    wake_.notify_one();
  }
  if (thread_.joinable()) thread_.join();
  const std::lock_guard lock(mutex_);
  tasks_.clear();
  due_.clear();
}

void TaskThread::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    if (tasks_.empty()) {
      wake_.wait(lock);
      continue;
    }
    const auto first = tasks_.begin();
    const Ms wait_ms = first->first.first - clock_.mono_ms();
    if (wait_ms > 0) {
      wake_.wait_for(lock, std::chrono::milliseconds(wait_ms));
      continue;
    }
    Task task = std::move(first->second);
    due_.erase(first->first.second);
    tasks_.erase(first);
    lock.unlock();
    task();
    task = nullptr;
    lock.lock();
  }
}

}  // namespace rf::node
