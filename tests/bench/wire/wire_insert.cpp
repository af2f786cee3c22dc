// Parameter arrays as the server takes them fastest: COM_STMT_BULK_EXECUTE on MariaDB, one INSERT of many VALUES (or pipelined
// executions of an UPDATE) elsewhere. Raw: the bytes are made once and sent again and again. Decoded: they are encoded from the
// application's arrays for each call.
#include <charconv>
#include <cstring>

#include "bodies.h"

namespace selkie::bench::wire {
namespace {

// LONG, LONGLONG, DOUBLE, VAR_STRING, DATETIME; two bytes each
constexpr std::string_view kInsertTypes("\x03\0\x08\0\x05\0\xfd\0\x0c\0", 10), kUpdateTypes("\x03\0\x03\0", 4);
constexpr std::uint16_t kBulkSendsTypes = 128;

void append_datetime(std::string& to, const SQL_TIMESTAMP_STRUCT& at) {
  to += '\x0b';
  append(to, static_cast<std::uint16_t>(at.year));
  for (const SQLUSMALLINT field : {at.month, at.day, at.hour, at.minute, at.second}) to += static_cast<char>(field);
  append(to, at.fraction / 1000);
}

void append_string(std::string& to, const InsertRow& row) {
  to += static_cast<char>(row.name_bytes);
  to.append(row.name, static_cast<std::size_t>(row.name_bytes));
}

void bulk_head(std::string& to, std::uint32_t statement, std::string_view types) {
  to.assign(1, command::kBulkExecute);
  append(to, statement);
  append(to, kBulkSendsTypes);
  to += types;
}

void encode_bulk(std::string& to, std::uint32_t statement, const std::vector<InsertRow>& rows) {
  constexpr char kValueFollows = 0;
  bulk_head(to, statement, kInsertTypes);
  for (const InsertRow& row : rows) {
    append(to += kValueFollows, row.id);
    append(to += kValueFollows, row.big);
    append(to += kValueFollows, row.dbl);
    append_string(to += kValueFollows, row);
    append_datetime(to += kValueFollows, row.at);
  }
}

template <class Number>
void print(std::string& to, Number number) {
  char text[32];
  to.append(text, std::to_chars(text, text + sizeof text, number).ptr);
}

void print(std::string& to, unsigned number, int digits, char after) {
  char text[8];
  text[digits] = after;
  for (int i = digits - 1; i >= 0; --i, number /= 10) text[i] = static_cast<char>('0' + number % 10);
  to.append(text, static_cast<std::size_t>(digits) + 1);
}

void encode_values(std::string& to, const std::vector<InsertRow>& rows) {
  to.assign(1, command::kQuery);
  to += kInsert.substr(0, kInsert.find("(?"));
  for (const InsertRow& row : rows) {
    print(to += '(', row.id);
    print(to += ',', row.big);
    print(to += ',', row.dbl);
    // A double has to carry an exponent, or the server reads a decimal.
    to.append("e0,'").append(row.name, static_cast<std::size_t>(row.name_bytes)).append("','");
    print(to, static_cast<unsigned>(row.at.year), 4, '-');
    print(to, row.at.month, 2, '-');
    print(to, row.at.day, 2, ' ');
    print(to, row.at.hour, 2, ':');
    print(to, row.at.minute, 2, ':');
    print(to, row.at.second, 2, '.');
    print(to, row.at.fraction / 1000, 6, '\'');
    to += "),";
  }
  to.pop_back();
}

void execute_head(std::string& to, std::uint32_t statement, std::string_view types) {
  to += command::kExecute;
  append(to, statement);
  to += '\0';
  append(to, 1u);
  to += '\0';  // no NULL
  to += '\x01';
  to += types;
}

void encode_row(std::string& to, std::uint32_t statement, const InsertRow& row) {
  to.clear();
  execute_head(to, statement, kInsertTypes);
  append(to, row.id);
  append(to, row.big);
  append(to, row.dbl);
  append_string(to, row);
  append_datetime(to, row.at);
}

void encode_bulk_update(std::string& to, std::uint32_t statement) {
  bulk_head(to, statement, kUpdateTypes);
  for (std::int32_t id = 1; id <= kUpdatedRows; ++id) {
    append(to += '\0', std::int32_t{1});
    append(to += '\0', id);
  }
}

// All executions of a call, headers included.
void encode_pipelined_update(std::string& to, std::uint32_t statement) {
  to.clear();
  for (std::int32_t id = 1; id <= kUpdatedRows; ++id) {
    const std::size_t start = to.size();
    append(to, 0u);
    execute_head(to, statement, kUpdateTypes);
    append(to, std::int32_t{1});
    append(to, id);
    to[start] = static_cast<char>(to.size() - start - 4);
  }
}

}  // namespace

void insert(Run& run) {
  Wire wire(run.options);
  const Placement placement(run.options, [&](std::string_view sql) { return wire.number(sql); });
  wire.run(kEmptyInserted);
  wire.run("SET autocommit = 0");
  const bool bulk = wire.is_mariadb();
  const int per_call = run.shape.rowset;
  const std::uint32_t statement = bulk || per_call == 1 ? wire.prepare(kInsert).id : 0;
  const std::vector<InsertRow> rows = insert_rows(1000);
  std::string body;
  const auto encode = [&](long first) {
    if (per_call == 1)
      encode_row(body, statement, rows[static_cast<std::size_t>(first) % rows.size()]);
    else if (bulk)
      encode_bulk(body, statement, rows);
    else
      encode_values(body, rows);
  };
  encode(0);
  run.measure([&] {
    for (long done = 0; done < run.count; done += per_call) {
      if (run.options.decode) encode(done);
      wire.send({body});
      wire.ok();
    }
    wire.run("COMMIT");
  });
  if (run.verify()) run.expect_count(wire.number(kCountInserted));
}

void commit(Run& run) {
  Wire wire(run.options);
  const Placement placement(run.options, [&](std::string_view sql) { return wire.number(sql); });
  wire.run(kEmptyInserted);
  wire.run("SET autocommit = 0");
  const std::uint32_t statement = wire.prepare(kInsert).id;
  const std::vector<InsertRow> rows = insert_rows(1000);
  std::string body;
  run.measure([&] {
    for (long i = 0; i < run.count; ++i) {
      encode_row(body, statement, rows[static_cast<std::size_t>(i) % rows.size()]);
      wire.send({body});
      wire.ok();
      wire.run("COMMIT");
    }
  });
}

void update(Run& run) {
  Wire wire(run.options);
  const Placement placement(run.options, [&](std::string_view sql) { return wire.number(sql); });
  wire.run(kEmptyUpdated);
  wire.run("SET autocommit = 0");
  const std::uint32_t statement = wire.prepare(kUpdate).id;
  const bool bulk = wire.is_mariadb();
  std::string body;
  const auto encode = [&] { bulk ? encode_bulk_update(body, statement) : encode_pipelined_update(body, statement); };
  encode();
  run.measure([&] {
    for (long done = 0; done < run.count; done += kUpdatedRows) {
      if (run.options.decode) encode();
      if (bulk)
        wire.send({body});
      else
        wire.send_packed(body);
      for (int answers = bulk ? 1 : kUpdatedRows; answers > 0; --answers) wire.ok();
    }
    wire.run("COMMIT");
  });
  if (run.verify()) run.expect_count(wire.number(kCountUpdated));
}

}  // namespace selkie::bench::wire
