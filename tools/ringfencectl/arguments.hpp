#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.hpp"

/// The command line as a value. Pure.
namespace rf::ctl {

struct Flag {
  /// Without the dashes.
  std::string name;
  /// What stands for its value in --help; empty: the flag stands alone.
  std::string value;
  std::string help;
};

/// One command: what it is called, and what may follow.
struct CommandForm {
  /// One or two words: "agent login".
  std::string words;
  /// Names of what must follow, e.g. "AGENT STATUS"; one in brackets may be left out, as the last.
  std::string operands;
  std::string help;
  std::vector<Flag> flags;
};

/// What was asked for.
struct Invocation {
  /// Set: print this and exit with 0.
  std::string answer;
  /// Place in the list of forms.
  std::size_t command = 0;
  std::vector<std::string> operands;
  /// Given flags by name; one that stands alone has an empty value.
  std::map<std::string, std::string> flags;

  bool has(std::string_view flag) const { return flags.count(std::string(flag)) != 0; }
  /// Its value, or `otherwise`.
  std::string flag(std::string_view name, std::string_view otherwise) const;
  /// The operand at that place; empty when it was left out.
  std::string operand(std::size_t place) const { return place < operands.size() ? operands[place] : ""; }
};

/// The flags that every command takes.
const std::vector<Flag>& common_flags();

/// Reads arguments without the program's name. `--flag value` and `--flag=value` mean the same, anywhere on the line; after
/// `--` everything is an operand. invalid_argument names the nearest command or flag, or what is missing.
Result<Invocation> parse(const std::vector<CommandForm>& forms, const std::vector<std::string>& arguments);

/// Every command, a line each, with the common flags and the exit codes.
std::string usage(const std::vector<CommandForm>& forms);

}  // namespace rf::ctl
