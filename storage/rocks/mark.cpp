#include "storage/rocks/mark.hpp"

#include "storage/bytes.hpp"
#include "storage/chain.hpp"
#include "storage/crc32c.hpp"
#include "storage/rocks/log_directory.hpp"

namespace rf::storage::rocks {

namespace {

constexpr std::string_view magic = "RFMARK1\n";
constexpr std::size_t mark_bytes = 8 + 32;
constexpr std::size_t file_bytes = 8 + journal_shards * mark_bytes + 4;

Error unusable(const std::string& what) {
  return Error{Code::corrupt, what +
                                  ", so it cannot be told whether the log lost its tail: restore the directory from a "
                                  "backup, or run `rf-log accept` on it to serve what `rf-log verify` finds"};
}

}  // namespace

std::string encode_marks(const Marks& marks) {
  std::string bytes(magic);
  for (const Mark& mark : marks) {
    append_be64(bytes, mark.index);
    bytes.append(bytes_of(mark.hash));
  }
  append_be32(bytes, crc32c(bytes, 0));
  return bytes;
}

Result<Marks> decode_marks(std::string_view bytes) {
  if (bytes.size() != file_bytes || bytes.substr(0, magic.size()) != magic ||
      be32_at(bytes.data() + file_bytes - 4) != crc32c(bytes.substr(0, file_bytes - 4), 0))
    return unusable("the durable mark is damaged");
  Marks marks;
  for (std::size_t shard = 0; shard < marks.size(); ++shard) {
    const std::string_view at = bytes.substr(magic.size() + shard * mark_bytes, mark_bytes);
    marks[shard] = Mark{be64_at(at.data()), hash_of(at.substr(8))};
  }
  return marks;
}

Result<void> write_marks(const LogDirectory& directory, const Marks& marks) {
  return directory.replace("mark", encode_marks(marks));
}

Result<Marks> read_marks(const LogDirectory& directory) {
  const Result<std::string> bytes = directory.read("mark");
  if (!bytes) {
    if (bytes.error().code == Code::not_found)
      return unusable("the durable mark " + directory.mark_path() + " is missing");
    return bytes.error();
  }
  return decode_marks(*bytes);
}

}  // namespace rf::storage::rocks
