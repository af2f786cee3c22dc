// A statement: text, preparation, execution, results. Rows are the cursor's, parameter values the parameters'.
// Spec: ODBC Appendix B, "Statement Transitions"
#pragma once

#include <sql.h>
#include <sqlext.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "odbc/connection.h"
#include "odbc/cursor.h"
#include "odbc/descriptor.h"
#include "odbc/parameters.h"
#include "odbc/sql_text.h"
#include "protocol/answer.h"

namespace selkie::odbc {

class Statement : public Handle {
 public:
  static constexpr HandleTag kTag = HandleTag::statement;
  explicit Statement(Connection& connection);
  ~Statement();

  std::mutex& mutex() { return connection_.mutex(); }
  Connection& connection() { return connection_; }

  // ODBC's states, as far as they differ in what may be called.
  enum class Phase : std::uint8_t {
    allocated,  // S1
    prepared,   // S2, S3
    executed,   // S4: no result set
    cursor,     // S5-S7: a result set is open
    need_data,  // S8-S10
  };
  Phase phase() const { return phase_; }

  // --- Running statements
  void prepare(std::string_view sql);
  SQLRETURN execute();
  SQLRETURN execute_direct(std::string_view sql);
  SQLRETURN param_data(SQLPOINTER* value);
  SQLRETURN put_data(SQLPOINTER data, SQLLEN length);
  SQLRETURN more_results();
  void cancel_data_at_execution();

  // --- Results
  SQLSMALLINT result_columns();  // prepares on the server where the answer needs it
  // IRD, complete: after prepare or execution. Throws Fail(HY010) in the wrong state, Fail(07005) without a result set.
  protocol::ColumnSetPtr require_columns();
  SQLLEN row_count() const { return row_count_; }
  Cursor& cursor() { return cursor_; }
  protocol::Answer& answer() { return answer_; }
  SQLSMALLINT parameter_count();  // SQLNumParams

  // Opens a cursor on rows made here, or replaces the shape of the result just executed: catalog functions and SQLGetTypeInfo.
  //   columns  the specification's names and types; values arrive in text encoding
  void open_local(protocol::ColumnSetPtr columns, std::unique_ptr<protocol::RowStore> rows);
  // Runs a catalog query and shows its rows under `columns`.
  void open_query(std::string_view sql, protocol::ColumnSetPtr columns);

  // --- Ending
  void close_cursor();    // SQL_CLOSE: quiet when none is open
  void require_cursor();  // Fail(24000)
  // The rows that are still on the wire go into memory: the connection needs the wire for somebody else.
  protocol::Status park();
  void forget_server_statement();  // the connection was reset or lost

  // --- Descriptors in use
  Descriptor& ard() { return *ard_; }
  Descriptor& apd() { return *apd_; }
  Descriptor& ird() { return ird_; }
  Descriptor& ipd() { return ipd_; }
  void use_ard(Descriptor* descriptor) { ard_ = descriptor != nullptr ? descriptor : &automatic_ard_; }
  void use_apd(Descriptor* descriptor) { apd_ = descriptor != nullptr ? descriptor : &automatic_apd_; }
  void drop_descriptor(const Descriptor* descriptor);  // an explicit one was freed

  // --- Attributes (attributes.cpp reads and writes them)
  struct Attributes {
    SQLULEN cursor_type = SQL_CURSOR_FORWARD_ONLY;
    SQLULEN concurrency = SQL_CONCUR_READ_ONLY;
    SQLULEN cursor_scrollable = SQL_NONSCROLLABLE;
    SQLULEN cursor_sensitivity = SQL_UNSPECIFIED;
    SQLULEN query_timeout_s = 0;
    SQLULEN max_rows = 0, max_length = 0;
    SQLULEN noscan = SQL_NOSCAN_OFF;
    SQLULEN metadata_id = SQL_FALSE;
    SQLULEN retrieve_data = SQL_RD_ON;
    SQLULEN use_bookmarks = SQL_UB_OFF;
    SQLULEN simulate_cursor = SQL_SC_UNIQUE;
    SQLULEN keyset_size = 0;
    SQLULEN rowset_size = 1;  // SQL_ROWSET_SIZE, of SQLExtendedFetch alone
    SQLPOINTER fetch_bookmark_ptr = nullptr;
  } attributes;
  std::string cursor_name;

  // SQLCancel from another thread hit the running command: 1317 means "cancelled" (HY008).
  std::atomic<bool> cancelled{false};

 private:
  friend class Parameters;

  void reset_results();
  void set_text(std::string_view sql);
  void prepare_on_server();
  SQLRETURN run_text(std::string_view sql);
  SQLRETURN run_prepared();
  SQLRETURN run_interpolated();
  SQLRETURN finish_execution();
  SQLRETURN open_result(protocol::ResultHead head);
  void arm_query_timeout();
  template <class Read>
  auto read_answer(Read&& read);  // maps query timeouts and cancels

  Connection& connection_;
  Phase phase_ = Phase::allocated;
  SqlText sql_;
  std::optional<protocol::PreparedStatement> server_statement_;
  bool text_only_ = false;               // the server cannot prepare this text
  protocol::ColumnSetPtr last_columns_;  // of the last execution: an unchanged result keeps its pointer
  SQLLEN row_count_ = -1;
  std::uint64_t insert_id_ = 0;

  Descriptor automatic_ard_, automatic_apd_, ird_, ipd_;
  Descriptor* ard_ = &automatic_ard_;
  Descriptor* apd_ = &automatic_apd_;
  protocol::Answer answer_;
  Cursor cursor_;
  Parameters parameters_;
};

}  // namespace selkie::odbc
