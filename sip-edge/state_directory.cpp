#include "sip-edge/state_directory.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

#include "process/private_directory.hpp"

namespace rf::edge {

namespace {

/// An edge that started every millisecond since 1970 would be here in the year 33658.
constexpr std::uint64_t epoch_max = 1'000'000'000'000'000;

class Descriptor {
 public:
  Descriptor(const std::string& path, int flags) : fd_(::open(path.c_str(), flags | O_CLOEXEC, 0600)) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }
  int release() { return std::exchange(fd_, -1); }

 private:
  int fd_;
};

Error disk_error(const std::string& what, int error) {
  const std::string why = "cannot " + what + ": " + std::generic_category().message(error);
  if (error == EACCES || error == EPERM || error == EROFS)
    return {Code::permission_denied, why + "; change its owner, or set data_dir to another directory"};
  return {Code::unavailable, why + "; check the disk, or set data_dir to another directory"};
}

bool sync_directory(const std::string& path) {
  const Descriptor directory(path, O_RDONLY | O_DIRECTORY);
  return directory.get() >= 0 && ::fsync(directory.get()) == 0;
}

/// 0 when there is none yet.
Result<std::uint64_t> read_epoch(const std::string& path) {
  const Descriptor file(path, O_RDONLY);
  if (file.get() < 0 && errno == ENOENT) return std::uint64_t{0};
  std::array<char, 32> text{};
  const ssize_t size = file.get() < 0 ? -1 : ::read(file.get(), text.data(), text.size());
  if (size < 0) return disk_error("read " + path, errno);
  std::uint64_t epoch = 0;
  const char* const end = text.data() + size;
  const auto [rest, error] = std::from_chars(text.data(), end, epoch);
  const bool whole = error == std::errc() && std::string_view(rest, static_cast<std::size_t>(end - rest)) == "\n";
  if (!whole || epoch == 0 || epoch >= epoch_max)
    return Error{Code::corrupt, path + " holds no number of a start: delete it if this machine's clock is right"};
  return epoch;
}

Result<void> write_epoch(const std::string& directory, std::uint64_t epoch) {
  const std::string path = directory + "/epoch";
  const std::string passing = path + ".new";
  const std::string text = std::to_string(epoch) + "\n";
  const Descriptor file(passing, O_WRONLY | O_CREAT | O_TRUNC);
  const bool written = file.get() >= 0 &&
                       ::write(file.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
                       ::fsync(file.get()) == 0;
  if (!written || ::rename(passing.c_str(), path.c_str()) != 0 || !sync_directory(directory))
    return disk_error("write " + path, errno);
  return {};
}

}  // namespace

Result<StateDirectory> StateDirectory::open(const std::string& path, Ms wall_ms) {
  const auto directory = process::open_private_directory(path);
  if (!directory) return directory.error();
  Descriptor lock(path + "/lock", O_RDWR | O_CREAT);
  if (lock.get() < 0) return disk_error("open " + path + "/lock", errno);
  if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0)
    return Error{Code::failed_precondition, "another process uses the directory " + path +
                                                ": stop it, or set data_dir (and edge.name) to another one"};
  const auto last = read_epoch(path + "/epoch");
  if (!last) return last.error();
  const std::uint64_t epoch = std::max(*last + 1, static_cast<std::uint64_t>(std::max<Ms>(wall_ms, 1)));
  if (const auto written = write_epoch(path, epoch); !written) return written.error();
  return StateDirectory(lock.release(), epoch, *directory);
}

StateDirectory::StateDirectory(StateDirectory&& other) noexcept
    : lock_fd_(std::exchange(other.lock_fd_, -1)), epoch_(other.epoch_), warning_(std::move(other.warning_)) {}

StateDirectory::~StateDirectory() {
  if (lock_fd_ >= 0) ::close(lock_fd_);
}

}  // namespace rf::edge
