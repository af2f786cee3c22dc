#include "odbc/sqlstate.h"

#include <array>
#include <cstddef>

namespace selkie::odbc {
namespace {

struct Row {
  std::string_view state3, state2, message;
};

constexpr std::array kRows{
#define X(name, state3, state2, text) Row{state3, state2, text},
    SELKIE_SQLSTATES(X)
#undef X
};

const Row& row(SqlState state) { return kRows[static_cast<std::size_t>(state)]; }

}  // namespace

std::string_view sqlstate_text(SqlState state) { return row(state).state3; }
std::string_view sqlstate2_text(SqlState state) { return row(state).state2; }
std::string_view default_message(SqlState state) { return row(state).message; }

}  // namespace selkie::odbc
