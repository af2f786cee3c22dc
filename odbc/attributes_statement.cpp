// Attributes of statements. Spec: ODBC SQLSetStmtAttr; "Cursor Characteristics and Cursor Type"
#include <algorithm>
#include <limits>
#include <type_traits>

#include "odbc/attribute_table.h"
#include "odbc/bookmarks.h"
#include "odbc/cursor_types.h"

namespace selkie::odbc {
namespace {

using Kind = AttributeValue::Kind;
using Row = Attribute<Statement>;

// --- The cursor's kind: four attributes that say the same in different words

SQLULEN sensitivity_of(SQLULEN type, SQLULEN concurrency) {
  return type == SQL_CURSOR_STATIC && concurrency == SQL_CONCUR_READ_ONLY ? SQL_INSENSITIVE : SQL_UNSPECIFIED;
}

void use_cursor(Statement& s, SQLULEN type) {
  s.attributes.cursor_type = type;
  s.attributes.cursor_scrollable = type != SQL_CURSOR_FORWARD_ONLY ? SQL_SCROLLABLE : SQL_NONSCROLLABLE;
  s.attributes.cursor_sensitivity = sensitivity_of(type, s.attributes.concurrency);
}

// What takes the place of a type that there is not. Spec: SQLSetStmtAttr, SQL_ATTR_CURSOR_TYPE
SQLULEN nearest_cursor(Statement& s, SQLULEN type) {
  if (s.connection().settings().forward_only) return SQL_CURSOR_FORWARD_ONLY;
  return find_cursor_type(type)->becomes;
}

void set_cursor_type(Statement& s, SQLULEN value) {
  if (find_cursor_type(value) == nullptr) throw Fail(SqlState::invalid_attribute_value);
  const SQLULEN type = nearest_cursor(s, value);
  use_cursor(s, type);
  if (type != value) s.diagnostics.warning(SqlState::option_changed);
}

void set_cursor_scrollable(Statement& s, SQLULEN value) {
  require_one_of(value, {SQL_NONSCROLLABLE, SQL_SCROLLABLE});
  if (value == SQL_SCROLLABLE && s.connection().settings().forward_only) throw Fail(SqlState::optional_feature);
  use_cursor(s, value == SQL_SCROLLABLE ? SQL_CURSOR_STATIC : SQL_CURSOR_FORWARD_ONLY);
}

SQLULEN get_cursor_sensitivity(Statement& s) {
  const bool is_substituted = s.cursor_type() != s.attributes.cursor_type;
  return is_substituted ? sensitivity_of(s.cursor_type(), s.attributes.concurrency) : s.attributes.cursor_sensitivity;
}

// A forward-only result comes from the wire and shows what the server read when it read it; only a static one promises more.
// No cursor shows all that others change: a keyset-driven one lacks the rows that they add.
void set_cursor_sensitivity(Statement& s, SQLULEN value) {
  require_one_of(value, {SQL_UNSPECIFIED, SQL_INSENSITIVE, SQL_SENSITIVE});
  if (value == SQL_SENSITIVE)
    throw Fail(
        SqlState::optional_feature,
        "No cursor shows every change of others. Set SQL_ATTR_CURSOR_TYPE to SQL_CURSOR_KEYSET_DRIVEN for those of its rows.");
  if (value == SQL_INSENSITIVE) {
    s.attributes.concurrency = SQL_CONCUR_READ_ONLY;
    use_cursor(s, SQL_CURSOR_STATIC);
  }
  s.attributes.cursor_sensitivity = value;
}

// Rows that are updated are compared with what was fetched of them: no lock is held and no row has a version.
void set_concurrency(Statement& s, SQLULEN value) {
  require_one_of(value, {SQL_CONCUR_READ_ONLY, SQL_CONCUR_LOCK, SQL_CONCUR_ROWVER, SQL_CONCUR_VALUES});
  const SQLULEN concurrency = value == SQL_CONCUR_READ_ONLY ? SQL_CONCUR_READ_ONLY : SQL_CONCUR_VALUES;
  s.attributes.concurrency = concurrency;
  use_cursor(s, s.attributes.cursor_type);
  if (concurrency != value) s.diagnostics.warning(SqlState::option_changed);
}

void require_current_row(Statement& s) {
  if (s.cursor().position() == 0) throw Fail(SqlState::invalid_cursor_state, "No row is current. Call SQLFetch first.");
}

// Seconds. One that lasts for ever to everybody keeps its deadline a point in time that clocks can hold.
void set_query_timeout(Statement& s, SQLULEN value) {
  constexpr SQLULEN kLongest = std::numeric_limits<std::uint32_t>::max();
  s.attributes.query_timeout_s = std::min(value, kLongest);
  if (value > kLongest) s.diagnostics.warning(SqlState::option_changed);
}

// ODBC 2's fixed-length bookmark of the current row.
SQLULEN get_bookmark(Statement& s) {
  if (s.attributes.use_bookmarks == SQL_UB_OFF)
    throw Fail(SqlState::attribute_cannot_be_set_now, "SQL_ATTR_USE_BOOKMARKS is off.");
  require_current_row(s);
  return bookmark_of(s.cursor().current_row());
}

SQLULEN get_row_number(Statement& s) {
  require_current_row(s);
  const std::uint64_t row = s.cursor().current_row();
  if (s.cursor().changes().is_deleted(row)) throw Fail(SqlState::invalid_cursor_position, "The row has been deleted.");
  return SQLULEN{row + 1};
}

// --- Descriptors

// Throws Fail(HY024) for a handle that is none of this connection, Fail(HY017) for another statement's own descriptor.
void use_descriptor(Statement& s, SQLULEN value, Descriptor& (Statement::*current)(), void (Statement::*use)(Descriptor*)) {
  if (value == 0) return (s.*use)(nullptr);
  auto* descriptor = as<Descriptor>(reinterpret_cast<SQLHANDLE>(value));
  if (descriptor == nullptr || &descriptor->connection() != &s.connection()) {
    throw Fail(SqlState::invalid_attribute_value, "The descriptor is not one of the statement's connection.");
  }
  Descriptor* const before = &(s.*current)();
  (s.*use)(descriptor->is_automatic() ? nullptr : descriptor);
  if (&(s.*current)() != descriptor) {
    (s.*use)(before);
    throw Fail(SqlState::automatic_descriptor);
  }
}

void keep_implementation_descriptor(Statement&, SQLULEN) { throw Fail(SqlState::automatic_descriptor); }

// Pointers travel as numbers.
template <class T>
SQLULEN to_number(T value) {
  if constexpr (std::is_pointer_v<T>) {
    return reinterpret_cast<SQLULEN>(value);
  } else {
    return static_cast<SQLULEN>(value);
  }
}
template <class T>
T from_number(SQLULEN value) {
  if constexpr (std::is_pointer_v<T>) {
    return reinterpret_cast<T>(value);
  } else {
    return static_cast<T>(value);
  }
}

SQLULEN at_least_one(SQLULEN value) {
  if (value == 0) throw Fail(SqlState::invalid_attribute_value, "An array has at least one row.");
  return value;
}

// --- Attributes that are fields of a descriptor's header

template <Descriptor& (Statement::*which)(), auto field>
SQLULEN get_header(Statement& s) {
  return to_number((s.*which)().*field);
}

template <Descriptor& (Statement::*which)(), auto field>
void set_header(Statement& s, SQLULEN value) {
  Descriptor& descriptor = (s.*which)();
  descriptor.*field = from_number<std::remove_reference_t<decltype(descriptor.*field)>>(value);
  descriptor.changed();
}

template <Descriptor& (Statement::*which)()>
void set_array_size(Statement& s, SQLULEN value) {
  set_header<which, &Descriptor::array_size>(s, at_least_one(value));
}

template <Descriptor& (Statement::*which)(), auto field>
constexpr Row header_row(SQLINTEGER id, Kind kind) {
  return {.id = id, .kind = kind, .get = get_header<which, field>, .set = set_header<which, field>};
}

// --- Plain numbers of Statement::Attributes

template <auto field>
SQLULEN get_plain(Statement& s) {
  return s.attributes.*field;
}
template <auto field>
void set_plain(Statement& s, SQLULEN value) {
  s.attributes.*field = value;
}
template <auto field>
void set_boolean(Statement& s, SQLULEN value) {
  require_one_of(value, {SQL_FALSE, SQL_TRUE});
  s.attributes.*field = value;
}

using S = Statement;
using A = Statement::Attributes;
using D = Descriptor;

constexpr Row kAttributes[] = {
    {.id = SQL_ATTR_CURSOR_SENSITIVITY, .kind = Kind::ulen, .get = get_cursor_sensitivity, .set = set_cursor_sensitivity},
    {.id = SQL_ATTR_CURSOR_SCROLLABLE,
     .kind = Kind::ulen,
     .get = get_plain<&A::cursor_scrollable>,
     .set = set_cursor_scrollable},
    {.id = SQL_ATTR_QUERY_TIMEOUT, .kind = Kind::ulen, .get = get_plain<&A::query_timeout_s>, .set = set_query_timeout},
    {.id = SQL_ATTR_MAX_ROWS, .kind = Kind::ulen, .get = get_plain<&A::max_rows>, .set = set_plain<&A::max_rows>},
    {.id = SQL_ATTR_NOSCAN, .kind = Kind::ulen, .get = get_plain<&A::noscan>, .set = set_boolean<&A::noscan>},
    {.id = SQL_ATTR_MAX_LENGTH, .kind = Kind::ulen, .get = get_plain<&A::max_length>, .set = set_plain<&A::max_length>},
    {.id = SQL_ATTR_ASYNC_ENABLE,
     .kind = Kind::ulen,
     .get = [](S&) { return SQLULEN{SQL_ASYNC_ENABLE_OFF}; },
     .set = [](S&, SQLULEN value) { require_only(value, SQL_ASYNC_ENABLE_OFF, {SQL_ASYNC_ENABLE_ON}); }},
    header_row<&S::ard, &D::bind_type>(SQL_ATTR_ROW_BIND_TYPE, Kind::ulen),
    {.id = SQL_ATTR_CURSOR_TYPE, .kind = Kind::ulen, .get = [](S& s) { return s.cursor_type(); }, .set = set_cursor_type},
    {.id = SQL_ATTR_CONCURRENCY, .kind = Kind::ulen, .get = get_plain<&A::concurrency>, .set = set_concurrency},
    {.id = SQL_ATTR_KEYSET_SIZE,
     .kind = Kind::ulen,
     .get = get_plain<&A::keyset_size>,
     .set =
         [](S& s, SQLULEN value) {
           if (value != 0) s.diagnostics.warning(SqlState::option_changed);
         }},
    {.id = SQL_ROWSET_SIZE,
     .kind = Kind::ulen,
     .get = get_plain<&A::rowset_size>,
     .set = [](S& s, SQLULEN value) { s.attributes.rowset_size = at_least_one(value); }},
    {.id = SQL_ATTR_SIMULATE_CURSOR,
     .kind = Kind::ulen,
     .get = get_plain<&A::simulate_cursor>,
     .set =
         [](S& s, SQLULEN value) {
           require_one_of(value, {SQL_SC_NON_UNIQUE, SQL_SC_TRY_UNIQUE, SQL_SC_UNIQUE});
           s.attributes.simulate_cursor = value;
         }},
    {.id = SQL_ATTR_RETRIEVE_DATA,
     .kind = Kind::ulen,
     .get = get_plain<&A::retrieve_data>,
     .set =
         [](S& s, SQLULEN value) {
           set_boolean<&A::retrieve_data>(s, value);
           s.ard().changed();  // the cursor plans its bindings anew
         }},
    {.id = SQL_ATTR_USE_BOOKMARKS,
     .kind = Kind::ulen,
     .get = get_plain<&A::use_bookmarks>,
     .set =
         [](S& s, SQLULEN value) {
           require_one_of(value, {SQL_UB_OFF, SQL_UB_FIXED, SQL_UB_VARIABLE});
           s.attributes.use_bookmarks = value;
           s.ird().bookmark = value == SQL_UB_OFF ? nullptr : &bookmark_column(value);
           s.ard().changed();  // column 0 is another one
         }},
    {.id = SQL_GET_BOOKMARK, .kind = Kind::ulen, .get = get_bookmark},
    {.id = SQL_ATTR_ROW_NUMBER, .kind = Kind::ulen, .get = get_row_number},
    {.id = SQL_ATTR_ENABLE_AUTO_IPD,
     .kind = Kind::ulen,
     .get = [](S&) { return SQLULEN{SQL_FALSE}; },
     .set = [](S&, SQLULEN value) { require_only(value, SQL_FALSE, {SQL_TRUE}); }},
    {.id = SQL_ATTR_FETCH_BOOKMARK_PTR,
     .kind = Kind::pointer,
     .get = [](S& s) { return to_number(s.attributes.fetch_bookmark_ptr); },
     .set = [](S& s, SQLULEN value) { s.attributes.fetch_bookmark_ptr = reinterpret_cast<SQLPOINTER>(value); }},
    header_row<&S::apd, &D::bind_offset_ptr>(SQL_ATTR_PARAM_BIND_OFFSET_PTR, Kind::pointer),
    header_row<&S::apd, &D::bind_type>(SQL_ATTR_PARAM_BIND_TYPE, Kind::ulen),
    header_row<&S::apd, &D::array_status_ptr>(SQL_ATTR_PARAM_OPERATION_PTR, Kind::pointer),
    header_row<&S::ipd, &D::array_status_ptr>(SQL_ATTR_PARAM_STATUS_PTR, Kind::pointer),
    header_row<&S::ipd, &D::rows_processed_ptr>(SQL_ATTR_PARAMS_PROCESSED_PTR, Kind::pointer),
    {.id = SQL_ATTR_PARAMSET_SIZE,
     .kind = Kind::ulen,
     .get = get_header<&S::apd, &D::array_size>,
     .set = set_array_size<&S::apd>},
    header_row<&S::ard, &D::bind_offset_ptr>(SQL_ATTR_ROW_BIND_OFFSET_PTR, Kind::pointer),
    header_row<&S::ard, &D::array_status_ptr>(SQL_ATTR_ROW_OPERATION_PTR, Kind::pointer),
    header_row<&S::ird, &D::array_status_ptr>(SQL_ATTR_ROW_STATUS_PTR, Kind::pointer),
    header_row<&S::ird, &D::rows_processed_ptr>(SQL_ATTR_ROWS_FETCHED_PTR, Kind::pointer),
    {.id = SQL_ATTR_ROW_ARRAY_SIZE,
     .kind = Kind::ulen,
     .get = get_header<&S::ard, &D::array_size>,
     .set = set_array_size<&S::ard>},
    {.id = SQL_ATTR_ASYNC_STMT_EVENT, .kind = Kind::pointer, .get = get_unsupported<S>, .set = set_unsupported<S>},
    {.id = SQL_ATTR_APP_ROW_DESC,
     .kind = Kind::pointer,
     .get = [](S& s) { return to_number(&s.ard()); },
     .set = [](S& s, SQLULEN value) { use_descriptor(s, value, &S::ard, &S::use_ard); }},
    {.id = SQL_ATTR_APP_PARAM_DESC,
     .kind = Kind::pointer,
     .get = [](S& s) { return to_number(&s.apd()); },
     .set = [](S& s, SQLULEN value) { use_descriptor(s, value, &S::apd, &S::use_apd); }},
    {.id = SQL_ATTR_IMP_ROW_DESC,
     .kind = Kind::pointer,
     .get = [](S& s) { return to_number(&s.ird()); },
     .set = keep_implementation_descriptor},
    {.id = SQL_ATTR_IMP_PARAM_DESC,
     .kind = Kind::pointer,
     .get = [](S& s) { return to_number(&s.ipd()); },
     .set = keep_implementation_descriptor},
    {.id = SQL_ATTR_METADATA_ID, .kind = Kind::ulen, .get = get_plain<&A::metadata_id>, .set = set_boolean<&A::metadata_id>},
};
static_assert(is_sorted_once(kAttributes));

// Spec: Appendix B, SQLSetStmtAttr
constexpr SQLINTEGER kCursorAttributes[] = {SQL_ATTR_CONCURRENCY,   SQL_ATTR_CURSOR_TYPE,       SQL_ATTR_SIMULATE_CURSOR,
                                            SQL_ATTR_USE_BOOKMARKS, SQL_ATTR_CURSOR_SCROLLABLE, SQL_ATTR_CURSOR_SENSITIVITY};

}  // namespace

bool is_cursor_attribute(SQLINTEGER attribute) {
  return std::ranges::find(kCursorAttributes, attribute) != std::end(kCursorAttributes);
}

std::vector<AttributeFacts> statement_attributes() { return facts_of(kAttributes); }

AttributeValue get_attribute(Statement& statement, SQLINTEGER attribute) {
  return read_attribute(find_attribute(kAttributes, attribute), statement);
}

void set_attribute(Statement& statement, SQLINTEGER attribute, SQLPOINTER value) {
  write_attribute(find_attribute(kAttributes, attribute), statement, value);
}

}  // namespace selkie::odbc
