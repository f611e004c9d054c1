#pragma once
#include <string>
#include <vector>

namespace rf::ctl {

enum class Align { left, right };

struct Column {
  std::string title;
  Align align = Align::left;
};

/// Rows under titles, in columns as wide as what stands in them.
class Table {
 public:
  explicit Table(std::vector<Column> columns);

  /// As many cells as columns; control characters become '?'.
  void row(const std::vector<std::string>& cells);
  bool empty() const { return rows_.empty(); }
  /// A line each, without blanks at their ends; nothing but titles when there are no rows.
  std::string text() const;

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace rf::ctl
