// Arguments of the catalog functions as conditions of a query. Pure.
// Spec: ODBC "Arguments in Catalog Functions"
#pragma once

#include <string>
#include <string_view>

#include "odbc/catalog.h"
#include "odbc/sql_text.h"
#include "protocol/dialect.h"

namespace selkie::odbc {

// What a catalog query depends on besides the function's arguments.
struct CatalogContext {
  DatabaseIs database_is = DatabaseIs::catalog;
  LexerModes modes{};
  bool identifiers = false;  // SQL_ATTR_METADATA_ID: arguments are identifiers, neither patterns nor exact names
  bool mariadb = false;
  protocol::Version version{};
  bool null_is_current = true;   // NULLISCURRENT: no database given is the current one, else any
  bool ignores_foreign = false;  // SCHEMANOERROR: a schema where databases are catalogs is overlooked, and the reverse
};

enum class ArgumentKind : std::uint8_t {
  ordinary,  // the name itself
  pattern,   // % and _ are wildcards, \ makes them letters
};

// Builds " WHERE a AND b". A pattern without wildcards becomes an equality, which the servers look up instead of searching.
class CatalogFilter {
 public:
  explicit CatalogFilter(const CatalogContext& context) : context_(context) {}

  // The database that `name` gives as its catalog (or schema, as the connection has it): the current one when it gives none or
  // an empty name, every one when none is selected, or as NULLISCURRENT has it. The other of catalog and schema, which nothing
  // has, must be absent, empty or "%"; otherwise nothing matches.
  CatalogFilter& database(std::string_view column, const TableName& name, ArgumentKind kind);
  // Nothing for a null argument.
  CatalogFilter& name(std::string_view column, const CatalogArgument& argument, ArgumentKind kind);
  CatalogFilter& also(std::string_view condition);

  const std::string& sql() const { return sql_; }

 private:
  const CatalogContext& context_;
  std::string sql_;
};

// The two columns for catalog and schema in a SELECT; `column` holds the database: "T.TABLE_SCHEMA,NULL".
std::string database_columns(const CatalogContext& context, std::string_view column);

// An identifier argument: quotes removed, or trailing blanks of one without quotes.
std::string plain_identifier(std::string_view identifier);

// "LIKE 'a!_b%' ESCAPE '!'", "= 'a_b'", or empty when everything matches.
std::string match_pattern(std::string_view pattern, LexerModes modes);

}  // namespace selkie::odbc
