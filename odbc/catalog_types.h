// Column types as INFORMATION_SCHEMA has them, turned into ODBC's by SQL expressions that are made from describe(): what
// SQLColumns says about a column is what SQLDescribeCol says about it in a result.
#pragma once

#include <string>
#include <string_view>

#include "odbc/types.h"

namespace selkie::odbc {

// SQL expressions over a row of COLUMNS or PARAMETERS.
struct TypeColumns {
  std::string data_type, type_name, column_size, buffer_length, decimal_digits, num_prec_radix, sql_data_type, datetime_sub,
      char_octet_length;
};

//   prefix       of the view's columns: "C."
//   column_type  the one that holds "int(10) unsigned"
//   mariadb      where the two families send a type differently
//   odbc2        the application declared ODBC 2 and knows its datetime codes
TypeColumns type_columns(std::string_view prefix, std::string_view column_type, const DescribeOptions& options, bool mariadb,
                         bool odbc2);

}  // namespace selkie::odbc
