#include "tools/ringfencectl/table.hpp"

#include <algorithm>
#include <utility>

#include "core/base/assert.hpp"
#include "tools/ringfencectl/words.hpp"

namespace rf::ctl {

Table::Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

void Table::row(const std::vector<std::string>& cells) {
  RF_ASSERT(cells.size() == columns_.size());
  auto& row = rows_.emplace_back();
  for (const std::string& cell : cells) row.push_back(plain(cell));
}

std::string Table::text() const {
  std::vector<std::size_t> widths;
  for (const Column& column : columns_) widths.push_back(width_of(column.title));
  for (const auto& row : rows_)
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width_of(row[i]));

  std::string out;
  const auto write = [&](const auto& cell_of) {
    std::string line;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      const std::string& cell = cell_of(i);
      const std::string gap(widths[i] - width_of(cell), ' ');
      if (i != 0) line += "  ";
      line += columns_[i].align == Align::right ? gap + cell : cell + gap;
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + "\n";
  };
  write([&](std::size_t i) -> const std::string& { return columns_[i].title; });
  for (const auto& row : rows_) write([&](std::size_t i) -> const std::string& { return row[i]; });
  return out;
}

}  // namespace rf::ctl
