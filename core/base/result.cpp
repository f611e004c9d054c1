#include "core/base/result.hpp"

namespace rf {

std::string_view name_of(Code code) {
  switch (code) {
    case Code::ok: return "ok";
    case Code::invalid_argument: return "invalid_argument";
    case Code::not_found: return "not_found";
    case Code::already_exists: return "already_exists";
    case Code::not_owner: return "not_owner";
    case Code::stale_term: return "stale_term";
    case Code::overloaded: return "overloaded";
    case Code::timeout: return "timeout";
    case Code::unknown_outcome: return "unknown_outcome";
    case Code::unavailable: return "unavailable";
    case Code::corrupt: return "corrupt";
    case Code::unauthenticated: return "unauthenticated";
    case Code::permission_denied: return "permission_denied";
    case Code::failed_precondition: return "failed_precondition";
  }
  return "unknown";
}

}  // namespace rf
