#include "tools/ringfencectl/arguments.hpp"

#include <algorithm>
#include <optional>
#include <sstream>

#include "process/config_value.hpp"

namespace rf::ctl {

namespace {

Error wrong(std::string what) { return {Code::invalid_argument, std::move(what)}; }

std::vector<std::string> split(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> out;
  for (std::string word; in >> word;) out.push_back(word);
  return out;
}

std::string line_of(const CommandForm& form) {
  return form.operands.empty() ? form.words : form.words + " " + form.operands;
}

std::string flag_lines(const std::vector<Flag>& flags) {
  std::string out;
  for (const Flag& flag : flags) {
    std::string left = "  --" + flag.name + (flag.value.empty() ? "" : " " + flag.value);
    left.resize(std::max<std::size_t>(left.size() + 2, 26), ' ');
    out += left + flag.help + "\n";
  }
  return out;
}

std::string help_of(const CommandForm& form) {
  std::string out = "usage: ringfencectl " + line_of(form) + " [FLAG]...\n" + form.help + "\n\n";
  if (!form.flags.empty()) out += flag_lines(form.flags) + "\n";
  return out + "Flags of every command:\n" + flag_lines(common_flags());
}

/// The arguments, one after the other.
class Reader {
 public:
  Reader(const std::vector<CommandForm>& forms, const std::vector<std::string>& arguments)
      : forms_(forms), arguments_(arguments) {}

  Result<Invocation> read() {
    for (std::size_t i = 0; i < arguments_.size(); ++i) {
      const std::string& argument = arguments_[i];
      if (only_words_ || argument.size() < 2 || argument[0] != '-') {
        words_.push_back(argument);
      } else if (argument == "--") {
        only_words_ = true;
      } else if (argument == "-h" || argument == "--help") {
        help_ = true;
      } else if (argument.rfind("--", 0) == 0) {
        given_.push_back(argument.substr(2));
        // Whether the next argument is its value is known once the command is.
        if (takes_value(given_.back()) && i + 1 < arguments_.size()) given_.back() += "=" + arguments_[++i];
      } else {
        return wrong("unknown flag \"" + argument + "\": flags begin with two dashes, ringfencectl --help lists them");
      }
    }
    return resolve();
  }

 private:
  /// A flag's name means the same in every command, so this does not need to know which one it is.
  bool takes_value(const std::string& flag) const {
    if (flag.find('=') != std::string::npos) return false;
    const auto valued = [&](const Flag& f) { return f.name == flag && !f.value.empty(); };
    if (std::any_of(common_flags().begin(), common_flags().end(), valued)) return true;
    return std::any_of(forms_.begin(), forms_.end(), [&](const CommandForm& form) {
      return std::any_of(form.flags.begin(), form.flags.end(), valued);
    });
  }

  Result<Invocation> resolve() {
    if (words_.empty()) {
      if (help_) return answer(usage(forms_));
      return wrong("no command: ringfencectl --help lists them");
    }
    const auto found = find_command();
    if (!found) {
      if (help_ && words_.size() == 1) return answer(usage(forms_));
      return wrong(unknown_command());
    }
    if (help_) return answer(help_of(forms_[*found]));
    out_.command = *found;
    const CommandForm& form = forms_[*found];
    const std::size_t used = split(form.words).size();
    out_.operands.assign(words_.begin() + static_cast<std::ptrdiff_t>(used), words_.end());
    for (const std::string& flag : given_)
      if (const auto taken = take_flag(form, flag); !taken) return taken.error();
    if (const auto fits = check_operands(form); !fits) return fits.error();
    return out_;
  }

  static Invocation answer(std::string text) {
    Invocation out;
    out.answer = std::move(text);
    return out;
  }

  std::optional<std::size_t> find_command() const {
    for (std::size_t i = 0; i < forms_.size(); ++i) {
      const auto wanted = split(forms_[i].words);
      if (words_.size() >= wanted.size() && std::equal(wanted.begin(), wanted.end(), words_.begin())) return i;
    }
    return std::nullopt;
  }

  std::string unknown_command() const {
    std::vector<std::string> same_word;
    for (const CommandForm& form : forms_)
      if (split(form.words)[0] == words_[0]) same_word.push_back(form.words);
    if (!same_word.empty() && words_.size() == 1) {
      std::string choices;
      for (const std::string& words : same_word) choices += (choices.empty() ? "" : ", ") + words;
      return "\"" + words_[0] + "\" needs a second word: " + choices;
    }
    std::string given = words_[0] + (words_.size() > 1 ? " " + words_[1] : "");
    std::vector<std::string> known;
    for (const CommandForm& form : same_word.empty() ? forms_ : std::vector<CommandForm>()) known.push_back(form.words);
    if (!same_word.empty()) known = same_word;
    return "unknown command \"" + given + "\"; the nearest is \"" + process::nearest_key(given, known) +
           "\", ringfencectl --help lists all";
  }

  Result<void> check_operands(const CommandForm& form) const {
    const auto names = split(form.operands);
    const auto needed = static_cast<std::size_t>(
        std::count_if(names.begin(), names.end(), [](const std::string& name) { return name[0] != '['; }));
    if (out_.operands.size() < needed)
      return wrong(names[out_.operands.size()] + " is missing: ringfencectl " + line_of(form));
    if (out_.operands.size() > names.size())
      return wrong("\"" + out_.operands[names.size()] + "\" is one word too many: ringfencectl " + line_of(form));
    return {};
  }

  Result<void> take_flag(const CommandForm& form, const std::string& given) {
    const std::size_t equals = given.find('=');
    const std::string name = given.substr(0, equals);
    std::vector<Flag> flags = form.flags;
    flags.insert(flags.end(), common_flags().begin(), common_flags().end());
    const auto found = std::find_if(flags.begin(), flags.end(), [&](const Flag& flag) { return flag.name == name; });
    if (found == flags.end()) {
      std::vector<std::string> known;
      for (const Flag& flag : flags) known.push_back(flag.name);
      return wrong("\"" + form.words + "\" has no flag --" + name + "; the nearest is --" +
                   process::nearest_key(name, known));
    }
    if (found->value.empty() && equals != std::string::npos)
      return wrong("--" + name + " stands alone, without a value");
    if (!found->value.empty() && equals == std::string::npos)
      return wrong("--" + name + " needs a value: " + found->value);
    const std::string value = equals == std::string::npos ? "" : given.substr(equals + 1);
    if (!out_.flags.emplace(name, value).second) return wrong("--" + name + " was given twice");
    return {};
  }

  const std::vector<CommandForm>& forms_;
  const std::vector<std::string>& arguments_;
  std::vector<std::string> words_;
  /// Without dashes, with `=value`.
  std::vector<std::string> given_;
  bool only_words_ = false;
  bool help_ = false;
  Invocation out_;
};

}  // namespace

std::string Invocation::flag(std::string_view name, std::string_view otherwise) const {
  const auto found = flags.find(std::string(name));
  return found == flags.end() ? std::string(otherwise) : found->second;
}

const std::vector<Flag>& common_flags() {
  static const std::vector<Flag> flags = {
      {"server", "HOST:PORT", "the node's gRPC address; 127.0.0.1:7400 when absent"},
      {"token-file", "FILE", "the client token; data/client.token when absent"},
      {"account", "ACCOUNT", "id or key; may be absent while the node has one account"},
      {"timeout", "DURATION", "how long to wait for an answer; 10s when absent"},
      {"json", "", "the answer as JSON, one object a line"},
  };
  return flags;
}

Result<Invocation> parse(const std::vector<CommandForm>& forms, const std::vector<std::string>& arguments) {
  return Reader(forms, arguments).read();
}

std::string usage(const std::vector<CommandForm>& forms) {
  std::string out = "usage: ringfencectl COMMAND [FLAG]...\nThe command line of a Ringfence node.\n\n";
  std::size_t width = 0;
  for (const CommandForm& form : forms) width = std::max(width, line_of(form).size());
  for (const CommandForm& form : forms) {
    std::string left = "  " + line_of(form);
    left.resize(width + 4, ' ');
    out += left + form.help.substr(0, form.help.find('\n')) + "\n";
  }
  return out + "\nFlags of every command (ringfencectl COMMAND --help lists its own):\n" + flag_lines(common_flags()) +
         "\nExit codes: 0 done; 1 refused by the node, or not healthy; 2 wrong command line or token file; 3 no answer "
         "from the "
         "node.\n";
}

}  // namespace rf::ctl
