#include "storage/rocks/log_directory.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include <rocksdb/env.h>

#include "storage/rocks/mark.hpp"
#include "storage/rocks/status.hpp"

namespace rf::storage::rocks {

namespace {

constexpr std::string_view format_name = "FORMAT";
constexpr std::string_view format_first_line = "ringfence log\n";

std::string format_text() {
  return std::string(format_first_line) + "layout " + std::to_string(directory_version) + "\n";
}

/// What a start that was cut off while it created the directory may have left.
bool left_by_creation(const std::string& name) {
  constexpr std::array<std::string_view, 7> ours = {".", "..", "LOCK", "mark", "mark.new", "FORMAT.new", "lost+found"};
  return std::find(ours.begin(), ours.end(), name) != ours.end();
}

}  // namespace

LogDirectory::LogDirectory(std::string path, rocksdb::Env& env) : path_(std::move(path)), env_(env) {}

LogDirectory::~LogDirectory() {
  if (lock_ != nullptr) env_.UnlockFile(lock_).PermitUncheckedError();
}

Result<std::unique_ptr<LogDirectory>> LogDirectory::open(const std::string& path, rocksdb::Env& env) {
  std::unique_ptr<LogDirectory> directory(new LogDirectory(path, env));
  if (const auto made = env.CreateDirIfMissing(path); !made.ok())
    return error_of(made, "creating the data directory " + path);
  const Result<bool> fresh = directory->is_new();
  if (!fresh) return fresh.error();
  if (const auto locked = directory->lock(); !locked) return locked.error();
  if (*fresh) {
    if (const auto created = directory->create(); !created) return created.error();
  }
  if (const auto checked = directory->check_format(); !checked) return checked.error();
  return directory;
}

Result<std::unique_ptr<LogDirectory>> LogDirectory::look_at(const std::string& path, rocksdb::Env& env) {
  std::unique_ptr<LogDirectory> directory(new LogDirectory(path, env));
  if (const auto checked = directory->check_format(); !checked) return checked.error();
  return directory;
}

Result<bool> LogDirectory::is_new() const {
  if (env_.FileExists(path_ + "/" + std::string(format_name)).ok()) return false;
  std::vector<std::string> names;
  if (const auto listed = env_.GetChildren(path_, &names); !listed.ok())
    return error_of(listed, "listing the data directory " + path_);
  for (const std::string& name : names)
    if (!left_by_creation(name))
      return Error{Code::failed_precondition, "the directory " + path_ + " holds other files (\"" + name +
                                                  "\") and is no Ringfence log: name an empty directory"};
  return true;
}

Result<void> LogDirectory::lock() {
  const std::string file = path_ + "/LOCK";
  if (const auto locked = env_.LockFile(file, &lock_); !locked.ok()) {
    lock_ = nullptr;
    return Error{Code::failed_precondition, "the data directory " + path_ + " is in use: another process holds " +
                                                file + " (" + locked.ToString() +
                                                "); stop that process or name another directory"};
  }
  return {};
}

/// FORMAT comes last: with it the directory must be complete.
Result<void> LogDirectory::create() const {
  if (const auto marked = write_marks(*this, Marks{}); !marked) return marked;
  return replace(std::string(format_name), format_text());
}

Result<void> LogDirectory::check_format() const {
  const Result<std::string> text = read(std::string(format_name));
  if (!text) {
    if (text.error().code != Code::not_found) return text.error();
    return Error{
        Code::not_found,
        path_ + " is no Ringfence log: it has no FORMAT file; name the folder `log` in the data directory of a node"};
  }
  if (*text == format_text()) return {};
  if (text->compare(0, format_first_line.size(), format_first_line) != 0)
    return Error{Code::failed_precondition,
                 path_ +
                     "/FORMAT is not that of a Ringfence log: name the folder `log` in the data directory of a node"};
  const std::string layout = text->substr(format_first_line.size());
  return Error{Code::failed_precondition, path_ + " has another layout (\"" + layout.substr(0, layout.find('\n')) +
                                              "\") than this build's \"layout " + std::to_string(directory_version) +
                                              "\": start the build that wrote it"};
}

Result<std::string> LogDirectory::read(const std::string& name) const {
  std::string content;
  const std::string file = path_ + "/" + name;
  const auto status = rocksdb::ReadFileToString(&env_, file, &content);
  if (status.IsNotFound() || status.IsPathNotFound()) return Error{Code::not_found, "there is no file " + file};
  if (!status.ok()) {
    if (env_.FileExists(file).IsNotFound()) return Error{Code::not_found, "there is no file " + file};
    return error_of(status, "reading " + file);
  }
  return content;
}

Result<void> LogDirectory::replace(const std::string& name, std::string_view content) const {
  const std::string file = path_ + "/" + name;
  const std::string next = file + ".new";
  std::unique_ptr<rocksdb::WritableFile> out;
  auto status = env_.NewWritableFile(next, &out, rocksdb::EnvOptions());
  if (status.ok()) status = out->Append(rocksdb::Slice(content.data(), content.size()));
  if (status.ok()) status = out->Sync();
  if (status.ok()) status = out->Close();
  if (status.ok()) status = env_.RenameFile(next, file);
  std::unique_ptr<rocksdb::Directory> folder;
  if (status.ok()) status = env_.NewDirectory(path_, &folder);
  if (status.ok()) status = folder->Fsync();
  if (!status.ok()) return error_of(status, "writing " + file);
  return {};
}

}  // namespace rf::storage::rocks
