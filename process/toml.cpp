#include "process/toml.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string_view>
#include <system_error>
#include <vector>

#include <toml++/toml.h>

namespace rf::process {

namespace {

constexpr std::size_t depth_max = 128;

/// Where the string that begins at `at` ends, or the text.
std::size_t end_of_string(std::string_view text, std::size_t at) {
  const char quote = text[at];
  const std::string triple(3, quote);
  const bool many_lines = text.substr(at, 3) == triple;
  for (at += many_lines ? 3 : 1; at < text.size(); ++at) {
    if (!many_lines && (text[at] == quote || text[at] == '\n')) return at + 1;
    if (many_lines && text.substr(at, 3) == triple) {
      // Up to two quotes may stand before the three that end it.
      const std::size_t end = std::min(text.find_first_not_of(quote, at), text.size());
      return std::min(end, at + 5);
    }
    if (text[at] == '\\' && quote == '"') ++at;
  }
  return text.size();
}

/// The line where keys, tables and lists are nested too deep, 0 if there is none: the parser, and whoever goes through what
/// it made, take stack for each level. Reads strings, comments and brackets as the parser does, up to its first error.
int too_deep_line(std::string_view text) {
  std::vector<std::size_t> around;
  std::size_t depth = 0;
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    std::size_t end = at + 1;
    if (c == '"' || c == '\'') {
      end = end_of_string(text, at);
    } else if (c == '#') {
      end = std::min(text.find('\n', at), text.size());
    } else if (c == '[' || c == '{') {
      around.push_back(depth++);
    } else if ((c == ']' || c == '}') && !around.empty()) {
      depth = around.back();
      around.pop_back();
    } else if (c == '.') {
      ++depth;
    } else if (c == ',' || c == '\n') {
      depth = around.empty() ? 0 : around.back() + 1;
    }
    if (depth > depth_max)
      return 1 + static_cast<int>(std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n'));
    at = end;
  }
  return 0;
}

ConfigNode copy_of(const toml::node& node) {
  using Kind = ConfigNode::Kind;
  ConfigNode copy;
  copy.line = static_cast<int>(node.source().begin.line);
  if (const auto* text = node.as_string()) {
    copy.kind = Kind::text;
    copy.text = text->get();
  } else if (const auto* integer = node.as_integer()) {
    copy.kind = Kind::integer;
    copy.integer = integer->get();
  } else if (const auto* boolean = node.as_boolean()) {
    copy.kind = Kind::boolean;
    copy.boolean = boolean->get();
  } else if (const auto* list = node.as_array()) {
    copy.kind = Kind::list;
    for (const toml::node& item : *list) copy.items.push_back(copy_of(item));
  } else if (const auto* table = node.as_table()) {
    copy.kind = Kind::table;
    for (const auto& [key, value] : *table) {
      ConfigNode member = copy_of(value);
      // A table that only its subtables name has no place of its own.
      const auto key_line = static_cast<int>(key.source().begin.line);
      if (key_line > 0) member.line = key_line;
      copy.members.push_back({std::string(key.str()), std::move(member)});
    }
  }
  return copy;
}

}  // namespace

Result<ConfigNode> parse_toml(const std::string& text, const std::string& name) {
  if (const int line = too_deep_line(text); line > 0)
    return Error{Code::invalid_argument, name + ":" + std::to_string(line) + ": this is nested more than " +
                                             std::to_string(depth_max) + " levels deep; use fewer dots and brackets"};
  try {
    return copy_of(toml::parse(text, name));
  } catch (const toml::parse_error& failure) {
    return Error{Code::invalid_argument, name + ":" + std::to_string(failure.source().begin.line) +
                                             ": this is not TOML: " + std::string(failure.description())};
  }
}

Result<std::string> read_toml_file(const std::string& path) {
  const auto failed = [&](int error) {
    const Code code = error == ENOENT                       ? Code::not_found
                      : error == EACCES || error == EPERM   ? Code::permission_denied
                      : error == EISDIR || error == ENOTDIR ? Code::invalid_argument
                                                            : Code::unavailable;
    return Error{code, "cannot read " + path + ": " + std::generic_category().message(error) +
                           "; give the path of a TOML file that this user may read"};
  };
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return failed(errno);
  struct stat status {};
  std::string text;
  int error = ::fstat(fd, &status) == 0 ? 0 : errno;
  const bool fits = status.st_size <= static_cast<off_t>(toml_file_bytes_max);
  if (error == 0 && S_ISREG(status.st_mode) && fits) {
    text.resize(static_cast<std::size_t>(status.st_size));
    std::size_t size = 0;
    while (size < text.size()) {
      const ssize_t got = ::read(fd, text.data() + size, text.size() - size);
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) error = errno;
      if (got <= 0) break;
      size += static_cast<std::size_t>(got);
    }
    text.resize(size);
  }
  ::close(fd);
  if (error != 0) return failed(error);
  if (!S_ISREG(status.st_mode))
    return Error{Code::invalid_argument, path + " is not a regular file; give the path of a TOML file"};
  if (!fits)
    return Error{Code::invalid_argument,
                 path + " is longer than " + std::to_string(toml_file_bytes_max) + " bytes; split it"};
  return text;
}

}  // namespace rf::process
