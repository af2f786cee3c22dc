// The entry points without text: executing, fetching, binding, ending. Allocation, freeing and cancelling are in handles.cpp.
// An exported function must not call another one: the driver manager's function of the same name would be reached.
#include <sql.h>
#include <sqlext.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "driver/arguments.h"
#include "odbc/bindings.h"
#include "odbc/describe_parameter.h"
#include "odbc/set_pos.h"
#include "odbc/statement.h"

#define ENTRY(name) extern "C" __attribute__((visibility("default"))) SQLRETURN SQL_API name

using namespace selkie::driver;
using namespace selkie::odbc;

// --- Environments and connections

ENTRY(SQLGetEnvAttr)(SQLHENV h, SQLINTEGER attribute, SQLPOINTER value, SQLINTEGER capacity_bytes, SQLINTEGER* length) {
  return enter<Environment>(
      h, [&](Environment& e) { put_attribute<SQLCHAR>(e, get_attribute(e, attribute), value, capacity_bytes, length); });
}

ENTRY(SQLSetEnvAttr)(SQLHENV h, SQLINTEGER attribute, SQLPOINTER value, SQLINTEGER) {
  return enter<Environment>(h, [&](Environment& e) { set_attribute(e, attribute, value); });
}

ENTRY(SQLDisconnect)(SQLHDBC h) {
  return enter<Connection>(h, Call::disconnect, [](Connection& c) { c.disconnect(); });
}

namespace {

// Puts `value` in the place of another for as long as it lives.
template <class T>
class Lend {
 public:
  Lend(T& place, T value) : place_(place), before_(std::exchange(place, value)) {}
  ~Lend() { place_ = before_; }
  Lend(const Lend&) = delete;
  Lend& operator=(const Lend&) = delete;

 private:
  T& place_;
  T before_;
};

constexpr SQLUSMALLINT kFunctions[] = {
#define TEXT(name, id)  id,
#define PLAIN(name, id) id,
#include "driver/entries.def"
#undef TEXT
#undef PLAIN
};

}  // namespace

// The answer's shape depends on the question: one flag; 100 flags by ODBC 2 number; a bitmap of 250 words.
ENTRY(SQLGetFunctions)(SQLHDBC h, SQLUSMALLINT function, SQLUSMALLINT* supported) {
  return enter<Connection>(h, [&](Connection&) {
    if (supported == nullptr) throw Fail(SqlState::null_pointer);
    constexpr std::size_t kOdbc2Functions = 100;
    if (function == SQL_API_ODBC3_ALL_FUNCTIONS) {
      std::fill_n(supported, SQL_API_ODBC3_ALL_FUNCTIONS_SIZE, SQLUSMALLINT{0});
      for (const SQLUSMALLINT id : kFunctions) {
        supported[id >> 4] = static_cast<SQLUSMALLINT>(supported[id >> 4] | 1u << (id & 15));
      }
    } else if (function == SQL_API_ALL_FUNCTIONS) {
      std::fill_n(supported, kOdbc2Functions, SQLUSMALLINT{SQL_FALSE});
      for (const SQLUSMALLINT id : kFunctions) {
        if (id < kOdbc2Functions) supported[id] = SQL_TRUE;
      }
    } else {
      const bool listed = std::find(std::begin(kFunctions), std::end(kFunctions), function) != std::end(kFunctions);
      *supported = listed ? SQL_TRUE : SQL_FALSE;
    }
  });
}

// --- Executing

ENTRY(SQLExecute)(SQLHSTMT h) {
  return enter<Statement>(h, Call::execute, [](Statement& s) { return s.execute(); });
}

ENTRY(SQLParamData)(SQLHSTMT h, SQLPOINTER* value) {
  return enter<Statement>(h, Call::parameter_data, [&](Statement& s) { return s.param_data(value); });
}

ENTRY(SQLPutData)(SQLHSTMT h, SQLPOINTER data, SQLLEN length) {
  return enter<Statement>(h, Call::put_data, [&](Statement& s) { s.put_data(data, length); });
}

ENTRY(SQLNumParams)(SQLHSTMT h, SQLSMALLINT* count) {
  return enter<Statement>(h, Call::parameter_count, [&](Statement& s) { put(count, s.parameter_count()); });
}

ENTRY(SQLDescribeParam)
(SQLHSTMT h, SQLUSMALLINT number, SQLSMALLINT* type, SQLULEN* column_size, SQLSMALLINT* decimal_digits, SQLSMALLINT* nullable) {
  return enter<Statement>(h, Call::describe_parameter, [&](Statement& s) {
    const ParameterAnswer answer = describe_parameter(s, number);
    put(type, answer.type);
    put(column_size, answer.column_size);
    put(decimal_digits, answer.decimal_digits);
    put(nullable, answer.nullable);
  });
}

ENTRY(SQLBindParameter)
(SQLHSTMT h, SQLUSMALLINT number, SQLSMALLINT direction, SQLSMALLINT c_type, SQLSMALLINT sql_type, SQLULEN column_size,
 SQLSMALLINT decimal_digits, SQLPOINTER data, SQLLEN capacity_bytes, SQLLEN* length) {
  return enter<Statement>(h, Call::bind, [&](Statement& s) {
    bind_parameter(s, number, {direction, c_type, sql_type, column_size, decimal_digits, data, capacity_bytes, length});
  });
}

// --- Results

ENTRY(SQLNumResultCols)(SQLHSTMT h, SQLSMALLINT* count) {
  return enter<Statement>(h, Call::result_columns, [&](Statement& s) { put(count, s.result_columns()); });
}

ENTRY(SQLRowCount)(SQLHSTMT h, SQLLEN* count) {
  return enter<Statement>(h, Call::row_count, [&](Statement& s) { put(count, s.row_count()); });
}

ENTRY(SQLBindCol)
(SQLHSTMT h, SQLUSMALLINT column, SQLSMALLINT c_type, SQLPOINTER data, SQLLEN capacity_bytes, SQLLEN* length) {
  return enter<Statement>(h, Call::bind, [&](Statement& s) { bind_column(s, column, c_type, data, capacity_bytes, length); });
}

ENTRY(SQLFetch)(SQLHSTMT h) {
  return enter<Statement>(h, Call::fetch,
                          [](Statement& s) { return s.fetch(SQL_FETCH_NEXT, 0, s.ard().array_size, State::cursor_fetched); });
}

ENTRY(SQLFetchScroll)(SQLHSTMT h, SQLSMALLINT orientation, SQLLEN offset) {
  return enter<Statement>(
      h, Call::fetch, [&](Statement& s) { return s.fetch(orientation, offset, s.ard().array_size, State::cursor_fetched); });
}

// ODBC 2's fetch brings its own row count and status array in place of the IRD's, and has a rowset size of its own.
ENTRY(SQLExtendedFetch)(SQLHSTMT h, SQLUSMALLINT orientation, SQLLEN offset, SQLULEN* rows, SQLUSMALLINT* status) {
  return enter<Statement>(h, Call::extended_fetch, [&](Statement& s) {
    const Lend rows_lent(s.ird().rows_processed_ptr, rows);
    const Lend status_lent(s.ird().array_status_ptr, status);
    if (orientation == SQL_FETCH_BOOKMARK) {  // whose offset is the bookmark itself
      const Lend bookmark_lent(s.attributes.fetch_bookmark_ptr, static_cast<SQLPOINTER>(&offset));
      return s.fetch(SQL_FETCH_BOOKMARK, 0, s.attributes.rowset_size, State::cursor_extended);
    }
    return s.fetch(static_cast<SQLSMALLINT>(orientation), offset, s.attributes.rowset_size, State::cursor_extended);
  });
}

ENTRY(SQLGetData)
(SQLHSTMT h, SQLUSMALLINT column, SQLSMALLINT c_type, SQLPOINTER buffer, SQLLEN capacity_bytes, SQLLEN* length) {
  const Slot slot{buffer, capacity_bytes, length, length};
  return enter<Statement>(h, Call::get_data, [&](Statement& s) { return s.get_data(column, c_type, slot); });
}

ENTRY(SQLSetPos)(SQLHSTMT h, SQLSETPOSIROW row, SQLUSMALLINT operation, SQLUSMALLINT lock) {
  return enter<Statement>(h, Call::set_position, [&](Statement& s) { return set_pos(s, row, operation, lock); });
}

ENTRY(SQLBulkOperations)(SQLHSTMT h, SQLSMALLINT operation) {
  return enter<Statement>(h, Call::bulk_operations, [&](Statement& s) { return bulk_operations(s, operation); });
}

ENTRY(SQLMoreResults)(SQLHSTMT h) {
  return enter<Statement>(h, Call::more_results, [](Statement& s) { return s.more_results(); });
}

// --- Ending

ENTRY(SQLCloseCursor)(SQLHSTMT h) {
  return enter<Statement>(h, Call::close_cursor, [](Statement& s) { s.close_cursor(); });
}

ENTRY(SQLEndTran)(SQLSMALLINT handle_type, SQLHANDLE h, SQLSMALLINT completion) {
  const auto require_completion = [&] {
    if (completion != SQL_COMMIT && completion != SQL_ROLLBACK) throw Fail(SqlState::invalid_transaction_operation);
  };
  if (handle_type == SQL_HANDLE_DBC) {
    return enter<Connection>(h, Call::end_transaction, [&](Connection& c) {
      require_completion();
      c.end_transaction(completion == SQL_COMMIT);
    });
  }
  return enter<Environment>(h, [&](Environment& e) -> SQLRETURN {
    if (handle_type != SQL_HANDLE_ENV) throw Fail(SqlState::invalid_attribute);
    if (e.odbc_version == 0) throw Fail(SqlState::sequence_error, "Set SQL_ATTR_ODBC_VERSION first.");
    require_completion();
    bool failed = false;  // each connection keeps its own diagnostics; one that fails does not stop the others
    for (Connection* connection : e.connections) {
      failed |= enter<Connection>(static_cast<Handle*>(connection), Call::end_transaction, [&](Connection& c) {
                  if (c.connected()) c.end_transaction(completion == SQL_COMMIT);
                }) == SQL_ERROR;
    }
    if (failed) throw Fail(SqlState::general_error, "Not every connection ended its transaction: see each one's diagnostics.");
    return SQL_SUCCESS;
  });
}

// --- Descriptors

ENTRY(SQLSetDescRec)
(SQLHDESC h, SQLSMALLINT record, SQLSMALLINT type, SQLSMALLINT subtype, SQLLEN length, SQLSMALLINT precision, SQLSMALLINT scale,
 SQLPOINTER data, SQLLEN* octet_length, SQLLEN* indicator) {
  return enter<Descriptor>(h, Call::set_descriptor, [&](Descriptor& d) {
    const auto set_number = [&](SQLSMALLINT field, SQLLEN number) {
      d.set_field(record, field, reinterpret_cast<SQLPOINTER>(number), SQL_IS_INTEGER, false);
    };
    set_number(SQL_DESC_TYPE, type);
    if (type == SQL_DATETIME || type == SQL_INTERVAL) set_number(SQL_DESC_DATETIME_INTERVAL_CODE, subtype);
    set_number(SQL_DESC_OCTET_LENGTH, length);
    set_number(SQL_DESC_PRECISION, precision);
    set_number(SQL_DESC_SCALE, scale);
    if (d.role() == DescriptorRole::ipd) return;
    d.set_field(record, SQL_DESC_OCTET_LENGTH_PTR, octet_length, SQL_IS_POINTER, false);
    d.set_field(record, SQL_DESC_INDICATOR_PTR, indicator, SQL_IS_POINTER, false);
    d.set_field(record, SQL_DESC_DATA_PTR, data, SQL_IS_POINTER, false);
  });
}

ENTRY(SQLCopyDesc)(SQLHDESC source_handle, SQLHDESC target_handle) {
  auto* const source = as<Descriptor>(source_handle);
  if (source == nullptr) return SQL_INVALID_HANDLE;
  // Two connections' locks are never held together: what the source says goes through a descriptor in between.
  std::optional<Descriptor> copy;
  if (auto* const target = as<Descriptor>(target_handle); target != nullptr && &target->mutex() != &source->mutex()) {
    const SQLRETURN code = enter<Descriptor>(source_handle, Call::get_descriptor, [&](Descriptor& d) {
      copy.emplace(d.connection(), DescriptorRole::ard, false);
      copy->copy_from(d);
    });
    if (code == SQL_ERROR) return code;
  }
  return enter<Descriptor>(target_handle, Call::set_descriptor, [&](Descriptor& target) {
    if (!copy) admit(*source, Call::get_descriptor);
    target.copy_from(copy ? *copy : *source);
  });
}
