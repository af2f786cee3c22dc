#include "protocol/addresses.h"

#include <dlfcn.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <condition_variable>
#include <csignal>
#include <cstring>
#include <memory>
#include <mutex>
#include <string>
#include <system_error>
#include <thread>

namespace selkie::protocol {
namespace {

struct FreeAddresses {
  void operator()(addrinfo* list) const { ::freeaddrinfo(list); }
};
using OwnedAddresses = std::unique_ptr<addrinfo, FreeAddresses>;

// One question to the name service, and its answer. Shared by who asks and who waits: either may be the last.
struct Lookup {
  std::string host;
  char port[8]{};
  addrinfo hints{};

  std::mutex mutex;
  std::condition_variable answered;
  bool is_answered = false;
  int error = 0, system_error = 0;
  OwnedAddresses addresses;

  explicit Lookup(const TcpAddress& address) : host(address.host) {
    std::to_chars(port, port + sizeof port - 1, address.port);
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_NUMERICSERV;
  }
};

Failure not_found(const std::string& host, int error, int system_error) {
  const std::string why =
      error == EAI_SYSTEM ? std::generic_category().message(system_error) : std::string(::gai_strerror(error));
  return our_failure(Errc::connect_failed,
                     "Cannot find host '" + host + "': " + why + ". Check the host's name and this machine's name service.");
}

// An address written in digits needs no name service. nullptr: it is a name.
OwnedAddresses read_digits(const Lookup& lookup) {
  addrinfo hints = lookup.hints;
  hints.ai_flags |= AI_NUMERICHOST;
  addrinfo* list = nullptr;
  return OwnedAddresses(::getaddrinfo(lookup.host.c_str(), lookup.port, &hints, &list) == 0 ? list : nullptr);
}

// Asks, for as long as it takes.
void ask(Lookup& lookup) {
  addrinfo* list = nullptr;
  const int error = ::getaddrinfo(lookup.host.c_str(), lookup.port, &lookup.hints, &list);
  const int system_error = errno;
  const std::lock_guard lock(lookup.mutex);
  lookup.error = error;
  lookup.system_error = system_error;
  if (error == 0) lookup.addresses.reset(list);
  lookup.is_answered = true;
  lookup.answered.notify_all();
}

// Starts a thread that asks; it takes none of the application's signals. False: there can be none.
bool ask_beside(const std::shared_ptr<Lookup>& lookup, std::thread& asking) {
  sigset_t all, before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  try {
    asking = std::thread([lookup] { ask(*lookup); });
  } catch (const std::system_error&) {}
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return asking.joinable();
}

// A question under way cannot be taken back: its thread ends when the name service does answer, so this code has to stay where
// it is, even if the application unloads the driver before.
void leave(std::thread& asking) {
  Dl_info here{};
  if (::dladdr(reinterpret_cast<const void*>(&ask), &here) != 0 && here.dli_fname != nullptr) {
    (void)::dlopen(here.dli_fname, RTLD_LAZY | RTLD_NOLOAD | RTLD_NODELETE);
  }
  asking.detach();
}

// Waits for the answer no longer than to the deadline. False: it did not come.
bool ask_until(const std::shared_ptr<Lookup>& lookup, Deadline deadline) {
  std::thread asking;
  if (deadline == kNoDeadline || !ask_beside(lookup, asking)) {
    ask(*lookup);
    return true;
  }
  {
    std::unique_lock lock(lookup->mutex);
    if (!lookup->answered.wait_until(lock, deadline, [&] { return lookup->is_answered; })) {
      leave(asking);
      return false;
    }
  }
  asking.join();
  return true;
}

std::vector<SocketAddress> loopback(std::uint16_t port) {
  std::vector<SocketAddress> found(2);
  sockaddr_in v4{};
  v4.sin_family = AF_INET;
  v4.sin_port = htons(port);
  v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  std::memcpy(&found[0].storage, &v4, found[0].size_bytes = sizeof v4);
  sockaddr_in6 v6{};
  v6.sin6_family = AF_INET6;
  v6.sin6_port = htons(port);
  v6.sin6_addr = in6addr_loopback;
  std::memcpy(&found[1].storage, &v6, found[1].size_bytes = sizeof v6);
  return found;
}

std::vector<SocketAddress> taking_turns(const addrinfo* list) {
  std::vector<SocketAddress> first, second;  // of the first address's family, and of the other
  for (const addrinfo* info = list; info != nullptr; info = info->ai_next) {
    SocketAddress found;
    std::memcpy(&found.storage, info->ai_addr, info->ai_addrlen);
    found.size_bytes = info->ai_addrlen;
    (info->ai_family == list->ai_family ? first : second).push_back(found);
  }
  for (std::size_t i = 0; i < second.size(); ++i) {
    first.insert(first.begin() + static_cast<std::ptrdiff_t>(std::min(2 * i + 1, first.size())), second[i]);
  }
  return first;
}

}  // namespace

Result<std::vector<SocketAddress>> find_addresses(const TcpAddress& address, Deadline deadline) {
  // Always the loopback, as RFC 6761 has it; IPv4 first, where both servers listen unless told otherwise.
  if (address.host == "localhost") return loopback(address.port);
  const auto lookup = std::make_shared<Lookup>(address);
  if (const OwnedAddresses found = read_digits(*lookup)) return taking_turns(found.get());
  if (!ask_until(lookup, deadline)) {
    return our_failure(Errc::connect_timeout, "The name service did not find host '" + address.host +
                                                  "' within the login timeout. Check this machine's name service.");
  }
  if (lookup->error != 0) return not_found(lookup->host, lookup->error, lookup->system_error);
  return taking_turns(lookup->addresses.get());
}

}  // namespace selkie::protocol
