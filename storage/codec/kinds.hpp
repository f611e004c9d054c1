#pragma once
#include <optional>
#include <type_traits>
#include <variant>
#include <vector>

#include "storage/codec/enums.hpp"
#include "storage/codec/rows.hpp"

/// What kinds of field the table knows.
namespace rf::storage::codec {

template <class T>
inline constexpr bool is_id = false;
template <class Tag>
inline constexpr bool is_id<Id<Tag>> = true;

template <class T>
inline constexpr bool is_vector = false;
template <class T>
inline constexpr bool is_vector<std::vector<T>> = true;

template <class T>
concept Enumeration = std::is_enum_v<T>;

template <class T>
concept SignedShort = std::is_same_v<T, std::int32_t>;

/// bool and the integers that are written as they are; a negative Ms takes ten bytes.
template <class T>
concept Plain = std::is_same_v<T, bool> || std::is_same_v<T, std::uint32_t> || std::is_same_v<T, std::uint64_t> ||
    std::is_same_v<T, Ms>;

/// A message that is not written when it is as made by default, although enumerators in it always are: one that was added to
/// messages which older logs hold.
template <class T>
inline constexpr bool absent_by_default = false;
template <>
inline constexpr bool absent_by_default<core::NextStatus> = true;

constexpr std::size_t ulid_bytes = 16;

}  // namespace rf::storage::codec
