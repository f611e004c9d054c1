#include "storage/rocks/status.hpp"

namespace rf::storage::rocks {

Error error_of(const rocksdb::Status& status, const std::string& doing) {
  const std::string what = doing + " failed (" + status.ToString() + ")";
  if (status.IsCorruption())
    return Error{Code::corrupt, what + ": the data is damaged; restore the directory from a backup or a replica"};
  if (status.IsNoSpace())
    return Error{Code::unavailable, what + ": the disk is full; free space, then restart the node"};
  return Error{Code::unavailable, what + ": check the disk and the directory's owner, then restart the node"};
}

}  // namespace rf::storage::rocks
