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
  ExecuteById(Wire& wire, std::string_view sql) : wire_(wire), id_(wire.prepare(sql).id) {}

  void operator()(std::int32_t value) {
    std::string body(1, command::kExecute);
    append(body, id_);
    body += '\0';
    append(body, 1u);
    body += '\0';
    body += static_cast<char>(first_);
    if (first_) body.append("\x03\x00", 2);  // MYSQL_TYPE_LONG, signed
    append(body, value);
    first_ = false;
    wire_.send({body});
    wire_.result();
  }

 private:
  Wire& wire_;
  std::uint32_t id_;
  bool first_ = true;
};

}  // namespace

void connect(Run& run) {
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
  const SharedCpu placement(run.options, [&](std::string_view sql) { return wire.number(sql); });
  run.measure([&] {
    for (long op = 0; op < run.count; ++op) select_one_once(wire, run.options.decode);
  });
}

void point(Run& run) {
  Wire wire(run.options);
  const SharedCpu placement(run.options, [&](std::string_view sql) { return wire.number(sql); });
  ExecuteById execute(wire, kSelectPoint);
  struct {
    std::int32_t id;
    std::int64_t big;
    double dbl;
    char name[129];
  } found{};
  run.measure([&] {
    for (long op = 0; op < run.count; ++op) {
      execute(static_cast<std::int32_t>(op * 7919 % run.extent.rows + 1));
      for (Packet row; wire.row(row);) {
        if (!run.options.decode) continue;
        const std::uint8_t* at = row.data() + 2;
        std::memcpy(&found.id, at, 4);
        std::memcpy(&found.big, at + 4, 8);
        std::memcpy(&found.dbl, at + 12, 8);
        std::memcpy(found.name, at + 21, at[20]);
        found.name[at[20]] = '\0';
      }
    }
  });
}

// The limit skips the definitions of columns where the server does.
void wide(Run& run) {
  Wire wire(run.options);
  const SharedCpu placement(run.options, [&](std::string_view sql) { return wire.number(sql); });
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
  const SharedCpu placement(run.options, [&](std::string_view sql) { return wire.number(sql); });
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
