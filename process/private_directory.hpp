#pragma once
#include <optional>
#include <string>

#include "core/base/result.hpp"

namespace rf::process {

/// Makes the directory that `data_dir` names, for its owner alone (0700), parents as the umask wants them; one that is
/// there is left as it is. Returns a sentence for the log when other users can look into it. Errors: failed_precondition
/// (other users may write to it), permission_denied, unavailable (the disk, or it is no directory).
Result<std::optional<std::string>> open_private_directory(const std::string& path);

/// From here on whatever this process creates is for its owner alone. Before the first thread.
void create_private_files();

}  // namespace rf::process
