// Every other function that Selkie exports, so that the driver manager finds as many names here: looking up one that is missing
// costs it more than one that is there. Weak: null_driver.cpp has the ones that do something. No ODBC header is included, as
// the true signatures would collide.
#pragma GCC visibility push(default)
extern "C" {
#define PLAIN(name, number) \
  __attribute__((weak)) short name() { return 0; }
#define TEXT(name, number) PLAIN(name, number) PLAIN(name##W, number)
#include "driver/entries.def"
}
#pragma GCC visibility pop
