// The wide entry points: text is UTF-16.
#include <sql.h>
#include <sqlext.h>
#include <sqlucode.h>

#define ENTRY(name) extern "C" __attribute__((visibility("default"))) SQLRETURN SQL_API name##W

namespace {
using Ch = SQLWCHAR;
constexpr bool kWide = true;
}  // namespace

#include "driver/text_entries.inc"
