// Runs a statement for each set of an array of parameters, in as few round trips as is right, and tells what became of each.
// Spec: ODBC "Using Arrays of Parameters", SQL_ATTR_PARAMSET_SIZE
#pragma once

#include <sql.h>
#include <sqlext.h>

#include <cstdint>
#include <optional>
#include <vector>

#include "odbc/diagnostics.h"
#include "odbc/values_row.h"
#include "protocol/session.h"

namespace selkie::odbc {

class Statement;

// Three ways, the best that is right for the statement:
//   together    many rows in one command: MariaDB's COM_STMT_BULK_EXECUTE for any statement that changes rows, elsewhere a
//               prepared INSERT of many VALUES. Should it fail, it is taken back and its rows run one by one.
//   in flight   one command a row, sent ahead of the answers
//   one by one  everything that may return rows or asks for data
// Values go out in binary in all three, so they are the same. What does differ in the first: LAST_INSERT_ID() is that of the
// last command's first row, and tables without transactions keep what was done before a failure (see take_back()).
class ParameterArray {
 public:
  explicit ParameterArray(Statement& statement) : statement_(statement) {}

  void begin();                   // a new execution
  void stop() { next_ = sets_; }  // what is left is not run
  bool finished() const { return next_ >= sets_; }
  std::size_t set_in_hand() const { return next_ == 0 ? 0 : next_ - 1; }  // one by one: the set that runs or ran last
  // Goes on with the next set, until one asks for data, opens a cursor, has OUT values to be read, or all are done. Throws only
  // for a lone set, or when the statement cannot be prepared.
  SQLRETURN run();
  SQLRETURN run_awaited();  // the set whose data has come, then as run()
  SQLRETURN run_rest();  // SQLMoreResults: the sets behind the one whose results are read; SQL_NO_DATA when none of them runs

  void drop_server_statement();    // the text has changed
  void forget_server_statement();  // the connection was reset: it does not exist any more

 private:
  // How a command can be undone.
  enum class Safety : std::uint8_t {
    none,
    nothing_sent,
    savepoint,        // in the application's transaction
    own_transaction,  // autocommit is on, and off meanwhile
  };

  bool may_run_ahead() const;
  bool run_one(std::size_t set);
  void run_together();
  bool may_prepare_at_once();
  void run_commands_of_many(bool bulk);
  void refused_for_good();
  std::size_t gather(bool bulk);
  bool send_gathered(protocol::Session& session, bool bulk);
  bool read_prepared(protocol::Session& session);
  bool prepare_rows(protocol::Session& session, std::size_t rows);
  void queue_safety(protocol::Session& session);
  bool take_back(protocol::Session& session);
  void leave_own_transaction(protocol::Session& session);
  void forget_uncommitted();
  void run_in_flight();
  std::size_t send_batch(protocol::Session& session);
  void read_batch(protocol::Session& session, std::size_t count);
  void run_batches();
  void set_done(std::size_t set);
  void set_failed(std::size_t set);
  void sets_failed(const std::vector<std::size_t>& sets, SQLUSMALLINT status);
  void report(SQLLEN row);
  void count_rows(std::uint64_t affected);
  SQLRETURN opened();
  SQLRETURN outcome();

  Statement& statement_;
  std::size_t sets_ = 0, next_ = 0;  // of parameters
  std::size_t failed_ = 0, succeeded_ = 0;
  bool stopped_ = false;  // by a failure that concerns all sets to come
  Diagnostics withheld_;  // of sets that failed before others asked for data: told by the call that ends the execution

  // A command of many rows.
  std::vector<std::size_t> gathered_;     // its sets
  std::vector<std::size_t> uncommitted_;  // of the one before, in a transaction of its own
  std::optional<protocol::Failure> refusal_;
  Safety safety_ = Safety::none;
  bool in_own_transaction_ = false;

  // Commands of one row each.
  std::vector<std::size_t> waiting_;     // sets to be run
  std::size_t sent_ = 0, answered_ = 0;  // of them

  // The INSERT of many rows on the server.
  struct ManyRows {
    std::uint32_t id = 0;
    std::uint64_t context = 0;  // the session's, when it was prepared
    std::size_t rows = 0;
    std::vector<protocol::ParameterType> sent_types;  // of one row
  };
  std::optional<ManyRows> many_;
  std::optional<ValuesRow> values_row_;
};

}  // namespace selkie::odbc
