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
#include "odbc/charset.h"
#include "odbc/diagnostics.h"
#include "odbc/info.h"
#include "odbc/statement.h"
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

// The character set of a handle's narrow text; null: UTF-8.
inline odbc::Charset* charset_of(const odbc::Environment&) { return nullptr; }
inline odbc::Charset* charset_of(const odbc::Connection& c) { return c.charset(); }
inline odbc::Charset* charset_of(odbc::Statement& s) { return s.connection().charset(); }
inline odbc::Charset* charset_of(odbc::Descriptor& d) { return d.connection().charset(); }

// Text arguments and output texts: UTF-16 as it is, narrow text in `charset`.
inline std::string read_text(odbc::Charset* charset, const SQLCHAR* text, SQLLEN length) {
  return odbc::text_in(charset, text, length);
}
inline std::string read_text(odbc::Charset*, const SQLWCHAR* text, SQLLEN length) { return odbc::text_in(text, length); }
// The same for functions that connect: narrow text stays as it is until the character set is known.
inline std::string text_of(const SQLCHAR* text, SQLLEN length) { return std::string(odbc::bytes_in(text, length)); }
inline std::string text_of(const SQLWCHAR* text, SQLLEN length) { return odbc::text_in(text, length); }
template <class Ch, class Unit>
bool write_text(odbc::Charset* charset, std::string_view text, Ch* buffer, Unit capacity, SQLLEN* length, bool& replaced) {
  if constexpr (sizeof(Ch) == 1) return odbc::text_out(charset, text, buffer, BytesCount{capacity.count}, length, replaced);
  return odbc::text_out(text, buffer, capacity, length);
}

// Writes an output text and its length; posts 01004 when it was cut, 01000 when the application's character set does not have
// all of it. Without a buffer only the length is written.
//   capacity  of `buffer`, in Chars or BytesCount as the function's specification says; so is *length
// Throws Fail(HY090) for a negative capacity.
template <class H, class Ch, class Unit, class Length>
void put_text(H& handle, std::string_view text, Ch* buffer, Unit capacity, Length* length) {
  if (buffer != nullptr && capacity.count < 0) throw Fail(SqlState::invalid_length);
  SQLLEN whole = 0;
  bool replaced = false;
  const bool cut = write_text(charset_of(handle), text, buffer, capacity, &whole, replaced);
  put(length, std::min(whole, SQLLEN{std::numeric_limits<Length>::max()}));
  if (cut && buffer != nullptr) handle.diagnostics.warning(SqlState::truncated);
  if (replaced && buffer != nullptr) {
    handle.diagnostics.warning(SqlState::general_warning, "Characters that CHARSET does not have were replaced by '?'.");
  }
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
odbc::CatalogArgument name_in(odbc::Statement& s, const Ch* name, SQLSMALLINT length_chars) {
  if (name == nullptr) return std::nullopt;
  return read_text(charset_of(s), name, length_chars);
}

template <class Ch>
odbc::TableName table_in(odbc::Statement& s, const Ch* catalog, SQLSMALLINT catalog_chars, const Ch* schema,
                         SQLSMALLINT schema_chars, const Ch* table, SQLSMALLINT table_chars) {
  return {name_in(s, catalog, catalog_chars), name_in(s, schema, schema_chars), name_in(s, table, table_chars)};
}

// A text argument that must be there. Throws Fail(HY009) for a null pointer.
template <class H, class Ch>
std::string required_text_in(H& handle, const Ch* text, SQLLEN length_chars) {
  if (text == nullptr) throw Fail(SqlState::null_pointer);
  return read_text(charset_of(handle), text, length_chars);
}

// The SQL of a statement, as required_text_in(); `room` holds it where it is not UTF-8 as it stands.
template <class Ch>
std::string_view sql_in(odbc::Statement& s, const Ch* sql, SQLINTEGER chars, std::string& room) {
  if constexpr (sizeof(Ch) == 1) {
    if (sql != nullptr && charset_of(s) == nullptr) return odbc::utf8_in(sql, chars);
  }
  return room = required_text_in(s, sql, chars);
}

// A text argument whose length counts bytes, SQL_NTS apart.
template <class Ch>
std::string text_in_bytes(const odbc::Connection& c, SQLPOINTER text, SQLINTEGER length_bytes) {
  const auto* const units = static_cast<const Ch*>(text);
  if constexpr (sizeof(Ch) == 1) {
    return read_text(charset_of(c), units, length_bytes);
  } else {
    return odbc::text_in(units, BytesCount{length_bytes});
  }
}

// The value of SQLGetConnectAttr and its sisters. Text is counted in bytes.
template <class Ch, class H>
void put_attribute(H& handle, const odbc::AttributeValue& value, SQLPOINTER out, SQLINTEGER capacity_bytes,
                   SQLINTEGER* length) {
  using Kind = odbc::AttributeValue::Kind;
  switch (value.kind) {
    case Kind::uinteger: return put_number<SQLUINTEGER>(out, value.number, length);
    case Kind::ulen: return put_number<SQLULEN>(out, value.number, length);
    case Kind::pointer: return put_number<SQLPOINTER>(out, value.pointer, length);
    case Kind::text: return put_text(handle, value.text, static_cast<Ch*>(out), BytesCount{capacity_bytes}, length);
  }
}

// The value of SQLGetInfo.
template <class Ch, class H>
void put_info(H& handle, const odbc::InfoValue& value, SQLPOINTER out, SQLSMALLINT capacity_bytes, SQLSMALLINT* length) {
  using Kind = odbc::InfoValue::Kind;
  switch (value.kind) {
    case Kind::usmallint: return put_number<SQLUSMALLINT>(out, value.number, length);
    case Kind::uinteger: return put_number<SQLUINTEGER>(out, value.number, length);
    case Kind::handle: return put_number<SQLULEN>(out, value.number, length);
    case Kind::text: return put_text(handle, value.text, static_cast<Ch*>(out), BytesCount{capacity_bytes}, length);
  }
}

// The value of SQLGetDescField: a number of the field's own width, a pointer, or text counted in bytes.
template <class Ch, class H>
void put_field(H& handle, const odbc::Descriptor::Value& value, SQLPOINTER out, SQLINTEGER capacity_bytes, SQLINTEGER* length) {
  using Kind = odbc::Descriptor::Value::Kind;
  if (value.kind == Kind::text) {
    return put_text(handle, value.text, static_cast<Ch*>(out), BytesCount{capacity_bytes}, length);
  }
  if (value.kind == Kind::pointer) return put_number<SQLPOINTER>(out, value.pointer, length);
  switch (value.size_bytes) {
    case sizeof(SQLSMALLINT): return put_number<SQLSMALLINT>(out, value.number, length);
    case sizeof(SQLLEN): return put_number<SQLLEN>(out, value.number, length);
    default: return put_number<SQLINTEGER>(out, value.number, length);
  }
}

}  // namespace selkie::driver
