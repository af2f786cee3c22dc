// The entry points that make, end and interrupt handles. They lock by hand: a handle cannot be locked before it exists or after
// it is gone, and cancelling must not wait for what it cancels.
#include <sql.h>
#include <sqlext.h>

#include <memory>
#include <mutex>

#include "odbc/connection.h"
#include "odbc/descriptor.h"
#include "odbc/statement.h"

#define ENTRY(name) extern "C" __attribute__((visibility("default"))) SQLRETURN SQL_API name

using namespace selkie::odbc;

namespace {

// A handle as the application sees it. The conversion to Handle* comes first, as as<H>() undoes it.
SQLHANDLE hand_out(Handle* handle) { return handle; }

void require_output(const SQLHANDLE* out) {
  if (out == nullptr) throw Fail(SqlState::null_pointer);
}

void require_connected(const Connection& connection) {
  if (!connection.connected()) throw Fail(SqlState::not_connected, "Connect before allocating this handle.");
}

// Frees `handle` under `mutex`, unless `why_not` throws: then the handle stays and keeps the diagnostics.
template <class H, class Check>
SQLRETURN free_handle(H* handle, std::mutex& mutex, Check&& why_not) noexcept {
  const std::lock_guard lock(mutex);
  handle->diagnostics.clear();
  try {
    why_not();
  } catch (...) {
    post_current_exception(handle->diagnostics);
    return handle->diagnostics.return_code = SQL_ERROR;
  }
  delete handle;
  return SQL_SUCCESS;
}

SQLRETURN free_environment(SQLHANDLE h) noexcept {
  auto* const environment = as<Environment>(h);
  if (environment == nullptr) return SQL_INVALID_HANDLE;
  const SQLRETURN code = enter<Environment>(h, [](Environment& e) {
    if (!e.connections.empty()) throw Fail(SqlState::sequence_error, "Free the connections of this environment first.");
  });
  if (code == SQL_SUCCESS) delete environment;
  return code;
}

SQLRETURN free_connection(SQLHANDLE h) noexcept {
  auto* const connection = as<Connection>(h);
  if (connection == nullptr) return SQL_INVALID_HANDLE;
  const SQLRETURN code = enter<Connection>(h, [](Connection& c) {
    if (c.connected() || c.browsing()) throw Fail(SqlState::sequence_error, "Disconnect before freeing the connection.");
  });
  if (code != SQL_SUCCESS) return code;
  Environment& environment = connection->environment();
  const std::lock_guard lock(environment.mutex());
  delete connection;
  return SQL_SUCCESS;
}

SQLRETURN free_statement(SQLHANDLE h) noexcept {
  auto* const statement = as<Statement>(h);
  if (statement == nullptr) return SQL_INVALID_HANDLE;
  return free_handle(statement, statement->mutex(), [&] { statement->admit(Call::free); });
}

SQLRETURN free_descriptor(SQLHANDLE h) noexcept {
  auto* const descriptor = as<Descriptor>(h);
  if (descriptor == nullptr) return SQL_INVALID_HANDLE;
  return free_handle(descriptor, descriptor->mutex(), [&] {
    if (descriptor->is_automatic()) throw Fail(SqlState::automatic_descriptor);
    for (Statement* statement : descriptor->connection().statements) statement->drop_descriptor(descriptor);
    descriptor->connection().descriptors.erase(descriptor);
  });
}

// Any thread. What waits for the application is ended here, what runs on the server by a session of its own. The diagnostics
// belong to the thread that runs the statement.
SQLRETURN cancel(Statement& statement) noexcept {
  statement.cancel_called = true;
  std::unique_lock lock(statement.mutex(), std::try_to_lock);
  const bool awaits = statement.awaits_application();
  if (!lock && (!awaits || statement.connection().runs(statement))) statement.connection().cancel(statement);
  if (!awaits) return SQL_SUCCESS;
  // Nothing of it runs any more: another statement's call is soon over, or in the way of the next call as well.
  if (!lock) lock.lock();
  if (statement.awaits_application()) {
    statement.diagnostics.clear();
    statement.cancel_awaited();
  }
  return SQL_SUCCESS;
}

}  // namespace

ENTRY(SQLAllocHandle)(SQLSMALLINT type, SQLHANDLE parent, SQLHANDLE* out) {
  if (out != nullptr) *out = SQL_NULL_HANDLE;
  switch (type) {
    case SQL_HANDLE_ENV: {
      auto* const environment = out != nullptr ? new (std::nothrow) Environment : nullptr;
      if (environment == nullptr) return SQL_ERROR;
      *out = hand_out(environment);
      return SQL_SUCCESS;
    }
    case SQL_HANDLE_DBC:
      return enter<Environment>(parent, [&](Environment& e) {
        require_output(out);
        if (e.odbc_version == 0)
          throw Fail(SqlState::sequence_error, "Set SQL_ATTR_ODBC_VERSION before allocating a connection.");
        *out = hand_out(new Connection(e));
      });
    case SQL_HANDLE_STMT:
      return enter<Connection>(parent, [&](Connection& c) {
        require_output(out);
        require_connected(c);
        *out = hand_out(new Statement(c));
      });
    case SQL_HANDLE_DESC:
      return enter<Connection>(parent, [&](Connection& c) {
        require_output(out);
        require_connected(c);
        auto descriptor = std::make_unique<Descriptor>(c, DescriptorRole::ard, false);
        c.descriptors.insert(descriptor.get());
        *out = hand_out(descriptor.release());
      });
    default: return SQL_ERROR;
  }
}

ENTRY(SQLFreeHandle)(SQLSMALLINT type, SQLHANDLE h) {
  switch (type) {
    case SQL_HANDLE_ENV: return free_environment(h);
    case SQL_HANDLE_DBC: return free_connection(h);
    case SQL_HANDLE_STMT: return free_statement(h);
    case SQL_HANDLE_DESC: return free_descriptor(h);
    default: return SQL_INVALID_HANDLE;
  }
}

ENTRY(SQLFreeStmt)(SQLHSTMT h, SQLUSMALLINT option) {
  if (option == SQL_DROP) return free_statement(h);
  return enter<Statement>(h, option == SQL_RESET_PARAMS ? Call::reset_parameters : Call::free, [&](Statement& s) {
    switch (option) {
      case SQL_CLOSE: return s.close_cursor();
      case SQL_UNBIND: return s.ard().unbind_all();
      case SQL_RESET_PARAMS: return s.apd().unbind_all();
      default: throw Fail(SqlState::invalid_attribute);
    }
  });
}

ENTRY(SQLCancel)(SQLHSTMT h) {
  auto* const statement = as<Statement>(h);
  return statement != nullptr ? cancel(*statement) : SQLRETURN{SQL_INVALID_HANDLE};
}

// A connection has nothing of its own to cancel: connecting and disconnecting are not asynchronous here.
ENTRY(SQLCancelHandle)(SQLSMALLINT type, SQLHANDLE h) {
  switch (type) {
    case SQL_HANDLE_STMT: {
      auto* const statement = as<Statement>(h);
      return statement != nullptr ? cancel(*statement) : SQLRETURN{SQL_INVALID_HANDLE};
    }
    case SQL_HANDLE_DBC: return as<Connection>(h) != nullptr ? SQL_SUCCESS : SQL_INVALID_HANDLE;
    default: return SQL_ERROR;
  }
}
