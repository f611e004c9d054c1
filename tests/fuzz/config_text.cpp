// The programs' configuration: any file, any flags and any text give values or a sentence, and what is printed reads back.
#include <sys/mman.h>
#include <unistd.h>

#include "core/base/assert.hpp"
#include "process/config.hpp"
#include "process/config_reader.hpp"
#include "process/toml.hpp"
#include "tests/fuzz/target.hpp"

namespace rf::fuzz {
namespace {

using namespace process;

enum class Way : std::uint8_t { file, flags, reader, value, count };

const ProgramSpec& spec() {
  static const ProgramSpec all{
      "program",
      "1",
      "Has an option of every type.",
      {Option::text("text", "", "A text."), Option::choice("choice", "a", {"a", "bc"}, "A choice."),
       Option::integer("table.integer", 1, -5, 70000, "A number."), Option::boolean("table.boolean", "Yes or no."),
       Option::duration("table.duration", "1s", 0, 86400 * second_ms, "A time."),
       Option::address("table.deep.address", "localhost:1", "An address."),
       Option::address_or_none("table.deep.none", "", "An address or none."),
       Option::text_list("list", "a,b", "Some texts.")}};
  return all;
}

/// A file in memory, under a path.
class MemoryFile {
 public:
  explicit MemoryFile(std::string_view text) : fd_(::memfd_create("config", MFD_CLOEXEC)) {
    RF_ASSERT(fd_ >= 0);
    RF_ASSERT(::write(fd_, text.data(), text.size()) == static_cast<ssize_t>(text.size()));
  }
  ~MemoryFile() { ::close(fd_); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  std::string path() const { return "/proc/self/fd/" + std::to_string(fd_); }

 private:
  int fd_;
};

/// What was printed must be read, and print the same.
void check_print(const Result<Launch>& launched) {
  if (!launched) {
    RF_ASSERT(!launched.error().what.empty());
    return;
  }
  if (!launched->answer) return;
  const MemoryFile printed(*launched->answer);
  const auto again = launch(spec(), {"--config", printed.path(), "--print-config"});
  RF_ASSERT(again.ok());
  RF_ASSERT(*again->answer == *launched->answer);
}

void read_file(std::string_view text) {
  const MemoryFile file(text);
  check_print(launch(spec(), {"--config", file.path(), "--print-config"}));
}

/// Arguments end with a line feed. No other file is read than one of ours.
void read_flags(std::string_view text) {
  std::vector<std::string> arguments;
  while (!text.empty() && arguments.size() < 20) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string one(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (!one.starts_with("--config") && one != "--help" && one != "-h" && one != "--version")
      arguments.push_back(std::move(one));
  }
  arguments.emplace_back("--print-config");
  check_print(launch(spec(), arguments));
}

void read_tables(std::string_view text) {
  auto root = ConfigReader::from_text(std::string(text), "file");
  if (!root) {
    RF_ASSERT(root.error().what.starts_with("file:"));
    return;
  }
  root->text("text");
  root->choice("choice", {"a", "bc"});
  root->text_list("list");
  root->required_text("needed");
  ConfigReader table = root->table("table");
  table.integer("integer", -5, 70000);
  table.boolean("boolean");
  table.duration_ms("duration", 0, 86400 * second_ms);
  for (ConfigReader& item : root->tables("item")) {
    item.address("address");
    for (ConfigReader& part : item.tables("part")) part.required_text("text");
  }
  if (const auto finished = root->finish(); !finished) RF_ASSERT(finished.error().what.starts_with("file:"));
}

void read_value(std::string_view text) {
  if (const auto address = address_of(text)) {
    address->loopback();
    RF_ASSERT(address_of(address->text()) == address);
  }
  if (const auto ms = duration_ms_of(text)) RF_ASSERT(duration_ms_of(duration_text(*ms)) == ms);
  for (const Option& option : spec().options) {
    const auto value = value_of_text(option.rule, text);
    if (!value) continue;
    const auto read = parse_toml("key = " + toml_text(option.rule, *value), "printed");
    RF_ASSERT(read.ok());
    const auto again = value_of_node(option.rule, read->members.at(0).node);
    RF_ASSERT(again && toml_text(option.rule, *again) == toml_text(option.rule, *value));
  }
  RF_ASSERT(nearest_key(text, {"text", "table.integer"}) != "");
}

std::string seed(Way way, std::string_view text) { return chosen(static_cast<std::uint8_t>(way), text); }

}  // namespace

void run(std::string_view input) {
  const auto [way, text] = choice_of(input, static_cast<std::uint8_t>(Way::count));
  switch (static_cast<Way>(way)) {
    case Way::file: return read_file(text);
    case Way::flags: return read_flags(text);
    case Way::reader: return read_tables(text);
    case Way::value: return read_value(text);
    case Way::count: break;
  }
}

std::vector<std::string> seeds() {
  const auto defaults = launch(spec(), {"--print-config"});
  return {
      seed(Way::file, *defaults->answer),
      seed(Way::file,
           "text = '''\na\n'''\nlist = [\"a\", 'b']\n[table]\nduration = \"5m\"\ndeep.address = \"[::1]:80\"\n"),
      seed(Way::flags, "--text\na\n--table.boolean\n--table.integer=7\n--list=a,b\n--table.duration\n5s"),
      seed(Way::reader,
           "needed = \"a\"\nlist = [\"b\"]\n[table]\ninteger = 7\n[[item]]\naddress = \"a:1\"\n[[item.part]]\n"
           "text = \"c\"\nodd = {a = 1, b.c = 2020-01-01T00:00:00Z, d = [1, 0x2, 1e3, nan]}\n"),
      seed(Way::value, "[::1]:5060"),
      seed(Way::value, "1500ms"),
      seed(Way::value, "a,b\x7f\xff"),
  };
}

}  // namespace rf::fuzz
