#include "process/private_directory.hpp"

#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>

namespace rf::process {

namespace {

constexpr mode_t others_write = S_IWGRP | S_IWOTH;
constexpr mode_t others_any = S_IRWXG | S_IRWXO;

Error cannot_create(const std::string& path, int error) {
  const std::string why = "cannot create the directory " + path + ": " + std::generic_category().message(error) + "; ";
  if (error == EACCES || error == EPERM || error == EROFS)
    return {Code::permission_denied, why + "change its owner, or set data_dir to another directory"};
  return {Code::unavailable, why + "check the disk, or set data_dir to another directory"};
}

std::string octal(mode_t mode) {
  std::array<char, 8> text{};
  std::snprintf(text.data(), text.size(), "%04o", static_cast<unsigned>(mode & 07777u));
  return text.data();
}

}  // namespace

Result<std::optional<std::string>> open_private_directory(const std::string& path) {
  const std::filesystem::path parent = std::filesystem::path(path).parent_path();
  std::error_code error;
  if (!parent.empty()) std::filesystem::create_directories(parent, error);
  if (error) return cannot_create(path, error.value());
  // Never there with wider rights, not even for a moment.
  if (::mkdir(path.c_str(), S_IRWXU) == 0) return std::optional<std::string>();
  if (errno != EEXIST) return cannot_create(path, errno);
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return cannot_create(path, errno);
  if (!S_ISDIR(status.st_mode)) return cannot_create(path, ENOTDIR);
  if ((status.st_mode & others_write) != 0)
    return Error{Code::failed_precondition, "other users may write to the directory " + path + " (mode " +
                                                octal(status.st_mode) + "): run chmod 700 " + path +
                                                ", or set data_dir to a directory inside of it"};
  if ((status.st_mode & others_any) == 0) return std::optional<std::string>();
  return std::optional("other users can look into the directory " + path + " (mode " + octal(status.st_mode) +
                       "): run chmod 700 " + path);
}

void create_private_files() { ::umask(others_any); }

}  // namespace rf::process
