// What a CALL brings back besides results: OUT and INOUT values, and the return value of {?=call f()}. Into the bound buffers,
// or as streams, which SQLParamData names one after the other and SQLGetData reads. Spec: ODBC "Procedure Parameters",
// "Retrieving Output Parameters Using SQLGetData"
#pragma once

#include <sql.h>
#include <sqlext.h>

#include <cstdint>
#include <optional>
#include <vector>

#include "odbc/convert.h"
#include "protocol/bytes.h"
#include "protocol/column.h"
#include "protocol/row.h"

namespace selkie::odbc {

class Statement;

bool is_input(SQLSMALLINT direction);   // SQL_PARAM_INPUT and both SQL_PARAM_INPUT_OUTPUTs
bool is_output(SQLSMALLINT direction);  // SQL_PARAM_OUTPUT, SQL_PARAM_INPUT_OUTPUT, and their streams
bool is_output_stream(SQLSMALLINT direction);

class OutputValues {
 public:
  explicit OutputValues(Statement& statement) : statement_(statement) {}

  // Takes the values of one row. Without a streamed one among them all are delivered at once, as by finish(); else a copy of
  // the row is kept until then.
  //   numbers  of the parameters (ODBC's), one a column; columns beyond them are ignored
  //   set      of an array of parameters, whose buffers get the values
  // Throws Fail(08S01) for a row that does not fit its columns, and closes the connection.
  void take(protocol::Bytes row, const protocol::ColumnSet& columns, protocol::Encoding encoding,
            const std::vector<SQLSMALLINT>& numbers, std::size_t set);
  bool has_streams() const { return !values_.empty(); }

  // Moves on to the next streamed value; what is left of the one before is given up. The application's token, nullopt at the
  // end.
  std::optional<SQLPOINTER> next();
  // Names the first before SQLParamData asks: unixODBC lets no such call through after the one that sent the last data. next()
  // names it again, unless some of it was read.
  std::optional<SQLPOINTER> name_first();
  bool is_named() const { return named_.has_value(); }
  // SQLGetData of the value named. `c_type` may be SQL_APD_TYPE. Throws Fail(07009 | HY003 | HY090 | 07006).
  SQLRETURN get_data(SQLUSMALLINT number, SQLSMALLINT c_type, const Slot& slot);

  // Gives up the streams and delivers the bound values. Posts warnings; throws Fail for what cannot be converted.
  void finish();
  void forget();

 private:
  struct Value {
    SQLSMALLINT number;  // ODBC's, of the parameter
    SQLSMALLINT sql_type;
    bool is_stream;
    SQLPOINTER token;  // of a stream
    protocol::Cell cell;
    protocol::Column column;
    bool is_broken = false;  // text in another character set than the server should send
  };
  void deliver(const Value& value);

  Statement& statement_;
  std::vector<std::uint8_t> row_;  // what the cells point into, while there are streams
  protocol::Encoding encoding_ = protocol::Encoding::binary;
  std::size_t set_ = 0;
  std::vector<Value> values_;
  std::optional<std::size_t> named_;  // in values_
  bool named_ahead_ = false;
  SQLSMALLINT get_type_ = 0;
  Progress progress_;
};

}  // namespace selkie::odbc
