// Every SQLSTATE the driver raises itself, and the exception that carries one to the door of the entry points.
// A new state is one row here. Spec: ODBC Appendix A.
#pragma once

#include <sql.h>
#include <sqlext.h>

#include <cstdint>
#include <exception>
#include <string>
#include <string_view>

namespace selkie::odbc {

// X(enumerator, ODBC 3 state, ODBC 2 state, default message)
#define SELKIE_SQLSTATES(X)                                                                                     \
  X(general_warning, "01000", "01000", "General warning")                                                       \
  X(truncated, "01004", "01004", "String data, right truncated")                                                \
  X(cursor_conflict, "01001", "01S03", "Cursor operation conflict")                                             \
  X(several_rows_changed, "01001", "01S04", "Cursor operation conflict")                                        \
  X(disconnect_error, "01002", "01002", "Disconnect error")                                                     \
  X(invalid_keyword, "01S00", "01S00", "Invalid connection string attribute")                                   \
  X(row_error, "01S01", "01S01", "Error in row")                                                                \
  X(option_changed, "01S02", "01S02", "Option value changed")                                                   \
  X(fetched_before_first, "01S06", "01S06", "Attempt to fetch before the result set returned the first rowset") \
  X(fraction_truncated, "01S07", "01S07", "Fractional truncation")                                              \
  X(wrong_parameter_count, "07002", "07001", "COUNT field incorrect")                                           \
  X(not_a_cursor_specification, "07005", "24000", "Prepared statement is not a cursor specification")           \
  X(restricted_type, "07006", "07006", "Restricted data type attribute violation")                              \
  X(restricted_parameter, "07007", "07007", "Restricted parameter value violation")                             \
  X(invalid_descriptor_index, "07009", "S1002", "Invalid descriptor index")                                     \
  X(cannot_connect, "08001", "08001", "Client unable to establish connection")                                  \
  X(connection_in_use, "08002", "08002", "Connection name in use")                                              \
  X(not_connected, "08003", "08003", "Connection not open")                                                     \
  X(connection_rejected, "08004", "08004", "Server rejected the connection")                                    \
  X(link_failure, "08S01", "08S01", "Communication link failure")                                               \
  X(no_column_to_update, "21S02", "21S02", "Degree of derived table does not match column list")                \
  X(string_too_long, "22001", "22001", "String data, right truncated")                                          \
  X(indicator_required, "22002", "22002", "Indicator variable required but not supplied")                       \
  X(out_of_range, "22003", "22003", "Numeric value out of range")                                               \
  X(bad_datetime, "22007", "22008", "Invalid datetime format")                                                  \
  X(datetime_overflow, "22008", "22008", "Datetime field overflow")                                             \
  X(interval_overflow, "22015", "22015", "Interval field overflow")                                             \
  X(bad_cast, "22018", "22005", "Invalid character value for cast specification")                               \
  X(invalid_cursor_state, "24000", "24000", "Invalid cursor state")                                             \
  X(invalid_transaction_state, "25000", "25000", "Invalid transaction state")                                   \
  X(invalid_authorization, "28000", "28000", "Invalid authorization specification")                             \
  X(invalid_cursor_name, "34000", "34000", "Invalid cursor name")                                               \
  X(duplicate_cursor_name, "3C000", "3C000", "Duplicate cursor name")                                           \
  X(serialization_failure, "40001", "40001", "Serialization failure")                                           \
  X(syntax_error, "42000", "37000", "Syntax error or access violation")                                         \
  X(general_error, "HY000", "S1000", "General error")                                                           \
  X(out_of_memory, "HY001", "S1001", "Memory allocation error")                                                 \
  X(invalid_c_type, "HY003", "S1003", "Invalid application buffer type")                                        \
  X(invalid_sql_type, "HY004", "S1004", "Invalid SQL data type")                                                \
  X(not_prepared, "HY007", "S1010", "Associated statement is not prepared")                                     \
  X(cancelled, "HY008", "S1008", "Operation canceled")                                                          \
  X(null_pointer, "HY009", "S1009", "Invalid use of null pointer")                                              \
  X(sequence_error, "HY010", "S1010", "Function sequence error")                                                \
  X(attribute_cannot_be_set_now, "HY011", "S1011", "Attribute cannot be set now")                               \
  X(invalid_transaction_operation, "HY012", "S1012", "Invalid transaction operation code")                      \
  X(cannot_modify_ird, "HY016", "S1016", "Cannot modify an implementation row descriptor")                      \
  X(automatic_descriptor, "HY017", "S1017", "Invalid use of an automatically allocated descriptor handle")      \
  X(not_data_at_execution, "HY019", "22003", "Non-character and non-binary data sent in pieces")                \
  X(concatenate_null, "HY020", "S1020", "Attempt to concatenate a null value")                                  \
  X(inconsistent_descriptor, "HY021", "S1021", "Inconsistent descriptor information")                           \
  X(invalid_attribute_value, "HY024", "S1009", "Invalid attribute value")                                       \
  X(invalid_length, "HY090", "S1090", "Invalid string or buffer length")                                        \
  X(invalid_descriptor_field, "HY091", "S1091", "Invalid descriptor field identifier")                          \
  X(invalid_attribute, "HY092", "S1092", "Invalid attribute/option identifier")                                 \
  X(invalid_info_type, "HY096", "S1096", "Invalid information type")                                            \
  X(column_type_out_of_range, "HY097", "S1097", "Column type out of range")                                     \
  X(scope_out_of_range, "HY098", "S1098", "Scope type out of range")                                            \
  X(nullable_out_of_range, "HY099", "S1099", "Nullable type out of range")                                      \
  X(uniqueness_out_of_range, "HY100", "S1100", "Uniqueness option type out of range")                           \
  X(accuracy_out_of_range, "HY101", "S1101", "Accuracy option type out of range")                               \
  X(invalid_precision, "HY104", "S1104", "Invalid precision or scale value")                                    \
  X(invalid_parameter_type, "HY105", "S1105", "Invalid parameter type")                                         \
  X(fetch_type_out_of_range, "HY106", "S1106", "Fetch type out of range")                                       \
  X(row_out_of_range, "HY107", "S1107", "Row value out of range")                                               \
  X(invalid_cursor_position, "HY109", "S1109", "Invalid cursor position")                                       \
  X(invalid_driver_completion, "HY110", "S1110", "Invalid driver completion")                                   \
  X(invalid_bookmark, "HY111", "S1111", "Invalid bookmark value")                                               \
  X(optional_feature, "HYC00", "S1C00", "Optional feature not implemented")                                     \
  X(timeout, "HYT00", "S1T00", "Timeout expired")                                                               \
  X(connection_timeout, "HYT01", "S1T00", "Connection timeout expired")                                         \
  X(function_not_supported, "IM001", "IM001", "Driver does not support this function")

enum class SqlState : std::uint8_t {
#define X(name, state3, state2, text) name,
  SELKIE_SQLSTATES(X)
#undef X
};

std::string_view sqlstate_text(SqlState state);   // "HY010"
std::string_view sqlstate2_text(SqlState state);  // what an ODBC 2 application is told: "S1010"
std::string_view default_message(SqlState state);

// An ODBC error on its way to the door. The message says what to do; empty = the state's own words.
struct Fail {
  explicit Fail(SqlState s, std::string text = {}) : state(s), message(std::move(text)) {}
  // Of a row of a rowset or a set of parameters, and a column or parameter: SQL_DIAG_ROW_NUMBER, SQL_DIAG_COLUMN_NUMBER.
  Fail(SqlState s, std::string text, SQLLEN at_row, SQLINTEGER at_column)
      : state(s), message(std::move(text)), row(at_row), column(at_column) {}
  SqlState state;
  std::string message;
  SQLLEN row = SQL_NO_ROW_NUMBER;
  SQLINTEGER column = SQL_NO_COLUMN_NUMBER;
};

}  // namespace selkie::odbc
