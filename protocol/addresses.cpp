#include "protocol/addresses.h"

#include <netdb.h>
#include <netinet/in.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstring>
#include <memory>
#include <string>
#include <system_error>

namespace selkie::protocol {
namespace {

struct FreeAddresses {
  void operator()(addrinfo* list) const { ::freeaddrinfo(list); }
};
using OwnedAddresses = std::unique_ptr<addrinfo, FreeAddresses>;

// One question to the name service, with all that it points to.
struct Lookup {
  std::string host;
  char port[8]{};
  addrinfo hints{};
  gaicb request{};

  explicit Lookup(const TcpAddress& address) : host(address.host) {
    std::to_chars(port, port + sizeof port - 1, address.port);
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_NUMERICSERV;
    request.ar_name = host.c_str();
    request.ar_service = port;
    request.ar_request = &hints;
  }
};

//   system_error  errno where it belongs to this error, else 0
Failure not_found(const std::string& host, int error, int system_error = 0) {
  const bool has_words = error == EAI_SYSTEM && system_error != 0;
  const std::string why = has_words ? std::generic_category().message(system_error) : ::gai_strerror(error);
  return our_failure(Errc::connect_failed,
                     "Cannot find host '" + host + "': " + why + ". Check the host's name and this machine's name service.");
}

// The time that is left, not negative.
timespec time_until(Deadline deadline) {
  const auto left = std::max(deadline - Clock::now(), Clock::duration::zero());
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(left);
  timespec time{};
  time.tv_sec = static_cast<decltype(time.tv_sec)>(seconds.count());
  time.tv_nsec = static_cast<decltype(time.tv_nsec)>(std::chrono::nanoseconds(left - seconds).count());
  return time;
}

// An address written in digits needs no name service. nullptr: it is a name.
OwnedAddresses read_digits(const Lookup& lookup) {
  addrinfo hints = lookup.hints;
  hints.ai_flags |= AI_NUMERICHOST;
  addrinfo* list = nullptr;
  return OwnedAddresses(::getaddrinfo(lookup.host.c_str(), lookup.port, &hints, &list) == 0 ? list : nullptr);
}

Result<OwnedAddresses> ask(const Lookup& lookup) {
  addrinfo* list = nullptr;
  const int error = ::getaddrinfo(lookup.host.c_str(), lookup.port, &lookup.hints, &list);
  if (error != 0) return not_found(lookup.host, error, errno);
  return OwnedAddresses(list);
}

// The C library's own threads ask, so that this one may stop waiting; none of them runs our code.
Result<OwnedAddresses> ask(std::unique_ptr<Lookup> lookup, Deadline deadline) {
  gaicb* request[] = {&lookup->request};
  if (const int error = ::getaddrinfo_a(GAI_NOWAIT, request, 1, nullptr); error != 0) return not_found(lookup->host, error);
  while (::gai_error(request[0]) == EAI_INPROGRESS && Clock::now() < deadline) {
    const gaicb* const waiting[] = {request[0]};
    const timespec patience = time_until(deadline);
    ::gai_suspend(waiting, 1, &patience);  // however it ends, the question is asked again
  }
  if (::gai_error(request[0]) == EAI_INPROGRESS && ::gai_cancel(request[0]) == EAI_NOTCANCELED) {
    const std::string host = lookup->host;
    (void)lookup.release();  // a question under way cannot be taken back, and what it points to must stay
    return our_failure(Errc::connect_timeout, "The name service did not find host '" + host +
                                                  "' within the login timeout. Check this machine's name service.");
  }
  OwnedAddresses found(lookup->request.ar_result);
  const int error = ::gai_error(request[0]);
  if (error == EAI_CANCELED) {
    return our_failure(Errc::connect_timeout, "The name service was not asked for host '" + lookup->host +
                                                  "' within the login timeout. Is it busy with other questions?");
  }
  if (error != 0) return not_found(lookup->host, error);
  return found;
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
  auto lookup = std::make_unique<Lookup>(address);
  if (const OwnedAddresses found = read_digits(*lookup)) return taking_turns(found.get());
  const auto found = deadline == kNoDeadline ? ask(*lookup) : ask(std::move(lookup), deadline);
  if (!found.ok()) return found.failure();
  return taking_turns(found.value().get());
}

}  // namespace selkie::protocol
