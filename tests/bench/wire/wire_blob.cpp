// One large value in and out, without a copy in between.
#include <cstring>

#include "bodies.h"

namespace selkie::bench::wire {

void blob_get(Run& run) {
  Wire wire(run.options);
  const std::string sql = select_blob(run.extent.pieces);
  const std::uint32_t statement = run.shape.prepared ? wire.prepare(sql).id : 0;
  std::vector<char> piece(kPieceBytes, 1);
  run.measure([&] {
    if (run.shape.prepared)
      wire.execute(statement);
    else
      wire.query(sql);
    wire.result();
    wire.begin_large_row();
    std::uint8_t head[9];
    if (run.shape.prepared) wire.read_payload(head, 2);  // the row's first byte and the map of NULLs
    wire.read_payload(head, 1);
    wire.read_payload(head + 1, head[0] == 0xfd ? 3 : 8);
    const std::uint8_t* at = head;
    if (take_lenenc(at) != static_cast<std::uint64_t>(run.count) * kPieceBytes) throw Failure{"the blob has another size"};
    for (long number = 0; number < run.count; ++number) wire.read_payload(piece.data(), piece.size());
    wire.skip_rows();
  });
}

// Pieces are equal in a timed run, so that making them is no part of it.
void put_blob(Wire& wire, std::string_view sql, long pieces, bool same_piece) {
  const std::uint32_t statement = wire.prepare(sql).id;
  const std::size_t words = kPieceBytes / 8;
  std::vector<std::uint64_t> piece(words);
  std::string head(1, command::kLongData);
  append(head, statement);
  append(head, std::uint16_t{0});
  for (long number = 0; number < pieces; ++number) {
    for (std::size_t k = 0; k < words && (number == 0 || !same_piece); ++k) {
      piece[k] = blob_word(static_cast<std::uint64_t>(number) * words + k);
    }
    wire.send({head, {reinterpret_cast<const char*>(piece.data()), kPieceBytes}});
  }
  std::string execute(1, command::kExecute);
  append(execute, statement);
  execute += '\0';
  append(execute, 1u);
  execute.append("\x00\x01\xfb\x00", 4);  // no NULL, types follow: MYSQL_TYPE_LONG_BLOB
  wire.send({execute});
  wire.ok();
}

void blob_put(Run& run) {
  Wire wire(run.options);
  const Placement placement(run.options, [&](std::string_view query) { return wire.number(query); });
  wire.run(kEmptyPut);
  run.measure([&] { put_blob(wire, kPutBlob, run.count, !run.verify()); });
  if (run.verify()) run.expect_count(wire.number(count_put(run.count)));
}

}  // namespace selkie::bench::wire
