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
#include "odbc/types.h"
#include "protocol/column.h"

namespace selkie::odbc {

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

  // --- Records of an ARD, APD or IPD, by ODBC's numbers: 0 the bookmark, then from 1.
  SQLSMALLINT count() const;  // the highest bound record (IRD: the number of columns)
  // Null when there is none.
  DescriptorRecord* find(SQLSMALLINT number);
  // Made when missing.
  DescriptorRecord& record(SQLSMALLINT number);
  void set_count(SQLSMALLINT count);  // drops the records above
  void unbind_all();                  // SQL_UNBIND, SQL_RESET_PARAMS

  // --- IRD: a view of the result's columns; described on demand, so an unchanged result costs nothing.
  void show(protocol::ColumnSetPtr columns) { columns_ = std::move(columns); }
  const protocol::ColumnSetPtr& columns() const { return columns_; }

  // Field access with ODBC's rules, by the field x role table (descriptor_fields.cpp).
  // Text values are returned in `text`; numeric ones in `number`, pointers in `pointer`.
  struct Value {
    enum class Kind : std::uint8_t { number, pointer, text } kind = Kind::number;
    SQLLEN number = 0;
    SQLPOINTER pointer = nullptr;
    std::string text;
    SQLSMALLINT size_bytes = sizeof(SQLINTEGER);  // width of a number in the caller's buffer
  };
  // Throws Fail(HY091 | 07009 | HY016 ...). Statement: whose IRD it is, for SQL_DESC_* that need it; may be null.
  Value get_field(SQLSMALLINT number, SQLSMALLINT field);
  void set_field(SQLSMALLINT number, SQLSMALLINT field, SQLPOINTER value, SQLINTEGER buffer_length, bool wide);
  void copy_from(const Descriptor& source);

  // Sets type, concise type and code of a record together. Throws Fail(HY021) when they do not fit.
  static void set_concise_type(DescriptorRecord& record, SQLSMALLINT concise_type);

 private:
  Connection& connection_;
  DescriptorRole role_;
  bool is_automatic_;
  std::uint64_t generation_ = 1;
  DescriptorRecord bookmark_;
  std::vector<DescriptorRecord> records_;  // [0] is record 1
  protocol::ColumnSetPtr columns_;         // IRD
};

}  // namespace selkie::odbc
