// Attributes of environments. Spec: ODBC SQLSetEnvAttr
#include "odbc/attribute_table.h"

namespace selkie::odbc {
namespace {

using Kind = AttributeValue::Kind;
using Row = Attribute<Environment>;

constexpr SQLULEN kPoolDriverAware = 3;  // SQL_CP_DRIVER_AWARE, which unixODBC's header lacks

constexpr Row kAttributes[] = {
    {.id = SQL_ATTR_ODBC_VERSION,
     .kind = Kind::uinteger,
     .get = [](Environment& e) { return static_cast<SQLULEN>(e.odbc_version); },
     .set =
         [](Environment& e, SQLULEN value) {
           require_one_of(value, {SQL_OV_ODBC2, SQL_OV_ODBC3, SQL_OV_ODBC3_80});
           e.odbc_version = static_cast<SQLINTEGER>(value);
         }},
    {.id = SQL_ATTR_CONNECTION_POOLING,  // the driver manager's own; kept for those who link the driver directly
     .kind = Kind::uinteger,
     .get = [](Environment& e) { return SQLULEN{e.connection_pooling}; },
     .set =
         [](Environment& e, SQLULEN value) {
           require_one_of(value, {SQL_CP_OFF, SQL_CP_ONE_PER_DRIVER, SQL_CP_ONE_PER_HENV, kPoolDriverAware});
           e.connection_pooling = static_cast<SQLUINTEGER>(value);
         }},
    {.id = SQL_ATTR_CP_MATCH,
     .kind = Kind::uinteger,
     .get = [](Environment& e) { return SQLULEN{e.cp_match}; },
     .set =
         [](Environment& e, SQLULEN value) {
           require_one_of(value, {SQL_CP_STRICT_MATCH, SQL_CP_RELAXED_MATCH});
           e.cp_match = static_cast<SQLUINTEGER>(value);
         }},
    {.id = SQL_ATTR_OUTPUT_NTS,  // all output text is terminated
     .kind = Kind::uinteger,
     .get = [](Environment&) { return SQLULEN{SQL_TRUE}; },
     .set = [](Environment&, SQLULEN value) { require_only(value, SQL_TRUE, {SQL_FALSE}); }},
};
static_assert(is_sorted_once(kAttributes));

// Spec: Appendix B, "Environment Transitions"
void require_version(const Environment& environment) {
  if (environment.odbc_version == 0) throw Fail(SqlState::sequence_error, "Set SQL_ATTR_ODBC_VERSION first.");
}

}  // namespace

std::vector<AttributeFacts> environment_attributes() { return facts_of(kAttributes); }

AttributeValue get_attribute(Environment& environment, SQLINTEGER attribute) {
  require_version(environment);
  return read_attribute(find_attribute(kAttributes, attribute), environment);
}

void set_attribute(Environment& environment, SQLINTEGER attribute, SQLPOINTER value) {
  const Row& row = find_attribute(kAttributes, attribute);
  if (row.id != SQL_ATTR_ODBC_VERSION) require_version(environment);
  if (!environment.connections.empty()) {
    throw Fail(SqlState::attribute_cannot_be_set_now, "Set this attribute before allocating a connection.");
  }
  write_attribute(row, environment, value);
}

}  // namespace selkie::odbc
