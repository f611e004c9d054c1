#pragma once
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

namespace rf::testing {

/// One of our programs as a process of its own, and all that it says. Killed with the object.
class ChildProgram {
 public:
  ChildProgram(const std::string& program, std::vector<std::string> arguments)
      : ChildProgram(program, std::move(arguments), {RLIM_INFINITY, RLIM_INFINITY}) {}
  /// With at most so many open files.
  ChildProgram(const std::string& program, std::vector<std::string> arguments, rlimit files) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) std::abort();
    arguments.insert(arguments.begin(), program);
    std::vector<char*> argv;
    for (std::string& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    pid_ = ::fork();
    if (pid_ == 0) {
      ::dup2(ends[1], STDERR_FILENO);
      ::dup2(ends[1], STDOUT_FILENO);
      if (files.rlim_max != RLIM_INFINITY) ::setrlimit(RLIMIT_NOFILE, &files);
      ::execv(argv[0], argv.data());
      ::_exit(127);
    }
    ::close(ends[1]);
    out_ = ends[0];
  }
  ~ChildProgram() {
    if (pid_ > 0) {
      ::kill(pid_, SIGKILL);
      ::waitpid(pid_, nullptr, 0);
    }
    ::close(out_);
  }
  ChildProgram(const ChildProgram&) = delete;
  ChildProgram& operator=(const ChildProgram&) = delete;

  /// Reads what it says until `text` is there; false when it ends, or says nothing for a minute.
  bool says(const std::string& text) {
    while (said_.find(text) == std::string::npos)
      if (!more()) return false;
    return true;
  }
  const std::string& said() const { return said_; }
  /// The number after `"name":` in its log; 0 if there is none.
  std::uint64_t number(const std::string& name) const {
    const std::size_t at = said_.find("\"" + name + "\":");
    return at == std::string::npos ? 0 : std::stoull(said_.substr(at + name.size() + 3));
  }
  void signal(int number) const { ::kill(pid_, number); }
  /// Its exit code once it has ended; -1 when a signal ended it.
  int wait() {
    while (more()) {}
    int status = 0;
    ::waitpid(pid_, &status, 0);
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

 private:
  bool more() {
    pollfd readable{out_, POLLIN, 0};
    if (::poll(&readable, 1, 60'000) != 1) return false;
    std::array<char, 4096> chunk{};
    const ssize_t got = ::read(out_, chunk.data(), chunk.size());
    if (got <= 0) return false;
    said_.append(chunk.data(), static_cast<std::size_t>(got));
    return true;
  }

  pid_t pid_ = -1;
  int out_ = -1;
  std::string said_;
};

}  // namespace rf::testing
