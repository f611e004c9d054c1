#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "core/base/assert.hpp"

namespace rf {

/// The one error table: code -> gRPC status -> HTTP status -> SIP status (node/grpc/status, sip-edge). A code exists
/// only if a caller can act on it differently.
enum class Code {
  ok,
  invalid_argument,
  not_found,
  already_exists,
  not_owner,
  stale_term,
  overloaded,
  timeout,
  unknown_outcome,
  unavailable,
  corrupt,
  unauthenticated,
  permission_denied,
  failed_precondition,
};

/// The code's name as it appears in logs and replies, e.g. "failed_precondition".
std::string_view name_of(Code code);

/// A failure: `code` for programs, `what` a sentence for people that says what to do.
struct [[nodiscard]] Error {
  Code code = Code::ok;
  std::string what;
  friend bool operator==(const Error&, const Error&) = default;
};

/// A value or an Error; reading the wrong one aborts.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  const T& value() const& {
    RF_ASSERT(ok());
    return std::get<0>(state_);
  }
  T& value() & {
    RF_ASSERT(ok());
    return std::get<0>(state_);
  }
  T&& value() && {
    RF_ASSERT(ok());
    return std::get<0>(std::move(state_));
  }
  const T* operator->() const { return &value(); }
  T* operator->() { return &value(); }
  const T& operator*() const& { return value(); }
  T& operator*() & { return value(); }

  const Error& error() const {
    RF_ASSERT(!ok());
    return std::get<1>(state_);
  }

 private:
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}

  bool ok() const { return error_.code == Code::ok; }
  explicit operator bool() const { return ok(); }
  const Error& error() const {
    RF_ASSERT(!ok());
    return error_;
  }

 private:
  Error error_;
};

}  // namespace rf
