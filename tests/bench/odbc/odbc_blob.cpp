// One large value in and out, in pieces.
#include <cstring>

#include "bodies.h"

namespace selkie::bench {

void blob_get(Run& run) {
  Connection connection(run.options);
  Statement statement(connection);
  const std::string sql = select_blob(run.extent.pieces);
  std::vector<char> piece(kPieceBytes, 1);
  if (run.shape.prepared) statement.prepare(sql);
  std::uint64_t bytes = 0;
  const auto check = [&](std::size_t size) {
    for (std::size_t at = 0; at + 8 <= size; at += 8) {
      std::uint64_t word;
      std::memcpy(&word, piece.data() + at, sizeof word);
      const std::uint64_t index = (bytes + at) / 8;
      if (word != blob_word(index)) return run.verdict.wrong("word " + std::to_string(index) + " of the blob differs");
    }
  };
  run.measure([&] {
    if (run.shape.prepared)
      statement.execute();
    else
      statement.execute(sql);
    statement.fetch_one();
    SQLLEN left = 0;  // what there was before this piece, or SQL_NO_TOTAL
    for (SQLRETURN code; (code = SQLGetData(statement, 1, SQL_C_BINARY, piece.data(), kPieceBytes, &left)) != SQL_NO_DATA;) {
      statement.ok(code, "SQLGetData");
      const bool last = code == SQL_SUCCESS;
      const std::size_t size = last ? static_cast<std::size_t>(left) : kPieceBytes;
      if (run.verify()) check(size);
      bytes += size;
      if (last) break;
    }
    statement.close();
  });
  run.expect_count(static_cast<std::int64_t>(bytes / kPieceBytes));
}

void blob_put(Run& run) {
  Connection connection(run.options);
  const Placement placement(run.options, [&](std::string_view query) { return connection.number(query); });
  connection.run(kEmptyPut);
  Statement statement(connection);
  // A checked run sends the blob that get reads, a timed run one piece of it again and again.
  const std::size_t words = kPieceBytes / 8;
  std::vector<std::uint64_t> piece(words);
  const auto fill = [&](long number) {
    for (std::size_t k = 0; k < words; ++k) piece[k] = blob_word(static_cast<std::uint64_t>(number) * words + k);
  };
  fill(0);
  const auto total = static_cast<SQLLEN>(kPieceBytes) * run.count;
  SQLLEN at_execution = SQL_LEN_DATA_AT_EXEC(total);
  statement.prepare(kPutBlob);
  statement.parameter(1, SQL_C_BINARY, SQL_LONGVARBINARY, static_cast<SQLULEN>(total), 0, piece.data(), 0, &at_execution);
  run.measure([&] {
    if (SQLExecute(statement) != SQL_NEED_DATA) fail(SQL_HANDLE_STMT, statement, "SQLExecute");
    SQLPOINTER parameter = nullptr;
    if (SQLParamData(statement, &parameter) != SQL_NEED_DATA) fail(SQL_HANDLE_STMT, statement, "SQLParamData");
    for (long number = 0; number < run.count; ++number) {
      if (run.verify()) fill(number);
      statement.ok(SQLPutData(statement, piece.data(), kPieceBytes), "SQLPutData");
    }
    statement.ok(SQLParamData(statement, &parameter), "SQLParamData");
  });
  if (run.verify()) run.expect_count(connection.number(count_put(run.count)));
}

}  // namespace selkie::bench
