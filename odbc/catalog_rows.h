// The rows of a catalog query as the function's result has them: the query selects the facts about a type, this puts the
// result's columns about it in their place. Depends on protocol's rows alone, and on the types.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "odbc/catalog_types.h"

namespace selkie::odbc {

// Where the facts stand in a row of the query and what becomes of them. All other columns follow each other as in the result,
// and the column behind the facts is never NULL.
struct TypeLayout {
  std::size_t facts = 0;    // columns before the facts, and in the result before DATA_TYPE
  std::size_t first = 0;    // how many of DATA_TYPE, TYPE_NAME, COLUMN_SIZE, BUFFER_LENGTH, DECIMAL_DIGITS, NUM_PREC_RADIX
  std::size_t between = 0;  // columns between them and the second group
  std::size_t second = 0;   // how many of SQL_DATA_TYPE, SQL_DATETIME_SUB, CHAR_OCTET_LENGTH
  std::size_t behind = 0;   // columns after those

  constexpr std::size_t query_columns() const { return facts + kTypeFacts + between + behind; }
  constexpr std::size_t result_columns() const { return facts + first + between + second + behind; }
};

// SQLColumns, SQLProcedureColumns, SQLSpecialColumns.
inline constexpr TypeLayout kColumnsTypes{.facts = 4, .first = 6, .between = 3, .second = 3, .behind = 2},
    kProcedureColumnsTypes{.facts = 5, .first = 6, .between = 3, .second = 3, .behind = 2},
    kSpecialColumnsTypes{.facts = 2, .first = 5, .between = 1};

class CatalogRows {
 public:
  CatalogRows(TypeLayout layout, TypeRules rules) : layout_(layout), rules_(rules), query_cells_(layout.query_columns()) {}

  std::size_t query_columns() const { return query_cells_.size(); }

  // Text rows of the query as cells of the result, as protocol::slice_rows() has them. They point into the rows and into this
  // object, and are good until the next call.
  std::size_t split(std::span<const protocol::Bytes> rows, std::span<protocol::Cell> cells);

 private:
  static constexpr std::size_t kFirst = 6, kSecond = 3;
  // The result's columns about one type.
  struct Described {
    std::optional<std::string> texts[kFirst + kSecond];
    protocol::Cell cells[kFirst + kSecond];  // the same, as a row has them
  };
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view key) const { return std::hash<std::string_view>()(key); }
  };

  bool split_row(protocol::Bytes row, protocol::Cell* cells);
  const Described& described(std::string_view key);
  void describe(Described& to) const;

  TypeLayout layout_;
  TypeRules rules_;
  std::vector<protocol::Cell> query_cells_;
  std::unordered_map<std::string, Described, Hash, std::equal_to<>> described_;  // by the facts' bytes in the row
};

}  // namespace selkie::odbc
