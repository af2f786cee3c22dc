// Descriptors: what the application bound (ARD, APD), what the driver sends (IPD) and what a result looks like (IRD).
// Spec: ODBC "Descriptors", SQLSetDescField
#pragma once

#include <sql.h>
#include <sqlext.h>

#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include "odbc/handle.h"
#include "odbc/states.h"
#include "odbc/types.h"
#include "protocol/column.h"

namespace selkie::odbc {

struct TypeDescription;

class Connection;
class Statement;

enum class DescriptorRole : std::uint8_t { ard, apd, ird, ipd };  // an explicit one is an ARD or APD by its use

// One record of an ARD, APD or IPD. Record 0 is the bookmark.
struct DescriptorRecord {
  SQLSMALLINT type = SQL_C_DEFAULT;          // SQL_DESC_TYPE
  SQLSMALLINT concise_type = SQL_C_DEFAULT;  // SQL_DESC_CONCISE_TYPE
  SQLSMALLINT datetime_interval_code = 0;
  SQLINTEGER datetime_interval_precision = 0;
  SQLULEN length = 0;       // characters, or bytes of a binary type
  SQLLEN octet_length = 0;  // bytes of the buffer
  SQLSMALLINT precision = 0, scale = 0;
  SQLINTEGER num_prec_radix = 0;
  SQLPOINTER data_ptr = nullptr;
  SQLLEN* octet_length_ptr = nullptr;
  SQLLEN* indicator_ptr = nullptr;
  SQLSMALLINT parameter_type = SQL_PARAM_INPUT;  // IPD
  std::string name;                              // IPD

  bool is_bound() const { return data_ptr != nullptr || octet_length_ptr != nullptr || indicator_ptr != nullptr; }
};

// What SQLDescribeCol says about a result's column.
struct ColumnAnswer {
  std::string_view column_name;  // as long as the columns live
  std::string full_name;         // with the table's, where that is wished; else empty
  std::string_view name() const { return full_name.empty() ? column_name : full_name; }
  SQLSMALLINT type = SQL_UNKNOWN_TYPE;
  SQLULEN column_size = 0;
  SQLSMALLINT decimal_digits = 0;
  SQLSMALLINT nullable = SQL_NULLABLE_UNKNOWN;
};

// How far the buffers of an array's rows lie apart, in bytes.
struct RowSteps {
  SQLLEN data = 0, length = 0;
};

class Descriptor : public Handle {
 public:
  static constexpr HandleTag kTag = HandleTag::descriptor;
  Descriptor(Connection& connection, DescriptorRole role, bool is_automatic);

  std::mutex& mutex();
  Connection& connection() { return connection_; }
  DescriptorRole role() const { return role_; }
  bool is_automatic() const { return is_automatic_; }

  // Counts every change; a plan made from this descriptor is right while the number stays.
  std::uint64_t generation() const { return generation_; }
  void changed() { ++generation_; }

  // --- Header
  SQLULEN array_size = 1;
  SQLUSMALLINT* array_status_ptr = nullptr;
  SQLLEN* bind_offset_ptr = nullptr;
  SQLULEN bind_type = SQL_BIND_BY_COLUMN;
  SQLULEN* rows_processed_ptr = nullptr;

  SQLLEN bind_offset() const { return bind_offset_ptr == nullptr ? 0 : *bind_offset_ptr; }
  // Of an ARD or APD record that is bound as `c_type`.
  RowSteps row_steps(const DescriptorRecord& record, SQLSMALLINT c_type) const;

  // --- Records of an ARD, APD or IPD, by ODBC's numbers: 0 the bookmark, then from 1.
  SQLSMALLINT count() const;  // SQL_DESC_COUNT: the highest record (IRD: the number of columns)
  // Null when there is none.
  DescriptorRecord* find(SQLSMALLINT number);
  // Made when missing, with all records below it. Whoever changes the record afterwards says changed().
  DescriptorRecord& record(SQLSMALLINT number);
  void set_count(SQLSMALLINT count);  // drops the records above
  void unbind(SQLSMALLINT number);    // SQLBindCol without a buffer: the count falls to the highest record still bound
  void unbind_all();                  // SQL_UNBIND, SQL_RESET_PARAMS; a bound bookmark stays

  // --- IRD: a view of the result's columns; described on demand, so an unchanged result costs nothing.
  void show(protocol::ColumnSetPtr columns) { columns_ = std::move(columns); }
  const protocol::ColumnSetPtr& columns() const { return columns_; }
  std::string full_name(const protocol::Column& column) const;  // "table.column", where that is wished; else empty
  SQLSMALLINT nullable(const protocol::Column& column) const;   // SQL_DESC_NULLABLE
  // Of column `number` of columns(), 0 being the bookmark, which has to be there. Columns that are shown again have it ready.
  const ColumnAnswer& answer(std::size_t number);
  const protocol::Column* bookmark = nullptr;  // IRD: column 0; null while SQL_ATTR_USE_BOOKMARKS is off

  // Field access with ODBC's rules, by the field x role table (descriptor_fields.cpp).
  // Text values are returned in `text`; numeric ones in `number`, pointers in `pointer`.
  struct Value {
    enum class Kind : std::uint8_t { number, pointer, text } kind = Kind::number;
    SQLLEN number = 0;
    SQLPOINTER pointer = nullptr;
    std::string text{};
    SQLSMALLINT size_bytes = sizeof(SQLINTEGER);  // width of a number in the caller's buffer
  };
  // True: `field` is of a record and `number` past the last one, which is SQL_NO_DATA. Throws as get_field.
  bool is_past_end(SQLSMALLINT number, SQLSMALLINT field);
  // An IRD may have its statement prepared on the server first. Throws Fail(HY091 | 07009 | HY007).
  Value get_field(SQLSMALLINT number, SQLSMALLINT field);
  // `value` and `buffer_length` as SQLSetDescField received them. Throws Fail(HY016 | HY091 | 07009 | HY021 | HY092).
  // A field of an IRD's record for this column.
  Value column_field(const protocol::Column& column, SQLSMALLINT field) const;
  void set_field(SQLSMALLINT number, SQLSMALLINT field, SQLPOINTER value, SQLINTEGER buffer_length, bool wide);
  // SQLSetDescRec's fields of a record that exists. Throws Fail(HY021) when they do not fit each other.
  void check_consistency(const DescriptorRecord& record) const;
  // SQLCopyDesc. Throws Fail(HY016 | HY007 | HY021).
  void copy_from(Descriptor& source);

  // Sets type, concise type and code of a record together. Throws Fail(HY021) when they do not fit.
  static void set_concise_type(DescriptorRecord& record, SQLSMALLINT concise_type);

 private:
  Value header_field(SQLSMALLINT field) const;
  Value record_field(const DescriptorRecord& record, SQLSMALLINT field) const;
  Value type_field(const TypeDescription& type, SQLSMALLINT field) const;
  void set_header_field(SQLSMALLINT field, SQLPOINTER value);
  void set_record_field(DescriptorRecord& record, SQLSMALLINT field, SQLPOINTER value, SQLINTEGER buffer_length, bool wide);
  // An IRD's column as a record of another descriptor.
  DescriptorRecord described_record(SQLSMALLINT column_number) const;
  // Of an IRD: asks its statement for the columns, which must be in a state that has some for `call`.
  void need_columns(Call call);
  void trim();  // drops unbound records at the end
  bool is_type(SQLSMALLINT concise_type) const;
  static void set_verbose_type(DescriptorRecord& record, SQLSMALLINT type);
  static void set_datetime_code(DescriptorRecord& record, SQLSMALLINT code);

  Connection& connection_;
  DescriptorRole role_;
  bool is_automatic_;
  std::uint64_t generation_ = 1;
  DescriptorRecord bookmark_;
  std::vector<DescriptorRecord> records_;  // [0] is record 1
  protocol::ColumnSetPtr columns_;         // IRD
  std::vector<ColumnAnswer> answers_;      // IRD, by number, those without a type not yet given
  protocol::ColumnSetPtr answered_for_;    // the columns that they are about; kept over executions
};

// A concise type as this application knows it: ODBC 2's numbers for date, time and timestamp when it declared ODBC 2.
// Spec: "Datetime Data Type Changes"
SQLSMALLINT concise_type_for(const Connection& connection, SQLSMALLINT concise_type);

}  // namespace selkie::odbc
