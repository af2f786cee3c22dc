// What was changed through a cursor, so that the cursor shows it: rows deleted are gone, rows updated are read again from the
// server when they are asked for. A keyset-driven cursor reads them all again, whoever changed them. Rows of the result count
// from 0.
// Spec: ODBC "Static Cursors", SQL_STATIC_SENSITIVITY
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "odbc/row_identity.h"
#include "protocol/bytes.h"
#include "protocol/row_store.h"

namespace selkie::odbc {

class Keyset;
class Statement;

class RowChanges {
 public:
  explicit RowChanges(Statement& statement);
  ~RowChanges();

  void forget();        // the cursor was closed
  void forget_rows() {  // those changed so far cannot be fetched again
    if (!rows_.empty()) rows_.clear();
  }
  void forget_server_statement();

  // How rows of the open cursor are named; the server is asked once.
  const RowIdentity& identity();
  // Makes the open cursor keyset-driven, or answers false where its rows cannot be read again.
  //   keys  of the cursor, still empty
  bool follow_table(protocol::RowStore& keys);
  Keyset* keyset() { return keyset_.get(); }  // null: the cursor is of another type
  // Expires when the cursor is closed.
  std::weak_ptr<void> result();
  // A statement of the driver's own, on behalf of the cursor's: cancelling that one stops it.
  Statement& helper();

  enum class Look : std::uint8_t {
    as_it_was,
    current,  // `row` is what the table holds now; good until it is changed again
    updated,  // the same, and not what it was when it was fetched last; of keyset-driven cursors alone
    deleted,
  };
  Look look_up(std::uint64_t index, protocol::Bytes& row) { return none() ? Look::as_it_was : look_closer(index, row); }
  bool none() const { return rows_.empty() && !keyset_; }  // every row is as it was

  // A row's values as parameters of a condition: what names it, and what it is compared with so that no other change is lost.
  struct Name {
    std::vector<RowValue> key, compared;
  };
  Name name(std::uint64_t index);

  bool is_deleted(std::uint64_t index) const;
  void deleted(std::uint64_t index);
  // The row's values are read anew when somebody looks. `key` names it from now on; when that is not certain, a row that is
  // not found stays as it was.
  void updated(std::uint64_t index, std::vector<RowValue> key, bool is_certain);

 private:
  struct Row {
    bool is_deleted = false;
    bool is_outdated = false;
    bool is_key_certain = true;
    std::vector<RowValue> key{};
    std::vector<std::uint8_t> bytes{};  // empty: cannot be read again
  };
  Look look_closer(std::uint64_t index, protocol::Bytes& row);
  void read_again(Row& row);

  Statement& statement_;
  std::unique_ptr<Statement> helper_;
  std::optional<RowIdentity> identity_;
  std::shared_ptr<void> result_;
  std::unordered_map<std::uint64_t, Row> rows_;
  std::unique_ptr<Keyset> keyset_;
};

}  // namespace selkie::odbc
