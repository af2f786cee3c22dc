// Rows of COM_STMT_BULK_EXECUTE, encoded straight from the application's arrays: what a parameter needs for any row is worked
// out once, common values are written in place, and room is asked for once a row.
// Depends on convert.h and protocol's writer; knows no handles.
// Spec: MariaDB "COM_STMT_BULK_EXECUTE"
#pragma once

#include <sql.h>

#include <cstdint>
#include <span>

#include "odbc/convert.h"
#include "protocol/bytes.h"

namespace selkie::odbc {

// A parameter whose values lie in the application's arrays, at any address, and whose length says whether there is one.
struct BulkParameter {
  const InPlan* plan = nullptr;
  const std::uint8_t* data = nullptr;    // of row 0
  const std::uint8_t* length = nullptr;  // of row 0, an SQLLEN; null: no value is NULL, and the C type tells how long it is
  SQLLEN data_step = 0, length_step = 0;
  SQLLEN fixed_bytes = 0;   // of the C type; 0 for text and bytes
  SQLLEN buffer_bytes = 0;  // of one value of text or bytes
};

struct BulkRange {
  std::size_t first = 0, end = 0;
  const SQLUSMALLINT* operations = nullptr;  // of row 0; SQL_PARAM_IGNORE marks rows that are not sent; null: none
};

// Appends the rows of the range until `out` has `enough_bytes`.
//   has_null  becomes true when a value was NULL
// Answers the row it stopped at: the range's end; the first that begins where enough bytes are; one that is ignored; or one
// with a value that needs a closer look, as it is neither NULL nor in its buffer, or cannot be converted to the type announced.
// Nothing is appended of it.
std::size_t append_bulk_rows(std::span<const BulkParameter> parameters, const BulkRange& range, std::size_t enough_bytes,
                             protocol::ByteWriter& out, bool& has_null);

}  // namespace selkie::odbc
