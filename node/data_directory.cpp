#include "node/data_directory.hpp"

#include <filesystem>
#include <set>
#include <system_error>

#include "process/private_directory.hpp"

namespace rf::node {

namespace {

namespace fs = std::filesystem;

Error disk_error(const std::string& what, const std::string& path, const std::error_code& error) {
  return {Code::unavailable, "cannot " + what + " the data directory " + path + ": " + error.message() +
                                 "; check the path and its owner, or set data_dir to another one"};
}

/// Nothing unless the directory holds files of somebody else.
Result<void> check_ours(const std::string& path) {
  const std::set<std::string> ours = {"client.token", "edge.token", "secret.key", "log", "lost+found"};
  std::error_code error;
  for (auto entry = fs::directory_iterator(path, error); !error && entry != fs::directory_iterator();
       entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    const bool left_over = name.find(".new-") != std::string::npos;
    if (ours.count(name) == 0 && !left_over)
      return Error{Code::failed_precondition,
                   "the directory " + path + " holds other files (\"" + name +
                       "\") and was not made by ringfenced: set data_dir to an empty directory"};
  }
  if (error) return disk_error("list", path, error);
  return {};
}

/// The secret of the file, created if it is missing.
Result<process::Secret> read_or_create(const std::string& path) {
  auto secret = process::read_secret_file(path);
  if (secret || secret.error().code != Code::not_found) return secret;
  auto created = process::create_secret_file(path);
  // Another process made it in the same moment.
  if (!created && created.error().code == Code::already_exists) return process::read_secret_file(path);
  return created;
}

}  // namespace

Result<DataDirectory> open_data_directory(const NodeConfig& config) {
  const std::string log_path = config.data_dir + "/log";
  std::error_code error;
  const auto directory = process::open_private_directory(config.data_dir);
  if (!directory) return directory.error();

  const bool has_log = fs::exists(log_path, error);
  if (error) return disk_error("look into", config.data_dir, error);
  const bool has_key = fs::exists(config.secret_key_file, error);
  if (error) return disk_error("look into", config.data_dir, error);
  if (has_log && !has_key)
    return Error{Code::failed_precondition, "the data directory " + config.data_dir + " has a log but its key " +
                                                config.secret_key_file +
                                                " is missing: put the copy of the key back, without it the stored "
                                                "credentials cannot be read"};
  if (!has_log) {
    if (const auto checked = check_ours(config.data_dir); !checked) return checked.error();
  }

  auto key = read_or_create(config.secret_key_file);
  if (!key) return key.error();
  auto client = read_or_create(config.client_token_file);
  if (!client) return client.error();
  auto edge = read_or_create(config.edge_token_file);
  if (!edge) return edge.error();
  return DataDirectory{log_path, Tokens{std::move(client).value(), std::move(edge).value()}, std::move(key).value(),
                       *directory};
}

}  // namespace rf::node
