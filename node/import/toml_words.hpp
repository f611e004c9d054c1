#pragma once
#include <google/protobuf/descriptor.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// How the account file writes what is a number in the API. Pure.
namespace rf::node {

/// An enumerator in lower case without its enum's prefix: "on_break"; UNSPECIFIED is the empty word.
std::string word_of(const google::protobuf::EnumDescriptor* type, int number);
/// 0 for a text that is none.
int number_of(const google::protobuf::EnumDescriptor* type, std::string_view word);
/// All of them, UNSPECIFIED not among them.
std::vector<std::string> words_of(const google::protobuf::EnumDescriptor* type);

/// A minute of the day as "08:30"; 24:00 is the last one.
std::string time_text(std::uint32_t minute);
std::optional<std::uint32_t> minute_of(std::string_view text);

}  // namespace rf::node
