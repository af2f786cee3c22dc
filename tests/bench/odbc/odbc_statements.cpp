// Short commands, where round trips and the work around a statement are what counts.
#include <sys/resource.h>

#include <algorithm>
#include <deque>

#include "../common/rowset.h"
#include "bodies.h"

namespace selkie::bench {
namespace {

// The columns of kSelectPoint and their room.
struct PointRow {
  SQLINTEGER id = 0;
  SQLBIGINT big = 0;
  SQLDOUBLE dbl = 0;
  char name[129] = "";
  SQLLEN lengths[4] = {};

  void bind(Statement& statement) {
    statement.bind(1, SQL_C_SLONG, &id, sizeof id, &lengths[0]);
    statement.bind(2, SQL_C_SBIGINT, &big, sizeof big, &lengths[1]);
    statement.bind(3, SQL_C_DOUBLE, &dbl, sizeof dbl, &lengths[2]);
    statement.bind(4, SQL_C_CHAR, name, sizeof name, &lengths[3]);
  }

  void check(SQLINTEGER want_id, Verdict& verdict) const {
    Expected want[8];
    kScanTable.expect(want_id, std::span(want));
    verdict.cell(want_id, "id", std::to_string(id), want[0].text);
    verdict.cell(want_id, "big", std::to_string(big), want[1].text);
    verdict.cell(want_id, "dbl", std::to_string(dbl), std::to_string(want_id / 7.0));
    verdict.cell(want_id, "name", {name, static_cast<std::size_t>(std::clamp(lengths[3], SQLLEN{0}, SQLLEN{128}))},
                 want[6].text);
  }
};

SQLINTEGER point_id(const Run& run, long op) { return static_cast<SQLINTEGER>(op * 7919 % run.extent.rows + 1); }

void bind_id(Statement& statement, SQLINTEGER& id) {
  statement.parameter(1, SQL_C_SLONG, SQL_INTEGER, 0, 0, &id, sizeof id, nullptr);
}

class SelectOne {
 public:
  explicit SelectOne(Connection& connection) : statement_(connection) {
    statement_.bind(1, SQL_C_SLONG, &one_, sizeof one_, nullptr);
  }

  void once(Run& run) {
    statement_.execute(kSelectOne);
    statement_.fetch_one();
    statement_.close();
    if (run.verify()) run.verdict.cell(1, "1", std::to_string(one_), "1");
  }

 private:
  Statement statement_;
  SQLINTEGER one_ = 0;
};

}  // namespace

void connect(Run& run) {
  const Environment environment;
  const std::string string = connection_string(run.options);
  const auto text = reinterpret_cast<SQLCHAR*>(const_cast<char*>(string.c_str()));
  const auto open = [&](const Handle& connection) {
    connection.ok(SQLDriverConnect(connection, nullptr, text, SQL_NTS, nullptr, 0, nullptr, SQL_DRIVER_NOPROMPT),
                  "SQLDriverConnect");
  };
  // One connection stays open meanwhile, as in a program that has several: the driver's library stays loaded.
  Connection resident(run.options, environment);
  const Placement placement(
      run.options, [&](std::string_view sql) { return resident.number(sql); }, ServerThreads::all);
  run.measure([&] {
    for (long op = 0; op < run.count; ++op) {
      const Handle connection(SQL_HANDLE_DBC, environment);
      open(connection);
      connection.ok(SQLDisconnect(connection), "SQLDisconnect");
    }
  });
  // Sockets that are closed again can't be asked, so the traffic of a log-in is that of one more.
  const Handle another(SQL_HANDLE_DBC, environment);
  const Cost login = cost_of([&] { open(another); });
  run.cost.bytes_in = login.bytes_in * run.count;
  run.cost.bytes_out = login.bytes_out * run.count;
  run.cost.writes = login.writes * run.count;
  SQLDisconnect(another);
}

void select_one(Run& run) {
  Connection connection(run.options);
  const Placement placement(run.options, [&](std::string_view sql) { return connection.number(sql); });
  SelectOne select_one(connection);
  run.measure([&] {
    for (long op = 0; op < run.count; ++op) select_one.once(run);
  });
}

void point(Run& run) {
  Connection connection(run.options);
  const Placement placement(run.options, [&](std::string_view sql) { return connection.number(sql); });
  Statement statement(connection);
  SQLINTEGER id = 0;
  PointRow row;
  statement.prepare(kSelectPoint);
  bind_id(statement, id);
  row.bind(statement);
  run.measure([&] {
    for (long op = 0; op < run.count; ++op) {
      id = point_id(run, op);
      statement.execute();
      statement.fetch_one();
      statement.close();
      if (run.verify()) row.check(id, run.verdict);
    }
  });
}

void repeat_direct(Run& run) {
  Connection connection(run.options);
  const Placement placement(run.options, [&](std::string_view sql) { return connection.number(sql); });
  Statement statement(connection);
  SQLINTEGER id = 0;
  char name[129];
  statement.bind(1, SQL_C_SLONG, &id, sizeof id, nullptr);
  statement.bind(2, SQL_C_CHAR, name, sizeof name, nullptr);
  run.measure([&] {
    for (long op = 0; op < run.count; ++op) {
      statement.execute(kSelectRepeated);
      statement.fetch_one();
      statement.close();
      if (run.verify()) run.verdict.cell(op, "name", name, "customer number 77");
    }
  });
}

namespace {

// Prepare, execute, fetch, free, of the text for each operation.
template <class TextOf>
void prepare_and_free(Run& run, TextOf text_of) {
  Connection connection(run.options);
  const Placement placement(run.options, [&](std::string_view sql) { return connection.number(sql); });
  SQLINTEGER id = 0;
  PointRow row;
  run.measure([&] {
    for (long op = 0; op < run.count; ++op) {
      Statement statement(connection);
      id = point_id(run, op);
      statement.prepare(text_of(op));
      bind_id(statement, id);
      statement.execute();
      row.bind(statement);
      statement.fetch_one();
      statement.close();
      if (run.verify()) row.check(id, run.verdict);
    }
  });
}

}  // namespace

void repeat_prepare(Run& run) {
  prepare_and_free(run, [](long) { return kSelectPoint; });
}

void fresh(Run& run) {
  prepare_and_free(run, [](long op) { return select_point(op); });
}

void crowd(Run& run) {
  struct Member {
    explicit Member(Connection& connection) : statement(connection) {}
    Statement statement;
    SQLINTEGER id = 0;
    PointRow row;
  };
  Connection connection(run.options);
  const Placement placement(run.options, [&](std::string_view sql) { return connection.number(sql); });
  std::deque<Member> members;
  const auto execute = [&](Member& member, long op) {
    member.id = point_id(run, op);
    member.statement.execute();
    member.statement.fetch_one();
    member.statement.close();
    if (run.verify()) member.row.check(member.id, run.verdict);
  };
  for (int number = 0; number < run.shape.size; ++number) {
    Member& member = members.emplace_back(connection);
    member.statement.prepare(select_point(number));
    bind_id(member.statement, member.id);
    member.row.bind(member.statement);
    execute(member, number);
  }
  run.measure([&] {
    for (long op = 0; op < run.count; ++op) execute(members[static_cast<std::size_t>(op) % members.size()], op);
  });
}

void wide(Run& run) {
  Connection connection(run.options);
  const Placement placement(run.options, [&](std::string_view sql) { return connection.number(sql); });
  Statement statement(connection);
  SQLINTEGER id = 0;
  std::vector<SQLINTEGER> cells(kWideColumns);
  std::vector<SQLLEN> lengths(kWideColumns);
  statement.prepare(kSelectWide);
  bind_id(statement, id);
  for (int i = 0; i < kWideColumns && run.shape.access != Access::get_data; ++i) {
    const auto k = static_cast<std::size_t>(i);
    statement.bind(static_cast<SQLUSMALLINT>(i + 1), SQL_C_SLONG, &cells[k], sizeof cells[k], &lengths[k]);
  }

  const auto describe = [&] {
    SQLSMALLINT count = 0;
    statement.ok(SQLNumResultCols(statement, &count), "SQLNumResultCols");
    for (SQLUSMALLINT column = 1; column <= count; ++column) {
      SQLCHAR name[64];
      SQLSMALLINT name_chars, type, digits, nullable;
      SQLULEN size;
      statement.ok(SQLDescribeCol(statement, column, name, sizeof name, &name_chars, &type, &size, &digits, &nullable),
                   "SQLDescribeCol");
      if (run.verify()) run.verdict.cell(id, "type", std::to_string(type), std::to_string(SQL_INTEGER));
    }
  };
  const auto get_cells = [&] {
    for (std::size_t k = 0; k < cells.size(); ++k) {
      statement.ok(
          SQLGetData(statement, static_cast<SQLUSMALLINT>(k + 1), SQL_C_SLONG, &cells[k], sizeof cells[k], &lengths[k]),
          "SQLGetData");
    }
  };
  const auto execute = [&](long op) {
    id = static_cast<SQLINTEGER>(op % kWideRows + 1);
    statement.execute();
    if (run.shape.access == Access::describe) describe();
    statement.fetch_one();
    if (run.shape.access == Access::get_data) get_cells();
    statement.close();
    for (int c = 1; c <= kWideColumns && run.verify(); ++c) {
      run.verdict.cell(id, "c" + std::to_string(c), std::to_string(cells[static_cast<std::size_t>(c - 1)]),
                       std::to_string(wide_value(id, c)));
    }
  };
  execute(0);  // definitions of columns have to come once
  run.measure([&] {
    for (long op = 0; op < run.count; ++op) execute(op);
  });
}

void abandon(Run& run) {
  // A driver that keeps the whole result would take the machine's memory; it fails at this size instead.
  const rlimit two_gib{1ul << 31, 1ul << 31};
  setrlimit(RLIMIT_AS, &two_gib);
  Connection connection(run.options);
  Statement statement(connection);
  SelectOne next(connection);
  const std::string sql = select_abandoned(run.options.scale);
  run.measure([&] {
    for (long op = 0; op < run.count; ++op) {
      statement.execute(sql);
      statement.fetch_one();
      statement.close();
      next.once(run);
    }
  });
}

}  // namespace selkie::bench
