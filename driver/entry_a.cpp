// The narrow entry points: text is UTF-8.
#include <sql.h>
#include <sqlext.h>

#define ENTRY(name) extern "C" __attribute__((visibility("default"))) SQLRETURN SQL_API name

namespace {
using Ch = SQLCHAR;
constexpr bool kWide = false;
}  // namespace

#include "driver/text_entries.inc"
