// The door: every entry point goes through enter<H>(), which checks the handle, locks, clears the diagnostics, runs, and turns
// exceptions and posted warnings into the return code. Nothing else locks or catches, apart from SQLGetDiag*, SQLCancel and
// allocation and freeing.
#pragma once

#include <sql.h>
#include <sqlext.h>

#include <cstdint>
#include <exception>
#include <mutex>
#include <new>
#include <type_traits>

#include "odbc/diagnostics.h"

namespace selkie::odbc {

// The first member of every handle. A tag that does not match (a freed, foreign or NULL handle) is SQL_INVALID_HANDLE.
enum class HandleTag : std::uint32_t {
  freed = 0,
  environment = 0x53454c45,
  connection = 0x53454c43,
  statement = 0x53454c53,
  descriptor = 0x53454c44,
};

struct Handle {
  explicit Handle(HandleTag t) : tag(t) {}
  ~Handle() { tag = HandleTag::freed; }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;

  HandleTag tag;
  Diagnostics diagnostics;
};

// The handle as H, or null when it is none.
template <class H>
H* as(SQLHANDLE handle) {
  auto* base = static_cast<Handle*>(handle);
  return base != nullptr && base->tag == H::kTag ? static_cast<H*>(base) : nullptr;
}

// Posts the exception that is being handled, as an error record.
void post_current_exception(Diagnostics& diagnostics) noexcept;

template <class H, class Body>
SQLRETURN enter(SQLHANDLE handle, Body&& body) noexcept {
  H* h = as<H>(handle);
  if (h == nullptr) return SQL_INVALID_HANDLE;
  const std::lock_guard lock(h->mutex());
  h->diagnostics.clear();
  SQLRETURN code = SQL_SUCCESS;
  try {
    if constexpr (std::is_void_v<std::invoke_result_t<Body, H&>>) {
      body(*h);
    } else {
      code = body(*h);
    }
    if (code == SQL_SUCCESS && !h->diagnostics.empty()) code = SQL_SUCCESS_WITH_INFO;
  } catch (...) {
    post_current_exception(h->diagnostics);
    code = SQL_ERROR;
  }
  h->diagnostics.return_code = code;
  return code;
}

}  // namespace selkie::odbc
