// Parameter arrays and rows one by one. Each call sends the same rows, so filling the arrays is no part of the figure.
#include <cstring>

#include "bodies.h"

namespace selkie::bench {
namespace {

constexpr SQLULEN kTimestampChars = 26;
constexpr SQLSMALLINT kMicroseconds = 6;

// The rows again, as one array a column.
struct Columns {
  explicit Columns(const std::vector<InsertRow>& rows) {
    for (const InsertRow& row : rows) {
      id.push_back(row.id);
      big.push_back(row.big);
      dbl.push_back(row.dbl);
      name.insert(name.end(), row.name, row.name + sizeof row.name);
      name_bytes.push_back(row.name_bytes);
      at.push_back(row.at);
    }
  }
  std::vector<SQLINTEGER> id;
  std::vector<SQLBIGINT> big;
  std::vector<SQLDOUBLE> dbl;
  std::vector<char> name;
  std::vector<SQLLEN> name_bytes;
  std::vector<SQL_TIMESTAMP_STRUCT> at;
};

void bind(Statement& statement, SQLINTEGER* id, SQLBIGINT* big, SQLDOUBLE* dbl, char* name, SQLLEN* name_bytes,
          SQL_TIMESTAMP_STRUCT* at) {
  statement.parameter(1, SQL_C_SLONG, SQL_INTEGER, 0, 0, id, sizeof *id, nullptr);
  statement.parameter(2, SQL_C_SBIGINT, SQL_BIGINT, 0, 0, big, sizeof *big, nullptr);
  statement.parameter(3, SQL_C_DOUBLE, SQL_DOUBLE, 0, 0, dbl, sizeof *dbl, nullptr);
  statement.parameter(4, SQL_C_CHAR, SQL_VARCHAR, 32, 0, name, sizeof InsertRow::name, name_bytes);
  statement.parameter(5, SQL_C_TYPE_TIMESTAMP, SQL_TYPE_TIMESTAMP, kTimestampChars, kMicroseconds, at, sizeof *at, nullptr);
}

enum class Commits { at_the_end, each_row };

void insert_one_by_one(Run& run, Connection& connection, Statement& statement, Commits commits) {
  const std::vector<InsertRow> rows = insert_rows(1000);
  InsertRow row = rows[0];
  bind(statement, &row.id, &row.big, &row.dbl, row.name, &row.name_bytes, &row.at);
  run.measure([&] {
    for (long i = 0; i < run.count; ++i) {
      row = rows[static_cast<std::size_t>(i) % rows.size()];
      statement.execute();
      if (commits == Commits::each_row) connection.commit();
    }
    if (commits == Commits::at_the_end) connection.commit();
  });
}

void insert_arrays(Run& run, Connection& connection, Statement& statement) {
  std::vector<InsertRow> rows = insert_rows(run.shape.rowset);
  Columns columns(rows);
  SQLULEN processed = 0;
  statement.attribute(SQL_ATTR_PARAMSET_SIZE, static_cast<SQLULEN>(run.shape.rowset));
  statement.attribute(SQL_ATTR_PARAMS_PROCESSED_PTR, &processed);
  if (run.shape.row_wise) {
    statement.attribute(SQL_ATTR_PARAM_BIND_TYPE, sizeof(InsertRow));
    bind(statement, &rows[0].id, &rows[0].big, &rows[0].dbl, rows[0].name, &rows[0].name_bytes, &rows[0].at);
  } else {
    bind(statement, columns.id.data(), columns.big.data(), columns.dbl.data(), columns.name.data(), columns.name_bytes.data(),
         columns.at.data());
  }
  run.measure([&] {
    for (long done = 0; done < run.count; done += run.shape.rowset) statement.execute();
    connection.commit();
  });
}

template <class Body>
void insert_into_empty_table(Run& run, Body&& body) {
  Connection connection(run.options);
  const Placement placement(run.options, [&](std::string_view sql) { return connection.number(sql); });
  connection.run(kEmptyInserted);
  connection.autocommit(false);
  Statement statement(connection);
  statement.prepare(kInsert);
  body(connection, statement);
  if (run.verify()) run.expect_count(connection.number(kCountInserted));
}

}  // namespace

void insert(Run& run) {
  insert_into_empty_table(run, [&](Connection& connection, Statement& statement) {
    if (run.shape.rowset > 1) return insert_arrays(run, connection, statement);
    insert_one_by_one(run, connection, statement, Commits::at_the_end);
  });
}

void commit(Run& run) {
  insert_into_empty_table(run, [&](Connection& connection, Statement& statement) {
    insert_one_by_one(run, connection, statement, Commits::each_row);
  });
}

void update(Run& run) {
  Connection connection(run.options);
  const Placement placement(run.options, [&](std::string_view sql) { return connection.number(sql); });
  connection.run(kEmptyUpdated);
  connection.autocommit(false);
  Statement statement(connection);
  std::vector<SQLINTEGER> add(kUpdatedRows, 1), id;
  for (SQLINTEGER k = 1; k <= kUpdatedRows; ++k) id.push_back(k);
  statement.prepare(kUpdate);
  statement.attribute(SQL_ATTR_PARAMSET_SIZE, static_cast<SQLULEN>(kUpdatedRows));
  statement.parameter(1, SQL_C_SLONG, SQL_INTEGER, 0, 0, add.data(), sizeof add[0], nullptr);
  statement.parameter(2, SQL_C_SLONG, SQL_INTEGER, 0, 0, id.data(), sizeof id[0], nullptr);
  run.measure([&] {
    for (long done = 0; done < run.count; done += kUpdatedRows) statement.execute();
    connection.commit();
  });
  if (run.verify()) run.expect_count(connection.number(kCountUpdated));
}

}  // namespace selkie::bench
