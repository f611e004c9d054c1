#pragma once
#include <string_view>
#include <utility>

#include "core/base/limits.hpp"
#include "core/base/result.hpp"
#include "node/validate.hpp"

namespace rf::node {

/// Takes the fields of one message and keeps the first refusal.
class Door {
 public:
  /// Sets `to` if the checked value is there.
  template <class Value, class To>
  void take(Result<Value> value, To& to) {
    if (value)
      to = std::move(value).value();
    else
      also(value.error());
  }
  void text(std::string_view field, const std::string& value, std::string& to) {
    also(check_text(field, value, limits::text_bytes_max));
    to = value;
  }
  void also(const Result<void>& next) {
    if (checked_ && !next) checked_ = next;
  }
  const Result<void>& checked() const { return checked_; }

  /// `value` unless something was refused.
  template <class Value>
  Result<Value> end(Value value) const {
    if (!checked_) return checked_.error();
    return value;
  }

 private:
  Result<void> checked_;
};

}  // namespace rf::node
