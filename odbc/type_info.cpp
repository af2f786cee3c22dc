// SQLGetTypeInfo: the rows of types.h as a result. Spec: ODBC SQLGetTypeInfo
#include <algorithm>
#include <vector>

#include "odbc/catalog_shapes.h"
#include "odbc/info.h"
#include "odbc/type_numbers.h"
#include "odbc/types.h"
#include "protocol/row.h"

namespace selkie::odbc {
namespace {

// One row in text encoding.
class RowWriter {
 public:
  RowWriter& text(std::string_view value) {  // empty: NULL
    if (value.empty()) return null();
    out_.lenenc_text(value);
    return *this;
  }
  RowWriter& number(SQLINTEGER value) {
    if (value == kNull) return null();
    out_.lenenc_text(std::to_string(value));
    return *this;
  }
  RowWriter& null() {
    out_.u8(0xfb);
    return *this;
  }
  protocol::Bytes bytes() const { return out_.bytes(); }

 private:
  protocol::ByteWriter out_;
};

}  // namespace

void type_info(Statement& statement, SQLSMALLINT data_type) {
  constexpr std::size_t kMemoryBytes = 1u << 20;
  Connection& connection = statement.connection();
  const DescribeOptions options = connection.describe_options();
  const SQLSMALLINT wanted = odbc3_type(data_type);
  if (wanted != SQL_ALL_TYPES && !is_sql_type(wanted)) throw Fail(SqlState::invalid_sql_type);

  const protocol::Dialect& dialect = connection.session().dialect();
  const protocol::Version& v = dialect.version;
  const std::uint32_t version = v.major * 10000u + v.minor * 100u + v.patch;
  std::vector<TypeInfoRow> rows;
  for (const TypeInfoRow& row : type_info_rows()) {
    const bool is_there = version >= (dialect.mariadb() ? row.since_mariadb : row.since_mysql);
    if (is_there && (wanted == SQL_ALL_TYPES || row.data_type == wanted)) rows.push_back(row);
  }
  for (TypeInfoRow& row : rows) {
    row.column_size = static_cast<SQLINTEGER>(reported_size(row.data_type, static_cast<SQLULEN>(row.column_size), options));
    row.data_type = concise_type_for(connection, row.data_type);
  }
  std::stable_sort(rows.begin(), rows.end(),  // ODBC 2's numbers sort otherwise
                   [](const TypeInfoRow& a, const TypeInfoRow& b) { return a.data_type < b.data_type; });

  auto store = std::make_unique<protocol::RowStore>(kMemoryBytes);
  for (const TypeInfoRow& row : rows) {
    RowWriter out;
    out.text(row.type_name).number(row.data_type).number(row.column_size).text(row.literal_prefix).text(row.literal_suffix);
    out.text(row.create_params).number(row.nullable).number(row.case_sensitive).number(row.searchable);
    out.number(row.unsigned_attribute).number(row.fixed_prec_scale).number(row.auto_unique_value);
    out.null();  // LOCAL_TYPE_NAME
    out.number(row.minimum_scale).number(row.maximum_scale).number(row.sql_data_type).number(row.sql_datetime_sub);
    out.number(row.num_prec_radix);
    out.null();  // INTERVAL_PRECISION
    require(store->append(out.bytes()));
  }
  statement.open_local(column_set(kTypeInfoShape), std::move(store));
}

}  // namespace selkie::odbc
