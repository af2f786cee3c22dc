// SQLGetInfo: what the driver and the server at hand can do. Nothing is asked of the server at connect; the few values that
// only it knows are asked for when an application wants them.
// Spec: ODBC SQLGetInfo
#include "odbc/info.h"

#include <algorithm>
#include <array>
#include <concepts>

#include "odbc/catalog.h"
#include "odbc/cursor_types.h"
#include "odbc/info_keywords.h"
#include "odbc/isolation.h"
#include "odbc/sql_functions.h"

namespace selkie::odbc {
namespace {

using Kind = InfoValue::Kind;
using protocol::Flavour;
using protocol::Version;

struct Row {
  SQLUSMALLINT type;
  Kind kind;
  const char* text = nullptr;
  SQLULEN number = 0;
  std::string (*text_of)(Connection&) = nullptr;  // instead of `text`
  SQLULEN (*number_of)(Connection&) = nullptr;    // instead of `number`
};

constexpr Row text(SQLUSMALLINT type, const char* value) { return {.type = type, .kind = Kind::text, .text = value}; }
constexpr Row text(SQLUSMALLINT type, std::string (*value)(Connection&)) {
  return {.type = type, .kind = Kind::text, .text_of = value};
}
constexpr Row yes(SQLUSMALLINT type) { return text(type, "Y"); }
constexpr Row no(SQLUSMALLINT type) { return text(type, "N"); }
constexpr Row small(SQLUSMALLINT type, std::integral auto value) {
  return {.type = type, .kind = Kind::usmallint, .number = static_cast<SQLULEN>(value)};
}
constexpr Row small(SQLUSMALLINT type, SQLULEN (*value)(Connection&)) {
  return {.type = type, .kind = Kind::usmallint, .number_of = value};
}
constexpr Row bits(SQLUSMALLINT type, std::integral auto value) {
  return {.type = type, .kind = Kind::uinteger, .number = static_cast<SQLULEN>(value)};
}
constexpr Row bits(SQLUSMALLINT type, SQLULEN (*value)(Connection&)) {
  return {.type = type, .kind = Kind::uinteger, .number_of = value};
}
constexpr Row handle(SQLUSMALLINT type, SQLULEN (*value)(Connection&)) {
  return {.type = type, .kind = Kind::handle, .number_of = value};
}

const protocol::Dialect& dialect(Connection& c) { return c.session().dialect(); }
std::string yes_if(bool condition) { return condition ? "Y" : "N"; }

// ##.##.####
std::string version_text(const Version& version) {
  const auto padded = [](std::uint32_t number, std::size_t width) {
    std::string digits = std::to_string(number);
    return std::string(width - std::min(width, digits.size()), '0') + digits;
  };
  return padded(version.major, 2) + "." + padded(version.minor, 2) + "." + padded(version.patch, 4);
}

// The number in front of a version text: 8.0.11 of "8.0.11-TiDB-v7.5.0".
Version leading_version(std::string_view text) {
  std::array<std::uint32_t, 3> parts{};
  std::size_t part = 0;
  for (const char c : text) {
    if (c >= '0' && c <= '9') {
      parts[part] = parts[part] * 10 + static_cast<std::uint32_t>(c - '0');
    } else if (c != '.' || ++part == parts.size()) {
      break;
    }
  }
  return {parts[0], parts[1], parts[2]};
}

// "MySQL" is the name by which applications know the dialect: of those that look at it, several quote names, ask for the last
// insert id or choose a generator right for "MySQL" alone (RODBC, SOCI, Qt), and none was found that needs "MariaDB".
// The product's own name is in SQL_DBMS_VER.
constexpr const char* kDbmsName = "MySQL";

std::string dbms_version(Connection& c) {
  const protocol::Dialect& d = dialect(c);
  // TiDB and Vitess say which MySQL they are compatible with; that goes with the name.
  const bool own_number = d.flavour == Flavour::mysql || d.flavour == Flavour::mariadb;
  return version_text(own_number ? d.version : leading_version(d.version_text)) + " " + d.version_text;
}

std::string server_name(Connection& c) {
  const setup::Settings& settings = c.settings();
  return settings.socket.empty() ? c.session().host().host : settings.socket;
}

// @@lower_case_table_names: 0 names of tables differ by case; 1 they are stored in lower case; 2 neither.
SQLULEN identifier_case(Connection& c) {
  if (!c.lower_case_table_names) {
    try {
      c.lower_case_table_names = c.query_value("SELECT @@lower_case_table_names").value_or("0");
    } catch (const CoreFail&) {
      if (c.session().dead()) throw;
      c.lower_case_table_names = "0";  // a proxy that does not know the variable
    }
  }
  return *c.lower_case_table_names == "0"   ? SQLULEN{SQL_IC_SENSITIVE}
         : *c.lower_case_table_names == "1" ? SQLULEN{SQL_IC_LOWER}
                                            : SQLULEN{SQL_IC_MIXED};
}

bool has_transactions(Connection& c) { return !c.settings().no_transactions; }

SQLUINTEGER default_isolation(Connection& c) {
  try {
    return server_isolation(c);
  } catch (const CoreFail&) {  // a proxy without the variable: what it is set to where nobody sets it
    if (c.session().dead()) throw;
    return SQL_TXN_REPEATABLE_READ;
  }
}

SQLULEN if_catalogs(Connection& c, SQLULEN value) {
  return database_is(c.settings()) == DatabaseIs::catalog ? value : SQLULEN{0};
}
SQLULEN if_schemas(Connection& c, SQLULEN value) {
  return database_is(c.settings()) == DatabaseIs::schema ? value : SQLULEN{0};
}

SQLULEN batches(Connection& c, SQLULEN of_procedures, SQLULEN explicit_ones) {
  const protocol::Dialect& d = dialect(c);
  return (d.procedures() ? of_procedures : 0) | (d.multi_statements() ? explicit_ones : 0);
}

SQLULEN joins(Connection& c) {
  constexpr SQLULEN kAlways =
      SQL_SRJO_CROSS_JOIN | SQL_SRJO_INNER_JOIN | SQL_SRJO_LEFT_OUTER_JOIN | SQL_SRJO_NATURAL_JOIN | SQL_SRJO_RIGHT_OUTER_JOIN;
  const protocol::Dialect& d = dialect(c);
  const bool set_operators = (d.flavour == Flavour::mariadb && d.version >= Version{10, 3, 0}) ||
                             (d.flavour == Flavour::mysql && d.version >= Version{8, 0, 31}) || d.flavour == Flavour::tidb;
  return kAlways | (set_operators ? SQLULEN{SQL_SRJO_EXCEPT_JOIN | SQL_SRJO_INTERSECT_JOIN} : SQLULEN{0});
}

SQLULEN all_conversions(Connection&) { return convert_bits(); }

// --- Cursors

// What there is of a cursor's type when FORWARD_CURSOR leaves no other than forward-only ones.
SQLULEN if_scrollable(Connection& c, SQLULEN value) { return c.settings().forward_only ? 0 : value; }
template <SQLULEN type, auto field>
SQLULEN of_cursor_type(Connection& c) {
  const SQLULEN value = find_cursor_type(type)->*field;
  return type == SQL_CURSOR_FORWARD_ONLY ? value : if_scrollable(c, value);
}
template <SQLULEN type>
constexpr Row cursor_attributes_1(SQLUSMALLINT id) {
  return bits(id, of_cursor_type<type, &CursorType::attributes_1>);
}
template <SQLULEN type>
constexpr Row cursor_attributes_2(SQLUSMALLINT id) {
  return bits(id, of_cursor_type<type, &CursorType::attributes_2>);
}
SQLULEN scroll_options(Connection& c) {
  SQLULEN options = 0;
  for (const CursorType& type : kCursorTypes) {
    options |= type.type == SQL_CURSOR_FORWARD_ONLY ? type.scroll : if_scrollable(c, type.scroll);
  }
  return options;
}

constexpr SQLULEN kNameCharacters = 64;
constexpr SQLULEN kMaxTablesInJoin = 61;
constexpr SQLULEN kMaxResultColumns = 32767;  // the servers count further, column numbers of ODBC do not
constexpr SQLULEN kMaxTableColumns = 1017;    // InnoDB
constexpr SQLULEN kMaxIndexBytes = 3072;      // InnoDB, DYNAMIC rows
constexpr SQLULEN kMaxRowBytes = 65535;       // without BLOB and TEXT

SQLULEN max_user_name_characters(Connection& c) {
  const protocol::Dialect& d = dialect(c);
  if (!d.mariadb()) return 32;
  return d.version < Version{10, 6, 0} ? 80 : 128;
}

constexpr Row kInfo[] = {
    // --- Driver
    small(SQL_ACTIVE_ENVIRONMENTS, 0),
    bits(SQL_ASYNC_DBC_FUNCTIONS, SQL_ASYNC_DBC_NOT_CAPABLE),
    bits(SQL_ASYNC_MODE, SQL_AM_NONE),
    bits(SQL_ASYNC_NOTIFICATION, SQL_ASYNC_NOTIFICATION_NOT_CAPABLE),
    bits(SQL_BATCH_ROW_COUNT, [](Connection& c) { return batches(c, SQL_BRC_PROCEDURES, SQL_BRC_EXPLICIT); }),
    bits(SQL_BATCH_SUPPORT,
         [](Connection& c) {
           return batches(c, SQL_BS_SELECT_PROC | SQL_BS_ROW_COUNT_PROC, SQL_BS_SELECT_EXPLICIT | SQL_BS_ROW_COUNT_EXPLICIT);
         }),
    text(SQL_DATA_SOURCE_NAME, [](Connection& c) { return c.settings().dsn; }),
    bits(SQL_DRIVER_AWARE_POOLING_SUPPORTED, SQL_DRIVER_AWARE_POOLING_NOT_CAPABLE),
    handle(SQL_DRIVER_HDBC, [](Connection& c) { return reinterpret_cast<SQLULEN>(&c); }),
    handle(SQL_DRIVER_HENV, [](Connection& c) { return reinterpret_cast<SQLULEN>(&c.environment()); }),
    text(SQL_DRIVER_NAME, "libselkieodbc.so"),
    text(SQL_DRIVER_ODBC_VER, "03.80"),
    text(SQL_DRIVER_VER, [](Connection&) { return version_text(leading_version(SELKIE_VERSION)); }),
    cursor_attributes_1<SQL_CURSOR_DYNAMIC>(SQL_DYNAMIC_CURSOR_ATTRIBUTES1),
    cursor_attributes_2<SQL_CURSOR_DYNAMIC>(SQL_DYNAMIC_CURSOR_ATTRIBUTES2),
    cursor_attributes_1<SQL_CURSOR_FORWARD_ONLY>(SQL_FORWARD_ONLY_CURSOR_ATTRIBUTES1),
    cursor_attributes_2<SQL_CURSOR_FORWARD_ONLY>(SQL_FORWARD_ONLY_CURSOR_ATTRIBUTES2),
    small(SQL_FILE_USAGE, SQL_FILE_NOT_SUPPORTED),
    bits(SQL_GETDATA_EXTENSIONS, SQL_GD_ANY_COLUMN | SQL_GD_ANY_ORDER | SQL_GD_BLOCK | SQL_GD_BOUND | SQL_GD_OUTPUT_PARAMS),
    bits(SQL_INFO_SCHEMA_VIEWS, SQL_ISV_CHARACTER_SETS | SQL_ISV_CHECK_CONSTRAINTS | SQL_ISV_COLLATIONS |
                                    SQL_ISV_COLUMN_PRIVILEGES | SQL_ISV_COLUMNS | SQL_ISV_KEY_COLUMN_USAGE |
                                    SQL_ISV_REFERENTIAL_CONSTRAINTS | SQL_ISV_SCHEMATA | SQL_ISV_TABLE_CONSTRAINTS |
                                    SQL_ISV_TABLE_PRIVILEGES | SQL_ISV_TABLES | SQL_ISV_VIEWS),
    cursor_attributes_1<SQL_CURSOR_KEYSET_DRIVEN>(SQL_KEYSET_CURSOR_ATTRIBUTES1),
    cursor_attributes_2<SQL_CURSOR_KEYSET_DRIVEN>(SQL_KEYSET_CURSOR_ATTRIBUTES2),
    bits(SQL_MAX_ASYNC_CONCURRENT_STATEMENTS, 0),
    small(SQL_MAX_CONCURRENT_ACTIVITIES, 0),  // a statement that needs the wire has the others' rows parked
    small(SQL_MAX_DRIVER_CONNECTIONS, 0),
    bits(SQL_ODBC_INTERFACE_CONFORMANCE, SQL_OIC_CORE),
    bits(SQL_STANDARD_CLI_CONFORMANCE, SQL_SCC_XOPEN_CLI_VERSION1 | SQL_SCC_ISO92_CLI),
    text(SQL_ODBC_VER, "03.80.0000"),
    bits(SQL_PARAM_ARRAY_ROW_COUNTS, SQL_PARC_NO_BATCH),
    bits(SQL_PARAM_ARRAY_SELECTS, SQL_PAS_BATCH),
    no(SQL_ROW_UPDATES),
    text(SQL_SEARCH_PATTERN_ESCAPE, "\\"),
    text(SQL_SERVER_NAME, server_name),
    cursor_attributes_1<SQL_CURSOR_STATIC>(SQL_STATIC_CURSOR_ATTRIBUTES1),
    cursor_attributes_2<SQL_CURSOR_STATIC>(SQL_STATIC_CURSOR_ATTRIBUTES2),
    text(SQL_XOPEN_CLI_YEAR, "1995"),
    bits(SQL_DTC_TRANSITION_COST, 0),

    // --- Product
    text(SQL_DATABASE_NAME, [](Connection& c) { return c.current_catalog(); }),
    text(SQL_DBMS_NAME, kDbmsName),
    text(SQL_DBMS_VER, dbms_version),

    // --- Data source
    no(SQL_ACCESSIBLE_PROCEDURES),
    no(SQL_ACCESSIBLE_TABLES),  // any privilege makes a table visible
    bits(SQL_BOOKMARK_PERSISTENCE,
         [](Connection& c) { return if_scrollable(c, SQL_BP_DELETE | SQL_BP_UPDATE | SQL_BP_TRANSACTION | SQL_BP_SCROLL); }),
    text(SQL_CATALOG_TERM, [](Connection& c) { return std::string(if_catalogs(c, 1) != 0 ? "database" : ""); }),
    text(SQL_COLLATION_SEQ, ""),  // each database has its own
    small(SQL_CONCAT_NULL_BEHAVIOR, SQL_CB_NULL),
    small(SQL_CURSOR_COMMIT_BEHAVIOR, SQL_CB_PRESERVE),
    small(SQL_CURSOR_ROLLBACK_BEHAVIOR, SQL_CB_PRESERVE),
    bits(SQL_CURSOR_SENSITIVITY, SQL_UNSPECIFIED),
    no(SQL_DATA_SOURCE_READ_ONLY),
    bits(SQL_DEFAULT_TXN_ISOLATION,
         [](Connection& c) { return has_transactions(c) ? SQLULEN{default_isolation(c)} : SQLULEN{0}; }),
    yes(SQL_DESCRIBE_PARAMETER),
    yes(SQL_MULT_RESULT_SETS),
    yes(SQL_MULTIPLE_ACTIVE_TXN),
    no(SQL_NEED_LONG_DATA_LEN),
    small(SQL_NULL_COLLATION, SQL_NC_LOW),
    text(SQL_PROCEDURE_TERM, [](Connection& c) { return std::string(dialect(c).procedures() ? "stored procedure" : ""); }),
    text(SQL_SCHEMA_TERM, [](Connection& c) { return std::string(if_schemas(c, 1) != 0 ? "database" : ""); }),
    bits(SQL_SCROLL_OPTIONS, scroll_options),
    text(SQL_TABLE_TERM, "table"),
    small(SQL_TXN_CAPABLE,
          [](Connection& c) { return has_transactions(c) ? SQLULEN{SQL_TC_DDL_COMMIT} : SQLULEN{SQL_TC_NONE}; }),
    bits(SQL_TXN_ISOLATION_OPTION,
         [](Connection& c) {
           if (!has_transactions(c)) return SQLULEN{0};
           const bool two_levels = dialect(c).flavour == Flavour::tidb;
           return SQLULEN{SQL_TXN_READ_COMMITTED | SQL_TXN_REPEATABLE_READ} |
                  (two_levels ? 0 : SQL_TXN_READ_UNCOMMITTED | SQL_TXN_SERIALIZABLE);
         }),
    text(SQL_USER_NAME, [](Connection& c) { return c.settings().user; }),

    // --- SQL
    bits(SQL_AGGREGATE_FUNCTIONS,
         SQL_AF_ALL | SQL_AF_AVG | SQL_AF_COUNT | SQL_AF_DISTINCT | SQL_AF_MAX | SQL_AF_MIN | SQL_AF_SUM),
    bits(SQL_ALTER_DOMAIN, 0),
    bits(SQL_ALTER_TABLE, SQL_AT_ADD_COLUMN | SQL_AT_DROP_COLUMN | SQL_AT_ADD_COLUMN_COLLATION | SQL_AT_ADD_COLUMN_DEFAULT |
                              SQL_AT_ADD_COLUMN_SINGLE | SQL_AT_ADD_CONSTRAINT | SQL_AT_ADD_TABLE_CONSTRAINT |
                              SQL_AT_CONSTRAINT_NAME_DEFINITION | SQL_AT_DROP_COLUMN_CASCADE | SQL_AT_DROP_COLUMN_DEFAULT |
                              SQL_AT_DROP_COLUMN_RESTRICT | SQL_AT_SET_COLUMN_DEFAULT),
    bits(SQL_DATETIME_LITERALS, SQL_DL_SQL92_DATE | SQL_DL_SQL92_TIME | SQL_DL_SQL92_TIMESTAMP),
    small(SQL_CATALOG_LOCATION, [](Connection& c) { return if_catalogs(c, SQL_CL_START); }),
    text(SQL_CATALOG_NAME, [](Connection& c) { return yes_if(if_catalogs(c, 1) != 0); }),
    text(SQL_CATALOG_NAME_SEPARATOR, [](Connection& c) { return std::string(if_catalogs(c, 1) != 0 ? "." : ""); }),
    bits(SQL_CATALOG_USAGE,
         [](Connection& c) {
           return if_catalogs(c, SQL_CU_DML_STATEMENTS | SQL_CU_PROCEDURE_INVOCATION | SQL_CU_TABLE_DEFINITION |
                                     SQL_CU_INDEX_DEFINITION | SQL_CU_PRIVILEGE_DEFINITION);
         }),
    yes(SQL_COLUMN_ALIAS),
    small(SQL_CORRELATION_NAME, SQL_CN_ANY),
    bits(SQL_CREATE_ASSERTION, 0),
    bits(SQL_CREATE_CHARACTER_SET, 0),
    bits(SQL_CREATE_COLLATION, 0),
    bits(SQL_CREATE_DOMAIN, 0),
    bits(SQL_CREATE_SCHEMA, SQL_CS_CREATE_SCHEMA | SQL_CS_DEFAULT_CHARACTER_SET),
    bits(SQL_CREATE_TABLE, SQL_CT_CREATE_TABLE | SQL_CT_TABLE_CONSTRAINT | SQL_CT_CONSTRAINT_NAME_DEFINITION |
                               SQL_CT_COLUMN_CONSTRAINT | SQL_CT_COLUMN_DEFAULT | SQL_CT_COLUMN_COLLATION),
    bits(SQL_CREATE_TRANSLATION, 0),
    bits(SQL_CREATE_VIEW, SQL_CV_CREATE_VIEW | SQL_CV_CHECK_OPTION | SQL_CV_CASCADED | SQL_CV_LOCAL),
    bits(SQL_DDL_INDEX, SQL_DI_CREATE_INDEX | SQL_DI_DROP_INDEX),
    bits(SQL_DROP_ASSERTION, 0),
    bits(SQL_DROP_CHARACTER_SET, 0),
    bits(SQL_DROP_COLLATION, 0),
    bits(SQL_DROP_DOMAIN, 0),
    bits(SQL_DROP_SCHEMA, SQL_DS_DROP_SCHEMA),
    bits(SQL_DROP_TABLE, SQL_DT_DROP_TABLE | SQL_DT_CASCADE | SQL_DT_RESTRICT),
    bits(SQL_DROP_TRANSLATION, 0),
    bits(SQL_DROP_VIEW, SQL_DV_DROP_VIEW | SQL_DV_CASCADE | SQL_DV_RESTRICT),
    yes(SQL_EXPRESSIONS_IN_ORDERBY),
    small(SQL_GROUP_BY, SQL_GB_GROUP_BY_CONTAINS_SELECT),  // with ONLY_FULL_GROUP_BY; without it less is demanded
    small(SQL_IDENTIFIER_CASE, identifier_case),
    text(SQL_IDENTIFIER_QUOTE_CHAR, "`"),  // in every sql_mode, also where ANSI_QUOTES allows " as well
    bits(SQL_INDEX_KEYWORDS, SQL_IK_ALL),
    bits(SQL_INSERT_STATEMENT, SQL_IS_INSERT_LITERALS | SQL_IS_INSERT_SEARCHED),
    text(SQL_INTEGRITY, [](Connection& c) { return yes_if(dialect(c).flavour != Flavour::vitess); }),
    text(SQL_KEYWORDS, [](Connection& c) { return server_keywords(dialect(c).mariadb()); }),
    yes(SQL_LIKE_ESCAPE_CLAUSE),
    small(SQL_NON_NULLABLE_COLUMNS, SQL_NNC_NON_NULL),
    bits(SQL_OJ_CAPABILITIES,
         SQL_OJ_LEFT | SQL_OJ_RIGHT | SQL_OJ_NESTED | SQL_OJ_NOT_ORDERED | SQL_OJ_INNER | SQL_OJ_ALL_COMPARISON_OPS),
    no(SQL_ORDER_BY_COLUMNS_IN_SELECT),
    yes(SQL_OUTER_JOINS),
    text(SQL_PROCEDURES, [](Connection& c) { return yes_if(dialect(c).procedures()); }),
    small(SQL_QUOTED_IDENTIFIER_CASE, identifier_case),
    bits(SQL_SCHEMA_USAGE,
         [](Connection& c) {
           return if_schemas(c, SQL_SU_DML_STATEMENTS | SQL_SU_PROCEDURE_INVOCATION | SQL_SU_TABLE_DEFINITION |
                                    SQL_SU_INDEX_DEFINITION | SQL_SU_PRIVILEGE_DEFINITION);
         }),
    text(SQL_SPECIAL_CHARACTERS, " !\"#$%&'()*+,-./:;<=>?@[\\]^{|}~"),
    bits(SQL_SQL_CONFORMANCE, SQL_SC_SQL92_ENTRY),
    bits(SQL_SUBQUERIES, SQL_SQ_CORRELATED_SUBQUERIES | SQL_SQ_COMPARISON | SQL_SQ_EXISTS | SQL_SQ_IN | SQL_SQ_QUANTIFIED),
    bits(SQL_UNION, SQL_U_UNION | SQL_U_UNION_ALL),

    // --- SQL-92
    bits(SQL_SQL92_DATETIME_FUNCTIONS, SQL_SDF_CURRENT_DATE | SQL_SDF_CURRENT_TIME | SQL_SDF_CURRENT_TIMESTAMP),
    bits(SQL_SQL92_FOREIGN_KEY_DELETE_RULE, SQL_SFKD_CASCADE | SQL_SFKD_NO_ACTION | SQL_SFKD_SET_NULL),
    bits(SQL_SQL92_FOREIGN_KEY_UPDATE_RULE, SQL_SFKU_CASCADE | SQL_SFKU_NO_ACTION | SQL_SFKU_SET_NULL),
    bits(SQL_SQL92_GRANT, SQL_SG_DELETE_TABLE | SQL_SG_INSERT_COLUMN | SQL_SG_INSERT_TABLE | SQL_SG_REFERENCES_TABLE |
                              SQL_SG_REFERENCES_COLUMN | SQL_SG_SELECT_TABLE | SQL_SG_UPDATE_COLUMN | SQL_SG_UPDATE_TABLE |
                              SQL_SG_WITH_GRANT_OPTION),
    bits(SQL_SQL92_NUMERIC_VALUE_FUNCTIONS, SQL_SNVF_BIT_LENGTH | SQL_SNVF_CHAR_LENGTH | SQL_SNVF_CHARACTER_LENGTH |
                                                SQL_SNVF_EXTRACT | SQL_SNVF_OCTET_LENGTH | SQL_SNVF_POSITION),
    bits(SQL_SQL92_PREDICATES, SQL_SP_BETWEEN | SQL_SP_COMPARISON | SQL_SP_EXISTS | SQL_SP_IN | SQL_SP_ISNOTNULL |
                                   SQL_SP_ISNULL | SQL_SP_LIKE | SQL_SP_QUANTIFIED_COMPARISON),
    bits(SQL_SQL92_RELATIONAL_JOIN_OPERATORS, joins),
    bits(SQL_SQL92_REVOKE, SQL_SR_DELETE_TABLE | SQL_SR_INSERT_COLUMN | SQL_SR_INSERT_TABLE | SQL_SR_REFERENCES_COLUMN |
                               SQL_SR_REFERENCES_TABLE | SQL_SR_SELECT_TABLE | SQL_SR_UPDATE_COLUMN | SQL_SR_UPDATE_TABLE),
    bits(SQL_SQL92_ROW_VALUE_CONSTRUCTOR, SQL_SRVC_VALUE_EXPRESSION | SQL_SRVC_NULL | SQL_SRVC_ROW_SUBQUERY),
    bits(SQL_SQL92_STRING_FUNCTIONS, SQL_SSF_CONVERT | SQL_SSF_LOWER | SQL_SSF_UPPER | SQL_SSF_SUBSTRING | SQL_SSF_TRIM_BOTH |
                                         SQL_SSF_TRIM_LEADING | SQL_SSF_TRIM_TRAILING),
    bits(SQL_SQL92_VALUE_EXPRESSIONS, SQL_SVE_CASE | SQL_SVE_CAST | SQL_SVE_COALESCE | SQL_SVE_NULLIF),

    // --- Limits; 0 = none or not known
    bits(SQL_MAX_BINARY_LITERAL_LEN, 0),
    small(SQL_MAX_CATALOG_NAME_LEN, [](Connection& c) { return if_catalogs(c, kNameCharacters); }),
    bits(SQL_MAX_CHAR_LITERAL_LEN, 0),
    small(SQL_MAX_COLUMN_NAME_LEN, kNameCharacters),
    small(SQL_MAX_COLUMNS_IN_GROUP_BY, 0),
    small(SQL_MAX_COLUMNS_IN_INDEX, [](Connection& c) { return SQLULEN{dialect(c).mariadb() ? 32u : 16u}; }),
    small(SQL_MAX_COLUMNS_IN_ORDER_BY, 0),
    small(SQL_MAX_COLUMNS_IN_SELECT, kMaxResultColumns),
    small(SQL_MAX_COLUMNS_IN_TABLE, kMaxTableColumns),
    small(SQL_MAX_CURSOR_NAME_LEN, kNameCharacters),
    small(SQL_MAX_IDENTIFIER_LEN, kNameCharacters),
    bits(SQL_MAX_INDEX_SIZE, kMaxIndexBytes),
    small(SQL_MAX_PROCEDURE_NAME_LEN, [](Connection& c) { return dialect(c).procedures() ? kNameCharacters : SQLULEN{0}; }),
    bits(SQL_MAX_ROW_SIZE, kMaxRowBytes),
    no(SQL_MAX_ROW_SIZE_INCLUDES_LONG),
    small(SQL_MAX_SCHEMA_NAME_LEN, [](Connection& c) { return if_schemas(c, kNameCharacters); }),
    bits(SQL_MAX_STATEMENT_LEN, 0),  // in bytes the server's max_allowed_packet
    small(SQL_MAX_TABLE_NAME_LEN, kNameCharacters),
    small(SQL_MAX_TABLES_IN_SELECT, kMaxTablesInJoin),
    small(SQL_MAX_USER_NAME_LEN, max_user_name_characters),

    // --- Scalar functions: what the escape translator knows
    bits(SQL_CONVERT_FUNCTIONS, SQL_FN_CVT_CAST | SQL_FN_CVT_CONVERT),
    bits(SQL_NUMERIC_FUNCTIONS, [](Connection&) { return SQLULEN{function_bits(FunctionGroup::numeric)}; }),
    bits(SQL_STRING_FUNCTIONS, [](Connection&) { return SQLULEN{function_bits(FunctionGroup::string)}; }),
    bits(SQL_SYSTEM_FUNCTIONS, [](Connection&) { return SQLULEN{function_bits(FunctionGroup::system)}; }),
    bits(SQL_TIMEDATE_FUNCTIONS, [](Connection&) { return SQLULEN{function_bits(FunctionGroup::timedate)}; }),
    bits(SQL_TIMEDATE_ADD_INTERVALS, [](Connection&) { return SQLULEN{timestamp_interval_bits()}; }),
    bits(SQL_TIMEDATE_DIFF_INTERVALS, [](Connection&) { return SQLULEN{timestamp_interval_bits()}; }),

    // --- Conversions: the servers' CAST takes every type that they have
    bits(SQL_CONVERT_BIGINT, all_conversions),
    bits(SQL_CONVERT_BINARY, all_conversions),
    bits(SQL_CONVERT_BIT, all_conversions),
    bits(SQL_CONVERT_CHAR, all_conversions),
    bits(SQL_CONVERT_DATE, all_conversions),
    bits(SQL_CONVERT_DECIMAL, all_conversions),
    bits(SQL_CONVERT_DOUBLE, all_conversions),
    bits(SQL_CONVERT_FLOAT, all_conversions),
    bits(SQL_CONVERT_GUID, 0),
    bits(SQL_CONVERT_INTEGER, all_conversions),
    bits(SQL_CONVERT_INTERVAL_DAY_TIME, 0),
    bits(SQL_CONVERT_INTERVAL_YEAR_MONTH, 0),
    bits(SQL_CONVERT_LONGVARBINARY, all_conversions),
    bits(SQL_CONVERT_LONGVARCHAR, all_conversions),
    bits(SQL_CONVERT_NUMERIC, all_conversions),
    bits(SQL_CONVERT_REAL, all_conversions),
    bits(SQL_CONVERT_SMALLINT, all_conversions),
    bits(SQL_CONVERT_TIME, all_conversions),
    bits(SQL_CONVERT_TIMESTAMP, all_conversions),
    bits(SQL_CONVERT_TINYINT, all_conversions),
    bits(SQL_CONVERT_VARBINARY, all_conversions),
    bits(SQL_CONVERT_VARCHAR, all_conversions),
    bits(SQL_CONVERT_WCHAR, all_conversions),
    bits(SQL_CONVERT_WLONGVARCHAR, all_conversions),
    bits(SQL_CONVERT_WVARCHAR, all_conversions),

    // --- ODBC 2
    bits(SQL_FETCH_DIRECTION,
         [](Connection& c) {
           return SQL_FD_FETCH_NEXT |
                  if_scrollable(c, SQL_FD_FETCH_FIRST | SQL_FD_FETCH_LAST | SQL_FD_FETCH_PRIOR | SQL_FD_FETCH_ABSOLUTE |
                                       SQL_FD_FETCH_RELATIVE | SQL_FD_FETCH_BOOKMARK);
         }),
    bits(SQL_LOCK_TYPES, SQL_LCK_NO_CHANGE),
    small(SQL_ODBC_API_CONFORMANCE, SQL_OAC_LEVEL1),
    small(SQL_ODBC_SAG_CLI_CONFORMANCE, SQL_OSCC_COMPLIANT),
    small(SQL_ODBC_SQL_CONFORMANCE, SQL_OSC_CORE),
    bits(SQL_POS_OPERATIONS, SQL_POS_POSITION | SQL_POS_REFRESH | SQL_POS_UPDATE | SQL_POS_DELETE | SQL_POS_ADD),
    bits(SQL_POSITIONED_STATEMENTS, SQL_PS_POSITIONED_DELETE | SQL_PS_POSITIONED_UPDATE),
    bits(SQL_SCROLL_CONCURRENCY, SQL_SCCO_READ_ONLY | SQL_SCCO_OPT_VALUES),
    bits(SQL_STATIC_SENSITIVITY, [](Connection& c) { return if_scrollable(c, SQL_SS_UPDATES); }),
};

constexpr bool each_type_once() {
  for (const Row& row : kInfo) {
    if (std::count_if(std::begin(kInfo), std::end(kInfo), [&](const Row& other) { return other.type == row.type; }) != 1) {
      return false;
    }
  }
  return true;
}
static_assert(each_type_once());

// What a driver manager may ask before it has connected.
constexpr SQLUSMALLINT kWithoutConnection[] = {
    SQL_DRIVER_NAME, SQL_DRIVER_ODBC_VER, SQL_DRIVER_VER,          SQL_DRIVER_HDBC,        SQL_DRIVER_HENV,
    SQL_ODBC_VER,    SQL_XOPEN_CLI_YEAR,  SQL_ASYNC_DBC_FUNCTIONS, SQL_ASYNC_NOTIFICATION, SQL_DRIVER_AWARE_POOLING_SUPPORTED};

}  // namespace

InfoValue get_info(Connection& connection, SQLUSMALLINT type) {
  const auto* row = std::find_if(std::begin(kInfo), std::end(kInfo), [&](const Row& known) { return known.type == type; });
  if (row == std::end(kInfo)) throw Fail(SqlState::invalid_info_type);
  const bool needs_connection =
      std::find(std::begin(kWithoutConnection), std::end(kWithoutConnection), type) == std::end(kWithoutConnection);
  if (needs_connection) (void)connection.session();
  InfoValue value;
  value.kind = row->kind;
  if (row->kind == Kind::text) {
    value.text = row->text_of != nullptr ? row->text_of(connection) : row->text;
  } else {
    value.number = row->number_of != nullptr ? row->number_of(connection) : row->number;
  }
  return value;
}

}  // namespace selkie::odbc
