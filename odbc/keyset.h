// The rows of a keyset-driven cursor: which there are, and in what order, is settled when the result is opened; what they hold
// is read from their table whenever a rowset is. Rows of the result count from 0.
// Spec: ODBC "Keyset-Driven Cursors", SQLFetch "Row Status Array"
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "odbc/row_changes.h"
#include "odbc/row_identity.h"
#include "protocol/bytes.h"
#include "protocol/row_store.h"

namespace selkie::odbc {

class Statement;

class Keyset {
 public:
  // False: the rows of the statement's open result cannot be read again, whatever its table is. They are not those of one
  // table, or a column is computed.
  static bool is_possible(Statement& statement);
  // Asks the server for the table's keys. Null: it has none without NULL, or the result does not show all of it.
  //   keys  what is to be kept of the rows, made by record_of(); the cursor's
  static std::unique_ptr<Keyset> of_result(Statement& statement, protocol::RowStore& keys);

  // What is kept of a row of the result: its key, and what tells whether it was changed since. Good until the next call.
  //   cells  of the same row
  protocol::Bytes record_of(protocol::Bytes row, std::span<const protocol::Cell> cells);

  // Reads rows as the table holds them now, in one statement for many. They stay at hand until others are fetched.
  void fetch(std::span<const std::uint64_t> rows);

  // One that is not at hand is read alone. `row` is good until the next call.
  RowChanges::Look look_up(std::uint64_t index, protocol::Bytes& row);
  bool is_deleted(std::uint64_t index) const;  // as far as is known of rows at hand

  // Throws Fail(01001) when the row is not at hand and somebody else changed it since it was fetched.
  void require_as_fetched(std::uint64_t index);
  // What was changed through the cursor.
  //   key  names the row from now on; empty: not known
  void updated(std::uint64_t index, std::vector<RowValue> key);
  void deleted(std::uint64_t index);

 private:
  Keyset(Statement& statement, protocol::RowStore& keys, const RowIdentity& identity, std::string locking);

  struct Row {
    std::uint64_t index = 0;
    RowChanges::Look look = RowChanges::Look::deleted;
    bool is_outdated = false;
    std::uint64_t digest = 0;
    std::vector<std::uint8_t> bytes{};
  };
  const Row* at_hand(std::uint64_t index) const;
  Row* at_hand(std::uint64_t index) { return const_cast<Row*>(std::as_const(*this).at_hand(index)); }
  void read(std::span<const std::uint64_t> rows);
  void read_by_keys(std::span<const std::uint64_t> rows);
  bool read_moved(std::uint64_t index);
  template <class OnRow>
  void ask(const std::string& condition, std::span<RowValue> values, OnRow&& on_row);
  void take(Row& row, protocol::Bytes fresh);
  std::string_view key_of(std::span<const protocol::Cell> cells);
  std::vector<RowValue> key_values(std::uint64_t index);
  protocol::Bytes record(std::uint64_t index);
  std::uint64_t digest_seen(std::uint64_t index);
  std::span<const protocol::Cell> split(protocol::Bytes row);

  Statement& statement_;
  protocol::RowStore& keys_;
  const RowIdentity& identity_;  // the cursor's
  std::string query_, locking_;  // before and behind the condition that names rows
  protocol::ByteWriter record_, key_;
  std::vector<protocol::Cell> cells_;

  std::vector<Row> at_hand_;   // by index
  std::vector<bool> fetched_;  // by index
  // Of rows that the application has seen otherwise than they were at first.
  std::unordered_map<std::uint64_t, std::uint64_t> digests_;
  // Of rows whose key was set through the cursor, as the application gave it.
  std::unordered_map<std::uint64_t, std::vector<RowValue>> moved_;
};

}  // namespace selkie::odbc
