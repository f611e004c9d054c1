#include "process/secrets.hpp"

#include <fcntl.h>
#include <openssl/crypto.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <span>
#include <system_error>

#include "process/random.hpp"

namespace rf::process {

namespace {

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }
  bool open() const { return fd_ >= 0; }

 private:
  const int fd_;
};

std::string reason(int error) { return std::generic_category().message(error); }

Error file_error(const std::string& verb, const std::string& path, int error) {
  const std::string what = "cannot " + verb + " " + path + ": " + reason(error);
  switch (error) {
    case ENOENT: return Error{Code::not_found, what + "; check that the path is right and its directory exists"};
    case EEXIST: return Error{Code::already_exists, what + "; remove it first if a new secret is wanted"};
    case EACCES:
    case EPERM: return Error{Code::permission_denied, what + "; run as the user who owns it, or change its owner"};
    default: return Error{Code::unavailable, what};
  }
}

bool write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

std::string directory_of(const std::string& path) {
  const std::string parent = std::filesystem::path(path).parent_path().string();
  return parent.empty() ? "." : parent;
}

std::string random_text() {
  std::array<char, 32> random;
  fill_random(std::as_writable_bytes(std::span(random)));
  std::string text = base64url(std::string_view(random.data(), random.size()));
  OPENSSL_cleanse(random.data(), random.size());
  return text;
}

/// Writes the file under a passing name and gives it its own only when it is whole. errno of the failed step, 0 if none.
int write_new_file(const std::string& path, std::string_view text) {
  const std::string passing = path + ".new-" + random_text().substr(0, 8);
  {
    const Descriptor file(::open(passing.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!file.open()) return errno;
    if (!write_all(file.get(), text) || ::fsync(file.get()) != 0) {
      const int error = errno;
      ::unlink(passing.c_str());
      return error;
    }
  }
  const int error = ::link(passing.c_str(), path.c_str()) == 0 ? 0 : errno;
  ::unlink(passing.c_str());
  if (error != 0) return error;
  const Descriptor directory(::open(directory_of(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory.open() || ::fsync(directory.get()) != 0) return errno;
  return 0;
}

std::string octal(mode_t mode) {
  std::string text = "0000";
  for (std::size_t i = 4; i-- > 0; mode >>= 3) text[i] = static_cast<char>('0' + (mode & 7u));
  return text;
}

Error refuse(const std::string& path, const std::string& why) {
  return Error{Code::invalid_argument, path + " " + why + "; give the path of a file that holds one secret"};
}

}  // namespace

Secret::Secret(std::string text) : text_(std::move(text)) {}
Secret::~Secret() { OPENSSL_cleanse(text_.data(), text_.size()); }
std::string_view Secret::reveal() const { return text_; }
bool Secret::matches(std::string_view presented) const { return equal_constant_time(text_, presented); }

Result<Secret> create_secret_file(const std::string& path) {
  Secret secret(random_text());
  if (const int error = write_new_file(path, secret.reveal()); error != 0)
    return file_error("create the secret file", path, error);
  return secret;
}

Result<Secret> read_secret_file(const std::string& path) {
  // A FIFO under that name must not make us wait for its writer.
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file.open()) return file_error("read the secret file", path, errno);
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) return file_error("read the secret file", path, errno);
  if (!S_ISREG(status.st_mode)) return refuse(path, "is not a regular file");
  if ((status.st_mode & 077u) != 0)
    return Error{Code::permission_denied, "other users can get at the secret file " + path + " (mode " +
                                              octal(status.st_mode & 07777u) + "); run: chmod 600 " + path};

  std::string text(secret_file_bytes_max + 1, '\0');
  std::size_t size = 0;
  while (size < text.size()) {
    const ssize_t got = ::read(file.get(), text.data() + size, text.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return file_error("read the secret file", path, errno);
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
  }
  Secret whole(std::move(text));
  if (size > secret_file_bytes_max)
    return refuse(path, "is longer than " + std::to_string(secret_file_bytes_max) + " bytes");
  constexpr std::string_view white = " \t\r\n";
  std::string_view trimmed = whole.reveal().substr(0, size);
  trimmed.remove_prefix(std::min(trimmed.find_first_not_of(white), trimmed.size()));
  trimmed = trimmed.substr(0, trimmed.find_last_not_of(white) + 1);
  if (trimmed.empty()) return refuse(path, "is empty");
  return Secret(std::string(trimmed));
}

Result<SealKey> seal_key_of(const Secret& secret) {
  Result<std::string> bytes = bytes_of_base64url(secret.reveal());
  SealKey key;
  if (!bytes || bytes->size() != key.bytes.size())
    return Error{Code::invalid_argument,
                 "the key file does not hold 32 bytes in base64url (43 characters); restore it from its backup"};
  std::copy(bytes->begin(), bytes->end(), key.bytes.begin());
  OPENSSL_cleanse(bytes->data(), bytes->size());
  return key;
}

}  // namespace rf::process
