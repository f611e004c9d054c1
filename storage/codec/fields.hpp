#pragma once
#include "storage/codec/fields_fact.hpp"
#include "storage/codec/fields_row.hpp"
#include "storage/codec/fields_value.hpp"

/// The one table of what is stored: each type's fields with the numbers and names of log.proto, in rising order. Encoder,
/// decoder, printer and the tests' generators are visitors of it: `fields(visitor, value)` calls
/// visitor(number, name, member) for every field.
