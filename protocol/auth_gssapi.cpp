// auth_gssapi_client: Kerberos, by the system's own library where there is one. The ticket is the user's; no password is used.
// Spec: MariaDB "Authentication Plugin - GSSAPI"; RFC 2744 (the C bindings, of which the parts used are declared here)
#include <dlfcn.h>

#include <cstring>
#include <memory>
#include <string>

#include "protocol/auth.h"

namespace selkie::protocol {
namespace {

constexpr const char* kLibrary = "libgssapi_krb5.so.2";

struct Buffer {
  std::size_t length = 0;
  void* value = nullptr;
};
struct Oid {
  std::uint32_t length;
  const void* elements;
};
using Handle = void*;

constexpr std::uint32_t kContinueNeeded = 1, kErrorMask = 0xffff0000;  // of a major status
constexpr std::uint32_t kMutual = 2;                                   // GSS_C_MUTUAL_FLAG: the server proves itself, too
constexpr int kGssCode = 1, kMechanismCode = 2;

// RFC 2744, 5.16: GSS_C_NT_USER_NAME; RFC 4178: SPNEGO.
constexpr Oid kUserName{10, "\x2a\x86\x48\x86\xf7\x12\x01\x02\x01\x01"};
constexpr Oid kSpnego{6, "\x2b\x06\x01\x05\x05\x02"};

// The library's functions. It stays loaded: it keeps state of its own in the process.
struct Library {
  std::uint32_t (*import_name)(std::uint32_t*, const Buffer*, const Oid*, Handle*);
  std::uint32_t (*init_sec_context)(std::uint32_t*, Handle, Handle*, Handle, const Oid*, std::uint32_t, std::uint32_t, void*,
                                    const Buffer*, Oid**, Buffer*, std::uint32_t*, std::uint32_t*);
  std::uint32_t (*delete_sec_context)(std::uint32_t*, Handle*, Buffer*);
  std::uint32_t (*release_buffer)(std::uint32_t*, Buffer*);
  std::uint32_t (*release_name)(std::uint32_t*, Handle*);
  std::uint32_t (*display_status)(std::uint32_t*, std::uint32_t, int, const Oid*, std::uint32_t*, Buffer*);
};

Result<Library> load() {
  void* const file = ::dlopen(kLibrary, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  if (file == nullptr) {
    return our_failure(Errc::auth_unsupported,
                       std::string("The account logs in by Kerberos (auth_gssapi_client), which needs ") + kLibrary +
                           " on this machine. Install it (Debian: libgssapi-krb5-2).");
  }
  Library library{};
  const auto find = [&](auto& function, const char* name) {
    function = reinterpret_cast<std::remove_reference_t<decltype(function)>>(::dlsym(file, name));
    return function != nullptr;
  };
  const bool whole = find(library.import_name, "gss_import_name") && find(library.init_sec_context, "gss_init_sec_context") &&
                     find(library.delete_sec_context, "gss_delete_sec_context") &&
                     find(library.release_buffer, "gss_release_buffer") && find(library.release_name, "gss_release_name") &&
                     find(library.display_status, "gss_display_status");
  ::dlclose(file);
  if (!whole) return our_failure(Errc::auth_unsupported, std::string(kLibrary) + " lacks functions that Kerberos logins need.");
  return library;
}

// What one login remembers from token to token.
struct Conversation {
  Library library;
  Handle context = nullptr, server = nullptr;
  const Oid* mechanism = nullptr;  // nullptr: the library's own choice, Kerberos
  std::string principal;
  bool complete = false;

  explicit Conversation(const Library& loaded) : library(loaded) {}
  Conversation(const Conversation&) = delete;
  ~Conversation() {
    std::uint32_t minor;
    if (context != nullptr) library.delete_sec_context(&minor, &context, nullptr);
    if (server != nullptr) library.release_name(&minor, &server);
  }

  Failure failed(std::uint32_t major, std::uint32_t minor) const {
    return our_failure(Errc::auth_refused, "The Kerberos login to '" + principal + "' failed: " + words(major, kGssCode) +
                                               " (" + words(minor, kMechanismCode) + "). Is there a valid ticket (klist)?");
  }

 private:
  std::string words(std::uint32_t status, int kind) const {
    std::uint32_t minor, more = 0;
    Buffer text;
    if ((library.display_status(&minor, status, kind, mechanism, &more, &text) & kErrorMask) != 0) return "no words for it";
    std::string copy(static_cast<const char*>(text.value), text.length);
    library.release_buffer(&minor, &text);
    return copy;
  }
};

// "principal NUL mechanism NUL": what the server begins with.
Result<std::shared_ptr<Conversation>> begin(Bytes data) {
  ByteReader in(data);
  const std::string principal(as_text(in.take_to_nul()));
  if (in.failed() || principal.empty()) return unexpected_auth_data("auth_gssapi_client");
  const std::string_view rest = as_text(in.take_rest());
  const auto library = load();
  if (!library.ok()) return library.failure();
  auto talk = std::make_shared<Conversation>(library.value());
  talk->principal = principal;
  if (rest.substr(0, rest.find('\0')) == "Negotiate") talk->mechanism = &kSpnego;
  const Buffer name{principal.size(), talk->principal.data()};
  std::uint32_t minor = 0;
  const std::uint32_t major = talk->library.import_name(&minor, &name, &kUserName, &talk->server);
  if ((major & kErrorMask) != 0) return talk->failed(major, minor);
  return talk;
}

}  // namespace

Result<AuthReply> gssapi(const AuthContext&, const AuthTurn& turn, ByteWriter& out) {
  if (turn.round == 0) {
    auto begun = begin(turn.data);
    if (!begun.ok()) return begun.failure();
    *turn.memory = std::move(begun).value();
  }
  auto* const talk = static_cast<Conversation*>(turn.memory->get());
  if (talk == nullptr || talk->complete) return unexpected_auth_data("auth_gssapi_client");
  const Bytes heard = turn.round == 0 ? Bytes{} : turn.data;
  const Buffer token{heard.size(), const_cast<std::uint8_t*>(heard.data())};
  Buffer answer;
  std::uint32_t minor = 0;
  const std::uint32_t major =
      talk->library.init_sec_context(&minor, nullptr, &talk->context, talk->server, talk->mechanism, kMutual, 0, nullptr,
                                     turn.round == 0 ? nullptr : &token, nullptr, &answer, nullptr, nullptr);
  const bool says_something = answer.length != 0;
  out.bytes({static_cast<const std::uint8_t*>(answer.value), answer.length});
  std::uint32_t ignored;
  talk->library.release_buffer(&ignored, &answer);
  if ((major & kErrorMask) != 0) return talk->failed(major, minor);
  talk->complete = (major & kContinueNeeded) == 0;
  return says_something ? AuthReply::send : AuthReply::read;
}

}  // namespace selkie::protocol
