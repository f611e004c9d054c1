#pragma once
#include <optional>
#include <string>

#include "node/config.hpp"
#include "node/grpc/auth.hpp"
#include "process/secrets.hpp"

namespace rf::node {

/// What a node finds in its data directory, or puts there on its first start.
struct DataDirectory {
  /// The log's own directory.
  std::string log_path;
  Tokens tokens;
  /// Stored secrets are encrypted with it.
  process::Secret key;
  /// For the log: that other users can look into it.
  std::optional<std::string> warning;
};

/// Creates the directory (0700), client.token, edge.token and secret.key (0600 each) if they are missing. Errors:
/// failed_precondition when the directory holds something else, others may write to it, or its log has lost its key; those of reading a secret.
Result<DataDirectory> open_data_directory(const NodeConfig& config);

}  // namespace rf::node
