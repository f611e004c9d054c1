#include "process/exit_code.hpp"

namespace rf::process {

const std::string_view exit_code_help =
    "  0  stopped as asked, or an answer was printed\n"
    "  1  failed: the disk, the memory or the system; the log says what\n"
    "  2  wrong configuration: a flag, a key, or a file that is missing or may not be read\n"
    "  3  the data directory cannot be used: another process has it, others may write to it, or it is not ours\n"
    "  4  an address cannot be listened on\n";

ExitCode exit_code_of(Code code) {
  switch (code) {
    case Code::invalid_argument:
    case Code::not_found:
    case Code::permission_denied: return exit_config;
    case Code::failed_precondition:
    case Code::corrupt: return exit_data;
    case Code::already_exists: return exit_address;
    default: return exit_failed;
  }
}

}  // namespace rf::process
