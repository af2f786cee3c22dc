// The result sets of the catalog functions and of SQLGetTypeInfo as the specification has them: names, types, sizes.
// Depends on protocol's column alone.
// Spec: the table of result columns of each function
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "protocol/column.h"

namespace selkie::odbc {

struct ShapeColumn {
  std::string_view name;
  enum class Type : std::uint8_t { smallint, integer, varchar } type = Type::varchar;
  bool not_null = false;
  std::uint16_t characters = 0;  // of a varchar
};
using Shape = std::span<const ShapeColumn>;

extern const Shape kTablesShape, kColumnsShape, kPrimaryKeysShape, kStatisticsShape, kForeignKeysShape, kSpecialColumnsShape,
    kProceduresShape, kProcedureColumnsShape, kTablePrivilegesShape, kColumnPrivilegesShape, kTypeInfoShape;

// The shape as a result's columns, text in utf8mb4.
protocol::ColumnSetPtr column_set(Shape shape);

}  // namespace selkie::odbc
