#pragma once
#include <string>
#include <string_view>

#include "storage/codec/codec.hpp"

/// Values for people: one line, ids as text, every field that is not zero. Pure; any thread.
namespace rf::storage {

/// In quotes: printable ASCII as it is, everything else as \xNN.
std::string quoted(std::string_view text);
/// "2023-11-14T22:13:20.123Z"
std::string describe_time(Ms ts);
/// "seq 5 2023-11-14T22:13:20.123Z offered reservation=rs_... ring -> incall"
std::string describe(const core::Fact& fact);
std::string describe(const core::directory::Fact& fact);
std::string describe(const CommandResult& result);
std::string describe(const core::Reply& reply);
/// A secret's name; its value is never shown.
std::string describe(const SealedSecret& secret);
std::string describe(const EpochStart& start);
std::string describe(const MinVersion& version);
/// Row as for encode_row.
template <class Row>
std::string describe_row(const Row& row);

}  // namespace rf::storage
