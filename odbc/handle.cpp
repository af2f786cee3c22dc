#include "odbc/handle.h"

namespace selkie::odbc {

void post_current_exception(Diagnostics& diagnostics) noexcept {
  try {
    try {
      throw;
    } catch (const Fail& fail) {
      diagnostics.error(fail.state, fail.message, fail.row, fail.column);
    } catch (const CoreFail& fail) {
      diagnostics.failure(fail.failure);
    } catch (const std::bad_alloc&) {
      diagnostics.error(SqlState::out_of_memory);
    } catch (const std::exception& unexpected) {
      diagnostics.error(SqlState::general_error, unexpected.what());
    } catch (...) {
      diagnostics.error(SqlState::general_error);
    }
  } catch (...) {
    // Not even the record could be allocated: the return code alone tells of the error.
  }
}

}  // namespace selkie::odbc
