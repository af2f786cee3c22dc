// Attributes of connections. Spec: ODBC SQLSetConnectAttr
#include <array>

#include "odbc/attribute_table.h"
#include "odbc/isolation.h"

namespace selkie::odbc {
namespace {

using Kind = AttributeValue::Kind;
using Row = Attribute<Connection>;

// The protocol has no packet size to choose; this is its own. Spec: page_protocol_basic_packets.html
constexpr SQLULEN kPacketSize = 0xffffff;
constexpr SQLINTEGER kAsyncDbcEvent = 119, kDbcInfoToken = 118;  // unixODBC's headers name them for the driver manager only

constexpr Row kAttributes[] = {
    {.id = SQL_ATTR_ASYNC_ENABLE,
     .kind = Kind::ulen,
     .get = [](Connection&) { return SQLULEN{SQL_ASYNC_ENABLE_OFF}; },
     .set = [](Connection&, SQLULEN value) { require_only(value, SQL_ASYNC_ENABLE_OFF, {SQL_ASYNC_ENABLE_ON}); }},
    {.id = SQL_ATTR_ACCESS_MODE,
     .kind = Kind::uinteger,
     .get = [](Connection& c) { return SQLULEN{c.access_mode}; },
     .set =
         [](Connection& c, SQLULEN value) {
           require_one_of(value, {SQL_MODE_READ_WRITE, SQL_MODE_READ_ONLY});
           c.set_access_mode(static_cast<SQLUINTEGER>(value));
         }},
    {.id = SQL_ATTR_AUTOCOMMIT,
     .kind = Kind::uinteger,
     .get = [](Connection& c) { return SQLULEN{c.autocommit() ? SQL_AUTOCOMMIT_ON : SQL_AUTOCOMMIT_OFF}; },
     .set =
         [](Connection& c, SQLULEN value) {
           require_one_of(value, {SQL_AUTOCOMMIT_OFF, SQL_AUTOCOMMIT_ON});
           c.set_autocommit(value == SQL_AUTOCOMMIT_ON);
         }},
    {.id = SQL_ATTR_LOGIN_TIMEOUT,
     .kind = Kind::uinteger,
     .get = [](Connection& c) { return SQLULEN{c.login_timeout_s}; },
     .set = [](Connection& c, SQLULEN value) { c.login_timeout_s = static_cast<SQLUINTEGER>(value); },
     .when = When::before_connect},
    {.id = SQL_ATTR_TRACE,  // the driver manager traces; SQL_OPT_TRACE_ON never gets here
     .kind = Kind::uinteger,
     .get = [](Connection&) { return SQLULEN{SQL_OPT_TRACE_OFF}; },
     .set = [](Connection&, SQLULEN value) { require_only(value, SQL_OPT_TRACE_OFF, {SQL_OPT_TRACE_ON}); }},
    {.id = SQL_ATTR_TRACEFILE,
     .kind = Kind::text,
     .get_text = [](Connection&) { return std::string(); },
     .set_text = [](Connection&, const std::string&) { throw Fail(SqlState::optional_feature); }},
    {.id = SQL_ATTR_TRANSLATE_LIB,
     .kind = Kind::text,
     .get_text = [](Connection&) { return std::string(); },
     .set_text = [](Connection&, const std::string&) { throw Fail(SqlState::optional_feature); }},
    {.id = SQL_ATTR_TRANSLATE_OPTION,
     .kind = Kind::uinteger,
     .get = get_unsupported<Connection>,
     .set = set_unsupported<Connection>},
    {.id = SQL_ATTR_TXN_ISOLATION,
     .kind = Kind::uinteger,
     .get = [](Connection& c) { return SQLULEN{session_isolation(c)}; },
     .set = [](Connection& c, SQLULEN value) { c.set_isolation(static_cast<SQLUINTEGER>(value)); }},
    {.id = SQL_ATTR_CURRENT_CATALOG,
     .kind = Kind::text,
     .get_text = [](Connection& c) { return c.current_catalog(); },
     .set_text = [](Connection& c, const std::string& catalog) { c.set_catalog(catalog); }},
    {.id = SQL_ATTR_ODBC_CURSORS,  // the driver manager's; the driver itself has no cursor library to choose
     .kind = Kind::ulen,
     .get = [](Connection&) { return SQLULEN{SQL_CUR_USE_DRIVER}; },
     .set =
         [](Connection&, SQLULEN value) {
           require_only(value, SQL_CUR_USE_DRIVER, {SQL_CUR_USE_ODBC, SQL_CUR_USE_IF_NEEDED});
         },
     .when = When::before_connect},
    {.id = SQL_ATTR_QUIET_MODE,
     .kind = Kind::pointer,
     .get = [](Connection& c) { return c.quiet_mode; },
     .set = [](Connection& c, SQLULEN value) { c.quiet_mode = value; }},
    {.id = SQL_ATTR_PACKET_SIZE,
     .kind = Kind::uinteger,
     .get = [](Connection&) { return kPacketSize; },
     .set =
         [](Connection& c, SQLULEN value) {
           if (value != kPacketSize) c.diagnostics.warning(SqlState::option_changed);
         },
     .when = When::before_connect},
    {.id = SQL_ATTR_CONNECTION_TIMEOUT,
     .kind = Kind::uinteger,
     .get = [](Connection& c) { return SQLULEN{c.connection_timeout_s}; },
     .set = [](Connection& c, SQLULEN value) { c.set_connection_timeout(static_cast<SQLUINTEGER>(value)); }},
    {.id = SQL_ATTR_DISCONNECT_BEHAVIOR,
     .kind = Kind::uinteger,
     .get = get_unsupported<Connection>,
     .set = set_unsupported<Connection>},
    {.id = SQL_ATTR_ANSI_APP,  // an ANSI application behind a driver manager that calls the W functions
     .kind = Kind::uinteger,
     .set = [](Connection& c, SQLULEN value) { c.ansi_application = value == SQL_TRUE; }},
    {.id = SQL_ATTR_RESET_CONNECTION,
     .kind = Kind::uinteger,
     .set =
         [](Connection& c, SQLULEN value) {
           require_only(value, SQL_RESET_CONNECTION_YES, {});
           c.reset();
         },
     .when = When::connected},
    {.id = SQL_ATTR_ASYNC_DBC_FUNCTIONS_ENABLE,
     .kind = Kind::uinteger,
     .get = [](Connection&) { return SQLULEN{SQL_ASYNC_DBC_ENABLE_OFF}; },
     .set = [](Connection&, SQLULEN value) { require_only(value, SQL_ASYNC_DBC_ENABLE_OFF, {SQL_ASYNC_DBC_ENABLE_ON}); }},
    {.id = kDbcInfoToken, .kind = Kind::pointer, .set = set_unsupported<Connection>},
    {.id = kAsyncDbcEvent, .kind = Kind::pointer, .get = get_unsupported<Connection>, .set = set_unsupported<Connection>},
    {.id = SQL_ATTR_ENLIST_IN_DTC, .kind = Kind::pointer, .set = set_unsupported<Connection>},
    {.id = SQL_ATTR_ENLIST_IN_XA, .kind = Kind::pointer, .set = set_unsupported<Connection>},
    {.id = SQL_ATTR_CONNECTION_DEAD,
     .kind = Kind::uinteger,
     .get = [](Connection& c) { return c.session().looks_dead() ? SQLULEN{SQL_CD_TRUE} : SQLULEN{SQL_CD_FALSE}; }},
    {.id = SQL_ATTR_AUTO_IPD, .kind = Kind::uinteger, .get = [](Connection&) { return SQLULEN{SQL_FALSE}; }},
    {.id = SQL_ATTR_METADATA_ID,  // of the connection's statements, those to come too
     .kind = Kind::uinteger,
     .get = [](Connection& c) { return SQLULEN{c.metadata_id}; },
     .set =
         [](Connection& c, SQLULEN value) {
           require_one_of(value, {SQL_FALSE, SQL_TRUE});
           c.metadata_id = static_cast<SQLUINTEGER>(value);
           for (Statement* statement : c.statements) statement->attributes.metadata_id = value;
         }},
};
static_assert(is_sorted_once(kAttributes));

void require_not_browsing(const Connection& connection) {
  if (connection.browsing()) throw Fail(SqlState::sequence_error, "SQLBrowseConnect awaits more.");
}

}  // namespace

bool is_text_attribute(SQLINTEGER attribute) {
  const auto* row =
      std::find_if(std::begin(kAttributes), std::end(kAttributes), [&](const Row& r) { return r.id == attribute; });
  return row != std::end(kAttributes) && row->kind == Kind::text;
}

std::vector<AttributeFacts> connection_attributes() { return facts_of(kAttributes); }

AttributeValue get_attribute(Connection& connection, SQLINTEGER attribute) {
  require_not_browsing(connection);
  return read_attribute(find_attribute(kAttributes, attribute), connection);
}

void set_attribute(Connection& connection, SQLINTEGER attribute, SQLPOINTER value, const std::string& text) {
  require_not_browsing(connection);
  const Row& row = find_attribute(kAttributes, attribute);
  if (row.when == When::connected) (void)connection.session();
  if (row.when == When::before_connect && connection.connected()) {
    throw Fail(SqlState::attribute_cannot_be_set_now, "The attribute can only be set before connecting.");
  }
  if (row.set_text == nullptr) return write_attribute(row, connection, value);
  if (value == nullptr) throw Fail(SqlState::null_pointer);
  row.set_text(connection, text);
}

}  // namespace selkie::odbc
