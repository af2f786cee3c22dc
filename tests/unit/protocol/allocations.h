// How often this thread has allocated, to test what must not.
#pragma once

#include <cstddef>

namespace selkie::protocol {

std::size_t allocations();

}  // namespace selkie::protocol
