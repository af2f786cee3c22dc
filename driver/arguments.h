// Arguments of the entry points: names in, text and attribute values out. Depends on odbc/.
#pragma once

#include <sql.h>
#include <sqlext.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include "odbc/attributes.h"
#include "odbc/catalog.h"
#include "odbc/diagnostics.h"
#include "odbc/info.h"
#include "odbc/text.h"

namespace selkie::driver {

using odbc::BytesCount;
using odbc::Chars;
using odbc::Fail;
using odbc::SqlState;

// An optional output argument.
template <class T, class Value>
void put(T* out, Value value) {
  if (out != nullptr) *out = static_cast<T>(value);
}

// Writes an output text and its length; posts 01004 when it was cut. Without a buffer only the length is written.
//   capacity  of `buffer`, in Chars or BytesCount as the function's specification says; so is *length
// Throws Fail(HY090) for a negative capacity.
template <class Ch, class Unit, class Length>
void put_text(odbc::Diagnostics& diagnostics, std::string_view text, Ch* buffer, Unit capacity, Length* length) {
  if (buffer != nullptr && capacity.count < 0) throw Fail(SqlState::invalid_length);
  SQLLEN whole = 0;
  const bool cut = odbc::text_out(text, buffer, capacity, &whole);
  put(length, std::min(whole, SQLLEN{std::numeric_limits<Length>::max()}));
  if (cut && buffer != nullptr) diagnostics.warning(SqlState::truncated);
}

// Writes a number of `Number`'s width to an untyped output argument.
template <class Number, class Value, class Length>
void put_number(SQLPOINTER out, Value value, Length* length) {
  const auto number = static_cast<Number>(value);
  if (out != nullptr) std::memcpy(out, &number, sizeof number);
  put(length, sizeof number);
}

// An argument of a catalog function: a null pointer is not the same as an empty name.
template <class Ch>
odbc::CatalogArgument name_in(const Ch* name, SQLSMALLINT length_chars) {
  if (name == nullptr) return std::nullopt;
  return odbc::text_in(name, length_chars);
}

template <class Ch>
odbc::TableName table_in(const Ch* catalog, SQLSMALLINT catalog_chars, const Ch* schema, SQLSMALLINT schema_chars,
                         const Ch* table, SQLSMALLINT table_chars) {
  return {name_in(catalog, catalog_chars), name_in(schema, schema_chars), name_in(table, table_chars)};
}

// A text argument that must be there. Throws Fail(HY009) for a null pointer.
template <class Ch>
std::string required_text_in(const Ch* text, SQLLEN length_chars) {
  if (text == nullptr) throw Fail(SqlState::null_pointer);
  return odbc::text_in(text, length_chars);
}

// A text argument whose length counts bytes, SQL_NTS apart.
template <class Ch>
std::string text_in_bytes(SQLPOINTER text, SQLINTEGER length_bytes) {
  const SQLLEN units = length_bytes < 0 ? length_bytes : length_bytes / SQLINTEGER{sizeof(Ch)};
  return odbc::text_in(static_cast<const Ch*>(text), units);
}

// The value of SQLGetConnectAttr and its sisters. Text is counted in bytes.
template <class Ch>
void put_attribute(odbc::Diagnostics& diagnostics, const odbc::AttributeValue& value, SQLPOINTER out, SQLINTEGER capacity_bytes,
                   SQLINTEGER* length) {
  using Kind = odbc::AttributeValue::Kind;
  switch (value.kind) {
    case Kind::uinteger: return put_number<SQLUINTEGER>(out, value.number, length);
    case Kind::ulen: return put_number<SQLULEN>(out, value.number, length);
    case Kind::pointer: return put_number<SQLPOINTER>(out, value.pointer, length);
    case Kind::text: return put_text(diagnostics, value.text, static_cast<Ch*>(out), BytesCount{capacity_bytes}, length);
  }
}

// The value of SQLGetInfo.
template <class Ch>
void put_info(odbc::Diagnostics& diagnostics, const odbc::InfoValue& value, SQLPOINTER out, SQLSMALLINT capacity_bytes,
              SQLSMALLINT* length) {
  using Kind = odbc::InfoValue::Kind;
  switch (value.kind) {
    case Kind::usmallint: return put_number<SQLUSMALLINT>(out, value.number, length);
    case Kind::uinteger: return put_number<SQLUINTEGER>(out, value.number, length);
    case Kind::handle: return put_number<SQLULEN>(out, value.number, length);
    case Kind::text: return put_text(diagnostics, value.text, static_cast<Ch*>(out), BytesCount{capacity_bytes}, length);
  }
}

// The value of SQLGetDescField: a number of the field's own width, a pointer, or text counted in bytes.
template <class Ch>
void put_field(odbc::Diagnostics& diagnostics, const odbc::Descriptor::Value& value, SQLPOINTER out, SQLINTEGER capacity_bytes,
               SQLINTEGER* length) {
  using Kind = odbc::Descriptor::Value::Kind;
  if (value.kind == Kind::text) {
    return put_text(diagnostics, value.text, static_cast<Ch*>(out), BytesCount{capacity_bytes}, length);
  }
  if (value.kind == Kind::pointer) return put_number<SQLPOINTER>(out, value.pointer, length);
  switch (value.size_bytes) {
    case sizeof(SQLSMALLINT): return put_number<SQLSMALLINT>(out, value.number, length);
    case sizeof(SQLLEN): return put_number<SQLLEN>(out, value.number, length);
    default: return put_number<SQLINTEGER>(out, value.number, length);
  }
}

}  // namespace selkie::driver
