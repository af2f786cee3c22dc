// A name service that is long silent about "silent.test": stands in front of the C library's look-up in this program.
#include <dlfcn.h>
#include <netdb.h>

#include <chrono>
#include <cstring>
#include <thread>

extern "C" int getaddrinfo(const char* name, const char* service, const addrinfo* hints, addrinfo** list) {
  if (std::strcmp(name, "silent.test") == 0 && (hints->ai_flags & AI_NUMERICHOST) == 0) {
    std::this_thread::sleep_for(std::chrono::seconds(1));
    return EAI_AGAIN;
  }
  static auto* const next = reinterpret_cast<decltype(&getaddrinfo)>(::dlsym(RTLD_NEXT, "getaddrinfo"));
  return next(name, service, hints, list);
}
