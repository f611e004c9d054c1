#pragma once
#include <map>
#include <string>

#include "core/event/fact.hpp"

namespace rf::testing {

/// Ids as text with the short name that people are told instead.
using ShortNames = std::map<std::string, std::string>;

/// "20s", "5m", "1h", "1500ms", "never".
std::string duration(Ms ms);

/// The text with every id that has a name replaced by it.
std::string named(std::string text, const ShortNames& names);

/// Whether the fact is machinery that no claim is about: cursors of edges, when to look again.
bool is_machinery(const core::fact::Body& body);

/// "offered reservation=offer-1 agent=alice ready > ring": the kind, every field that says something to a person, and the
/// agent's bucket where it changed. Instants are told from the fact's own time on.
std::string fact_line(const core::Fact& fact, const ShortNames& names);

}  // namespace rf::testing
