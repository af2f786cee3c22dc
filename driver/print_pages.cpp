// Prints the pages in odbc/ from the code's own tables. Rewrite one with: selkie_pages FUNCTIONS > odbc/FUNCTIONS.md
#include <sql.h>
#include <sqlext.h>

#include <algorithm>
#include <cstdio>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "odbc/attributes.h"
#include "odbc/convert.h"
#include "odbc/cursor_types.h"
#include "odbc/diagnostics.h"
#include "odbc/states.h"
#include "odbc/types.h"

namespace {

using namespace selkie::odbc;
using selkie::protocol::Column;
using selkie::protocol::WireType;

// --- Pages and tables

void print(std::string_view line) { std::printf("%.*s\n", static_cast<int>(line.size()), line.data()); }

void print_row(const std::vector<std::string>& cells) {
  std::string line = "|";
  for (const std::string& cell : cells) line.append(cell.empty() ? "" : " ").append(cell).append(" |");
  print(line);
}

void print_head(const std::vector<std::string>& cells) {
  print_row(cells);
  std::string rule = "|";
  for (std::size_t i = 0; i < cells.size(); ++i) rule += "---|";
  print(rule);
}

// --- Names of ODBC's numbers

enum class Named : std::uint8_t { environment_attribute, connection_attribute, statement_attribute, sql_type, c_type };
struct Name {
  Named kind;
  long number;
  const char* name;
};
constexpr Name kNames[] = {
#define X(kind, name) {Named::kind, name, #name},
#include "driver/names.inc"
#undef X
    {Named::connection_attribute, 118, "SQL_ATTR_DBC_INFO_TOKEN"},  // unixODBC's headers name these for the driver manager only
    {Named::connection_attribute, 119, "SQL_ATTR_ASYNC_DBC_EVENT"},
};

// A number without a name is a row that was added to a table and not here: the page that misses it does not match any more.
std::string name_of(Named kind, long number) {
  const auto found = std::ranges::find_if(kNames, [&](const Name& name) { return name.kind == kind && name.number == number; });
  return found != std::end(kNames) ? found->name : std::to_string(number) + " (no name)";
}

// --- FUNCTIONS

struct Function {
  const char* name;
  bool has_text;
};
constexpr Function kFunctions[] = {
#define TEXT(name, id)  {#name, true},
#define PLAIN(name, id) {#name, false},
#include "driver/entries.def"
#undef TEXT
#undef PLAIN
};

std::string cell_of(const Refusal& refusal) {
  const auto text = [](const std::optional<SqlState>& state) { return std::string(state ? sqlstate_text(*state) : "-"); };
  return refusal.prepared == refusal.direct ? text(refusal.direct) : text(refusal.prepared) + " / " + text(refusal.direct);
}

void print_functions() {
  print("# Functions\n");
  print(
      "What the driver exports and SQLGetFunctions claims. Functions with text exist twice: as named for UTF-8, with a W "
      "behind");
  print("the name for UTF-16. ODBC 2's other functions are the driver manager's to map. Nothing runs asynchronously:");
  print("`SQL_ASYNC_MODE` is `SQL_AM_NONE`.\n");
  print_head({"function", "forms"});
  for (const Function& function : kFunctions) {
    print_row({function.name, function.has_text ? "A and W" : "one"});
  }
  print("\n## What may be called when\n");
  print("The SQLSTATE with which a call is refused in a state of its statement, `-` where it is admitted. Two of them: for a");
  print(
      "prepared statement / for one that SQLExecDirect or a catalog function ran. Functions that are not listed are admitted "
      "in");
  print("all states. Spec: ODBC Appendix B, \"Statement Transitions\".\n");
  std::vector<std::string> head{"call"};
  for (std::size_t state = 0; state < kStates; ++state) head.emplace_back(state_name(static_cast<State>(state)));
  print_head(head);
  for (const StateRow& row : state_rows()) {
    std::vector<std::string> cells{std::string(row.functions)};
    for (const Refusal& refusal : row.refusals) cells.push_back(cell_of(refusal));
    print_row(cells);
  }
}

// --- SQLSTATES

void print_sqlstates() {
  print("# SQLSTATEs\n");
  print("The states that the driver raises itself, and what an application of ODBC 2 is told instead.\n");
  print_head({"ODBC 3", "ODBC 2", "message"});
#define X(name, state3, state2, text) print_row({state3, state2, text});
  SELKIE_SQLSTATES(X)
#undef X
  print("\n## Errors of the servers\n");
  print(
      "A server's error keeps its own code, words and SQLSTATE, except where the server's state is too general for ODBC or "
      "says");
  print("something else there:\n");
  print_head({"code", "SQLSTATE", "error"});
  for (const ServerState& row : server_states()) {
    print_row({std::to_string(row.code), row.state, std::string(row.meaning)});
  }
}

// --- ATTRIBUTES

std::string value_of(const AttributeFacts& facts) {
  switch (facts.kind) {
    case AttributeValue::Kind::uinteger: return "SQLUINTEGER";
    case AttributeValue::Kind::ulen: return "SQLULEN";
    case AttributeValue::Kind::pointer: return "pointer";
    case AttributeValue::Kind::text: return "text";
  }
  return "";
}

void print_attributes(std::string_view title, Named kind, const std::vector<AttributeFacts>& attributes) {
  print("## " + std::string(title) + "\n");
  print_head({"attribute", "value", "access", "set"});
  for (const AttributeFacts& facts : attributes) {
    const char* const access = !facts.is_writable ? "read" : !facts.is_readable ? "write" : "read, write";
    const bool is_of_cursor = kind == Named::statement_attribute && is_cursor_attribute(facts.id);
    print_row({name_of(kind, facts.id), value_of(facts), access,
               facts.when == AttributeFacts::When::before_connect ? "before connecting"
               : facts.when == AttributeFacts::When::connected    ? "when connected"
               : is_of_cursor                                     ? "before preparing"
                                                                  : ""});
  }
  print("");
}

void print_all_attributes() {
  print("# Attributes\n");
  print(
      "Those that the driver knows; of any other number it says HY092. A value that is not one of the attribute's is HY024, "
      "one");
  print("that ODBC has and the driver does not is HYC00, or 01S02 where the nearest one is used instead.\n");
  print_attributes("Of environments", Named::environment_attribute, environment_attributes());
  print_attributes("Of connections", Named::connection_attribute, connection_attributes());
  print_attributes("Of statements", Named::statement_attribute, statement_attributes());
}

// --- TYPES

// "MariaDB 11.7": where a type is not everywhere.
std::string servers_of(const TypeInfoRow& row) {
  const auto since = [](const char* name, std::uint32_t version) {
    return name + (version == 0 ? "" : " " + std::to_string(version / 10000) + "." + std::to_string(version / 100 % 100));
  };
  if (row.since_mariadb == 0 && row.since_mysql == 0) return "";
  if (row.since_mysql == kNever) return since("MariaDB", row.since_mariadb);
  if (row.since_mariadb == kNever) return since("MySQL", row.since_mysql);
  return since("MariaDB", row.since_mariadb) + ", " + since("MySQL", row.since_mysql);
}

std::string number_or_nothing(SQLINTEGER number) { return number == kNull ? "" : std::to_string(number); }

void print_types() {
  print("# Types\n");
  print(
      "How the servers' types are described, as SQLGetTypeInfo lists them: an application that connects through the W "
      "functions");
  print(
      "is told the wide types of text, others the narrow ones. Unsigned integers are described by the narrowest signed type "
      "that");
  print("holds them all. Sizes are in characters, digits or bytes by type; LONG_SIZE_CAP limits those of long types.");
  print("A type that not every server has is followed by the one that has it, with its first version.\n");
  print_head({"type", "SQL type", "SQL_C_DEFAULT", "column size", "literal", "parameters", "scale", "unsigned", "from"});
  for (const TypeInfoRow& row : type_info_rows()) {
    const bool is_unsigned = row.unsigned_attribute == SQL_TRUE;
    const std::string literal =
        std::string(row.literal_prefix) + (row.literal_prefix.empty() ? "" : "...") + std::string(row.literal_suffix);
    const std::string scale =
        row.maximum_scale == kNull ? "" : number_or_nothing(row.minimum_scale) + " to " + number_or_nothing(row.maximum_scale);
    print_row({std::string(row.type_name), name_of(Named::sql_type, row.data_type),
               name_of(Named::c_type, default_c_type(row.data_type, is_unsigned)), std::to_string(row.column_size),
               literal.empty() ? "" : "`" + literal + "`", std::string(row.create_params), scale, is_unsigned ? "yes" : "",
               servers_of(row)});
  }
}

// --- CONVERSIONS

struct Group {
  const char* name;
  std::vector<SQLSMALLINT> types;
};
const std::vector<Group> kCGroups = {
    {"CHAR, WCHAR", {SQL_C_CHAR, SQL_C_WCHAR}},
    {"BINARY", {SQL_C_BINARY}},
    {"BIT", {SQL_C_BIT}},
    {"integers",
     {SQL_C_STINYINT, SQL_C_UTINYINT, SQL_C_SSHORT, SQL_C_USHORT, SQL_C_SLONG, SQL_C_ULONG, SQL_C_SBIGINT, SQL_C_UBIGINT}},
    {"FLOAT, DOUBLE", {SQL_C_FLOAT, SQL_C_DOUBLE}},
    {"NUMERIC", {SQL_C_NUMERIC}},
    {"DATE", {SQL_C_TYPE_DATE}},
    {"TIME", {SQL_C_TYPE_TIME}},
    {"TIMESTAMP", {SQL_C_TYPE_TIMESTAMP}},
    {"GUID", {SQL_C_GUID}},
    {"YEAR, MONTH", {SQL_C_INTERVAL_YEAR, SQL_C_INTERVAL_MONTH}},
    {"YEAR TO MONTH", {SQL_C_INTERVAL_YEAR_TO_MONTH}},
    {"DAY, HOUR, MINUTE, SECOND", {SQL_C_INTERVAL_DAY, SQL_C_INTERVAL_HOUR, SQL_C_INTERVAL_MINUTE, SQL_C_INTERVAL_SECOND}},
    {"DAY TO SECOND and parts of it",
     {SQL_C_INTERVAL_DAY_TO_HOUR, SQL_C_INTERVAL_DAY_TO_MINUTE, SQL_C_INTERVAL_DAY_TO_SECOND, SQL_C_INTERVAL_HOUR_TO_MINUTE,
      SQL_C_INTERVAL_HOUR_TO_SECOND, SQL_C_INTERVAL_MINUTE_TO_SECOND}},
};
const std::vector<Group> kSqlGroups = {
    {"(W)CHAR, (W)VARCHAR, (W)LONGVARCHAR",
     {SQL_CHAR, SQL_VARCHAR, SQL_LONGVARCHAR, SQL_WCHAR, SQL_WVARCHAR, SQL_WLONGVARCHAR}},
    {"DECIMAL, NUMERIC", {SQL_DECIMAL, SQL_NUMERIC}},
    {"integers", {SQL_TINYINT, SQL_SMALLINT, SQL_INTEGER, SQL_BIGINT}},
    {"REAL, FLOAT, DOUBLE", {SQL_REAL, SQL_FLOAT, SQL_DOUBLE}},
    {"BIT", {SQL_BIT}},
    {"(LONG)(VAR)BINARY", {SQL_BINARY, SQL_VARBINARY, SQL_LONGVARBINARY}},
    {"DATE", {SQL_TYPE_DATE}},
    {"TIME", {SQL_TYPE_TIME}},
    {"TIMESTAMP", {SQL_TYPE_TIMESTAMP}},
    {"GUID", {SQL_GUID}},
    {"YEAR, MONTH", {SQL_INTERVAL_YEAR, SQL_INTERVAL_MONTH}},
    {"YEAR TO MONTH", {SQL_INTERVAL_YEAR_TO_MONTH}},
    {"DAY, HOUR, MINUTE, SECOND", {SQL_INTERVAL_DAY, SQL_INTERVAL_HOUR, SQL_INTERVAL_MINUTE, SQL_INTERVAL_SECOND}},
    {"DAY TO SECOND and parts of it",
     {SQL_INTERVAL_DAY_TO_HOUR, SQL_INTERVAL_DAY_TO_MINUTE, SQL_INTERVAL_DAY_TO_SECOND, SQL_INTERVAL_HOUR_TO_MINUTE,
      SQL_INTERVAL_HOUR_TO_SECOND, SQL_INTERVAL_MINUTE_TO_SECOND}},
};

struct Sample {
  const char* name;
  WireType type;
  std::uint16_t charset;
  std::uint32_t length;
};
constexpr std::uint16_t kUtf8mb4 = 45;
constexpr Sample kSamples[] = {
    {"TINYINT to BIGINT, YEAR", WireType::long_, selkie::protocol::kBinaryCharset, 11},
    {"DECIMAL", WireType::newdecimal, selkie::protocol::kBinaryCharset, 12},
    {"FLOAT, DOUBLE", WireType::double_, selkie::protocol::kBinaryCharset, 22},
    {"BIT(1)", WireType::bit, selkie::protocol::kBinaryCharset, 1},
    {"DATE", WireType::date, selkie::protocol::kBinaryCharset, 10},
    {"TIME", WireType::time, selkie::protocol::kBinaryCharset, 10},
    {"DATETIME, TIMESTAMP", WireType::datetime, selkie::protocol::kBinaryCharset, 19},
    {"CHAR, VARCHAR, TEXT, ENUM, SET, JSON, UUID, INET4, INET6", WireType::var_string, kUtf8mb4, 400},
    {"BINARY, VARBINARY, BLOB, BIT(n), GEOMETRY, VECTOR", WireType::blob, selkie::protocol::kBinaryCharset, 100},
};

template <class IsThere>
std::string mark(const Group& group, IsThere&& is_there) {
  const auto count = static_cast<std::size_t>(std::ranges::count_if(group.types, is_there));
  return count == group.types.size() ? "x" : count == 0 ? "" : "partly";
}

void print_conversions() {
  print("# Conversions\n");
  print("Which pairs there are; any other is 07006. What a value becomes, and the SQLSTATE of one that does not fit, are the");
  print(
      "specification's. Beyond its lists there is TIME, which on these servers is a span of up to 838 hours, to and from the");
  print("day-time intervals. An exact number to an interval of several fields is on its lists with its failure alone, 22015.");
  print("Rows in text and in binary give the same values.\n");
  print("## From the server to the application\n");
  std::vector<std::string> head{"server \\ SQL_C_"};
  for (const Group& group : kCGroups) head.emplace_back(group.name);
  print_head(head);
  for (const Sample& sample : kSamples) {
    Column column;
    column.type = sample.type, column.charset = sample.charset, column.length = sample.length;
    std::vector<std::string> cells{sample.name};
    for (const Group& group : kCGroups) {
      cells.push_back(mark(group, [&](SQLSMALLINT c_type) {
        using selkie::protocol::Encoding;
        return plan_output(column, Encoding::text, c_type, {}).convert != nullptr &&
               plan_output(column, Encoding::binary, c_type, {}).convert != nullptr;
      }));
    }
    print_row(cells);
  }
  print("\n## From the application to the server\n");
  head = {"SQL_C_ \\ SQL_"};
  for (const Group& group : kSqlGroups) head.emplace_back(group.name);
  print_head(head);
  for (const Group& from : kCGroups) {
    std::vector<std::string> cells{from.name};
    for (const Group& to : kSqlGroups) {
      const auto has_pair = [&](SQLSMALLINT c_type) {
        return std::ranges::all_of(to.types, [&](SQLSMALLINT type) { return plan_input(c_type, type, {}).convert != nullptr; });
      };
      cells.push_back(mark(from, has_pair));
    }
    print_row(cells);
  }
}

// --- CURSORS

struct Ability {
  const char* name;
  SQLUINTEGER CursorType::*field;
  SQLUINTEGER bit;
};
constexpr Ability kAbilities[] = {
#define X(number, name) {#name, &CursorType::attributes_##number, name},
#include "driver/cursor_abilities.inc"
#undef X
};

std::string cursor_name(SQLULEN type) {
  switch (type) {
    case SQL_CURSOR_FORWARD_ONLY: return "forward-only";
    case SQL_CURSOR_STATIC: return "static";
    case SQL_CURSOR_KEYSET_DRIVEN: return "keyset-driven";
    default: return "dynamic";
  }
}

void print_cursors() {
  print("# Cursors\n");
  print("A type that is asked for and not there becomes the nearest one that is (01S02).\n");
  print_head({"type", "is", "shows changes of its rows"});
  for (const CursorType& type : kCursorTypes) print_row({cursor_name(type.type), cursor_name(type.becomes), type.shows});
  print("\n## Keyset-driven cursors\n");
  print(
      "Which rows there are, and in what order, is settled when the query is executed: their keys are kept. Each positioning");
  print("(SQLFetch, SQLFetchScroll, SQL_REFRESH, SQL_FETCH_BY_BOOKMARK) reads the rows of the rowset from the table, with one");
  print("statement for up to 1000. The row status array tells of each: SQL_ROW_UPDATED when it is not what it was when it was");
  print(
      "fetched last, SQL_ROW_DELETED when there is no row with its key. A row whose key others change is gone; one whose key");
  print(
      "SQL_UPDATE changes is followed. Whatever isolation the transaction has holds for this reading, too, and a locking "
      "query");
  print("(FOR UPDATE, FOR SHARE) locks again.\n");
  print(
      "The query has to be a SELECT of columns, none of them computed, FROM one table, with or without WHERE, ORDER BY, LIMIT");
  print("and a lock, and to show all columns of a unique key without NULL that compares exactly. For any other the cursor is");
  print("static: execution says so (01S02), and SQL_ATTR_CURSOR_TYPE is SQL_CURSOR_STATIC until the cursor is closed.\n");
  print("## What each can do\n");
  print(
      "As SQLGetInfo tells in `SQL_..._CURSOR_ATTRIBUTES1` and `2`. What is not listed none can do. With FORWARD_CURSOR=1 all");
  print("cursors are forward-only.\n");
  std::vector<std::string> head{"ability"};
  for (const CursorType& type : kCursorTypes) {
    if (type.becomes == type.type) head.push_back(cursor_name(type.type));
  }
  print_head(head);
  for (const Ability& ability : kAbilities) {
    std::vector<std::string> cells{ability.name};
    bool is_any = false;
    for (const CursorType& type : kCursorTypes) {
      if (type.becomes != type.type) continue;
      cells.push_back((type.*ability.field & ability.bit) == ability.bit ? "yes" : "-");
      is_any = is_any || cells.back() == "yes";
    }
    if (is_any) print_row(cells);
  }
}

struct Page {
  std::string_view name;
  void (*print)();
};
constexpr Page kPages[] = {{"FUNCTIONS", print_functions}, {"CONVERSIONS", print_conversions},   {"TYPES", print_types},
                           {"SQLSTATES", print_sqlstates}, {"ATTRIBUTES", print_all_attributes}, {"CURSORS", print_cursors}};

}  // namespace

int main(int count, char** arguments) {
  for (const Page& page : kPages) {
    if (count != 2 || page.name != arguments[1]) continue;
    page.print();
    return 0;
  }
  std::fputs("Name one page: FUNCTIONS, CONVERSIONS, TYPES, SQLSTATES, ATTRIBUTES or CURSORS.\n", stderr);
  return 1;
}
