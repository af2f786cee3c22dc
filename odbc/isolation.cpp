#include "odbc/isolation.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "odbc/connection.h"
#include "odbc/sqlstate.h"

namespace selkie::odbc {
namespace {

struct Level {
  SQLUINTEGER odbc;
  std::string_view sql;
};
constexpr std::array<Level, 4> kLevels{{
    {SQL_TXN_READ_UNCOMMITTED, "READ UNCOMMITTED"},
    {SQL_TXN_READ_COMMITTED, "READ COMMITTED"},
    {SQL_TXN_REPEATABLE_READ, "REPEATABLE READ"},
    {SQL_TXN_SERIALIZABLE, "SERIALIZABLE"},
}};

// The variable has dashes where SQL has spaces. MySQL has had its name since 5.7.20, MariaDB since 11.1.1.
SQLUINTEGER isolation_of(Connection& connection, const std::string& scope) {
  const protocol::Dialect& dialect = connection.session().dialect();
  const bool old_name = dialect.version < (dialect.mariadb() ? protocol::Version{11, 1, 1} : protocol::Version{5, 7, 20});
  std::string level =
      connection.query_value("SELECT @@" + scope + (old_name ? ".tx_isolation" : ".transaction_isolation")).value_or("");
  std::ranges::replace(level, '-', ' ');
  for (const Level& known : kLevels) {
    if (known.sql == level) return known.odbc;
  }
  return 0;
}

}  // namespace

std::string isolation_statement(SQLUINTEGER level) {
  for (const Level& known : kLevels) {
    if (known.odbc == level) return "SET SESSION TRANSACTION ISOLATION LEVEL " + std::string(known.sql);
  }
  throw Fail(SqlState::invalid_attribute_value, "SQL_ATTR_TXN_ISOLATION takes one of the four SQL_TXN_* levels.");
}

SQLUINTEGER session_isolation(Connection& connection) {
  return connection.knows_isolation() ? connection.attribute_isolation : isolation_of(connection, "session");
}

SQLUINTEGER server_isolation(Connection& connection) { return isolation_of(connection, "global"); }

}  // namespace selkie::odbc
