// Short commands.
#include <charconv>
#include <cstring>
#include <memory>

#include "bodies.h"

namespace selkie::bench::wire {
namespace {

void select_one_once(Wire& wire, bool decode) {
  wire.query(kSelectOne);
  wire.result();
  for (Packet row; wire.row(row);) {
    if (decode && (row.size() != 2 || row[1] != '1')) throw Failure{"SELECT 1 gave something else"};
  }
}

// COM_STMT_EXECUTE with one integer, its type sent the first time only.
class ExecuteById {
 public:
  ExecuteById(Wire& wire, std::string_view sql) : wire_(&wire), id_(wire.prepare(sql).id) {}

  void operator()(std::int32_t value) {
    wire_->send({body(id_, value, first_)});
    first_ = false;
    wire_->result();
  }

  static std::string body(std::uint32_t id, std::int32_t value, bool with_type) {
    std::string body(1, command::kExecute);
    append(body, id);
    body += '\0';
    append(body, 1u);
    body += '\0';
    body += static_cast<char>(with_type);
    if (with_type) body.append("\x03\x00", 2);  // MYSQL_TYPE_LONG, signed
    append(body, value);
    return body;
  }

 private:
  Wire* wire_;
  std::uint32_t id_;
  bool first_ = true;
};

std::int32_t point_id(const Run& run, long op) { return static_cast<std::int32_t>(op * 7919 % run.extent.rows + 1); }

// The columns of kSelectPoint.
struct PointRow {
  std::int32_t id = 0;
  std::int64_t big = 0;
  double dbl = 0;
  char name[129] = "";

  void take(Wire& wire, bool decode) {
    for (Packet row; wire.row(row);) {
      if (!decode) continue;
      const std::uint8_t* at = row.data() + 2;
      std::memcpy(&id, at, 4);
      std::memcpy(&big, at + 4, 8);
      std::memcpy(&dbl, at + 12, 8);
      std::memcpy(name, at + 21, at[20]);
      name[at[20]] = '\0';
    }
  }
};

}  // namespace

void connect(Run& run) {
  Wire resident(run.options);
  const Placement placement(
      run.options, [&](std::string_view sql) { return resident.number(sql); }, ServerThreads::all);
  run.measure([&] {
    for (long op = 0; op < run.count; ++op) const Wire wire(run.options);
  });
  std::unique_ptr<Wire> another;
  const Cost login = cost_of([&] { another = std::make_unique<Wire>(run.options); });
  run.cost.bytes_in = login.bytes_in * run.count;
  run.cost.bytes_out = login.bytes_out * run.count;
  run.cost.writes = login.writes * run.count;
}

void select_one(Run& run) {
  Wire wire(run.options);
  const Placement placement(run.options, [&](std::string_view sql) { return wire.number(sql); });
  run.measure([&] {
    for (long op = 0; op < run.count; ++op) select_one_once(wire, run.options.decode);
  });
}

void point(Run& run) {
  Wire wire(run.options);
  const Placement placement(run.options, [&](std::string_view sql) { return wire.number(sql); });
  ExecuteById execute(wire, kSelectPoint);
  PointRow found;
  run.measure([&] {
    for (long op = 0; op < run.count; ++op) {
      execute(point_id(run, op));
      found.take(wire, run.options.decode);
    }
  });
}

void crowd(Run& run) {
  Wire wire(run.options);
  const Placement placement(run.options, [&](std::string_view sql) { return wire.number(sql); });
  std::vector<ExecuteById> statements;
  for (int number = 0; number < run.shape.size; ++number) statements.emplace_back(wire, select_point(number));
  PointRow found;
  run.measure([&] {
    for (long op = 0; op < run.count; ++op) {
      statements[static_cast<std::size_t>(op) % statements.size()](point_id(run, op));
      found.take(wire, run.options.decode);
    }
  });
}

// MariaDB executes "the statement just prepared" in the same trip; MySQL has to say its number first. Closing has no answer.
void fresh(Run& run) {
  constexpr std::uint32_t kLastPrepared = 0xffffffff;
  Wire wire(run.options);
  const Placement placement(run.options, [&](std::string_view sql) { return wire.number(sql); });
  PointRow found;
  std::string packets;
  run.measure([&] {
    for (long op = 0; op < run.count; ++op) {
      Wire::append_packet(packets, {{&command::kPrepare, 1}, select_point(op)});
      std::uint32_t id = kLastPrepared;
      if (!wire.is_mariadb()) {
        wire.send_packed(packets);
        packets.clear();
        id = wire.prepared().id;
      }
      Wire::append_packet(packets, {ExecuteById::body(id, point_id(run, op), true)});
      wire.send_packed(packets);
      packets.clear();
      if (wire.is_mariadb()) id = wire.prepared().id;
      wire.result();
      found.take(wire, run.options.decode);
      std::string close(1, command::kClose);
      append(close, id);
      Wire::append_packet(packets, {close});  // goes out with the next command
    }
  });
}

// The limit skips the definitions of columns where the server does.
void wide(Run& run) {
  Wire wire(run.options);
  const Placement placement(run.options, [&](std::string_view sql) { return wire.number(sql); });
  ExecuteById execute(wire, kSelectWide);
  std::vector<SQLINTEGER> cells(kWideColumns);
  std::vector<SQLLEN> lengths(kWideColumns);
  run.measure([&] {
    for (long op = 0; op < run.count; ++op) {
      execute(static_cast<std::int32_t>(op % kWideRows + 1));
      for (Packet row; wire.row(row);) {
        const std::uint8_t* at = row.data() + 1 + (kWideColumns + 9) / 8;
        for (std::size_t i = 0; i < kWideColumns && run.options.decode; ++i, at += 4) {
          std::memcpy(&cells[i], at, 4);
          lengths[i] = 4;
        }
      }
    }
  });
}

void repeat_direct(Run& run) {
  Wire wire(run.options);
  const Placement placement(run.options, [&](std::string_view sql) { return wire.number(sql); });
  run.measure([&] {
    for (long op = 0; op < run.count; ++op) wire.run(kSelectRepeated);
  });
}

// A second connection ends the query, as nothing else stops a server that is sending.
void abandon(Run& run) {
  Wire wire(run.options);
  const std::string sql = select_abandoned(run.options.scale);
  const std::string kill = "KILL QUERY " + std::to_string(wire.id());
  run.measure([&] {
    for (long op = 0; op < run.count; ++op) {
      wire.query(sql);
      wire.result();
      Packet row;
      wire.row(row);
      Wire(run.options).run(kill);
      try {
        wire.skip_rows();
      } catch (const Failure&) {  // the killed query's own error, 1317
      }
      select_one_once(wire, true);
    }
  });
}

}  // namespace selkie::bench::wire
