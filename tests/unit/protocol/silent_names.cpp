// A name service that never answers for "silent.test": stands in front of the C library's look-up in this program.
#include <dlfcn.h>
#include <netdb.h>

#include <cstring>
#include <ctime>

namespace {

bool is_silent(const gaicb* request) { return std::strcmp(request->ar_name, "silent.test") == 0; }

template <class Function>
Function* next(const char* name) {
  return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

gaicb* unanswered = nullptr;  // so that what the look-up left behind is reachable, as it is from the C library

}  // namespace

extern "C" {

int getaddrinfo_a(int mode, gaicb* list[], int count, sigevent* event) {
  if (!is_silent(list[0])) return next<decltype(getaddrinfo_a)>("getaddrinfo_a")(mode, list, count, event);
  unanswered = list[0];
  unanswered->__return = EAI_INPROGRESS;
  return 0;
}

int gai_suspend(const gaicb* const list[], int count, const timespec* timeout) {
  if (!is_silent(list[0])) return next<decltype(gai_suspend)>("gai_suspend")(list, count, timeout);
  ::nanosleep(timeout, nullptr);
  return EAI_AGAIN;
}

int gai_cancel(gaicb* request) noexcept {
  return is_silent(request) ? EAI_NOTCANCELED : next<int(gaicb*)>("gai_cancel")(request);
}

}  // extern "C"
