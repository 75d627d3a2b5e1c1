#include "sync/mqtt/pkcs11_session.hpp"

#include <p11-kit/p11-kit.h>
#include <p11-kit/pkcs11.h>
#include <p11-kit/uri.h>

#include <utility>

#include "sync/mqtt/pkcs11_key.hpp"
#include "sync/mqtt/pkcs11_modules.hpp"

namespace aisle::sync {
namespace {

CK_MECHANISM_TYPE number_of(TokenMechanism mechanism) {
  if (mechanism == TokenMechanism::ecdsa) return CKM_ECDSA;
  return mechanism == TokenMechanism::rsa_pkcs1 ? CKM_RSA_PKCS : CKM_RSA_X_509;
}

}  // namespace

struct Pkcs11Session::Impl {
  Impl(Pkcs11Modules loaded, Pkcs11Uri wanted) : modules(std::move(loaded)), uri(std::move(wanted)) {}
  ~Impl() {
    if (open) token.module->C_CloseSession(session);
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  [[nodiscard]] Status log_in(const std::string& pin, PinGuard& guard);
  [[nodiscard]] Result<bool> find_key();
  [[nodiscard]] TokenSession token_session() const { return {token.module, session}; }

  Pkcs11Modules modules;
  Pkcs11Uri uri;
  TokenPlace token;
  CK_SESSION_HANDLE session = 0;
  CK_OBJECT_HANDLE key = 0;
  bool open = false;
};

Status Pkcs11Session::Impl::log_in(const std::string& pin, PinGuard& guard) {
  if (pin.empty()) return {};
  if (guard.refused(pin)) return fail("the token refused this PIN; it is not tried again until pin_file holds another");
  std::string text = pin;  // PKCS#11 takes no const
  void* bytes = text.data();
  const CK_RV failed =
      token.module->C_Login(session, CKU_USER, static_cast<unsigned char*>(bytes), static_cast<CK_ULONG>(text.size()));
  if (failed == CKR_OK || failed == CKR_USER_ALREADY_LOGGED_IN) return {};
  if (failed == CKR_PIN_INCORRECT || failed == CKR_PIN_INVALID || failed == CKR_PIN_LEN_RANGE) guard.note_refused(pin);
  return fail("the token does not let us log in: {}", p11_kit_strerror(failed));
}

Result<bool> Pkcs11Session::Impl::find_key() {
  CK_ULONG count = 0;
  const CK_ATTRIBUTE* named = p11_kit_uri_get_attributes(uri.get(), &count);
  std::vector<CK_ATTRIBUTE> wanted(named, named + count);
  std::erase_if(wanted, [](const CK_ATTRIBUTE& it) { return it.type == CKA_CLASS; });
  CK_OBJECT_CLASS kind = CKO_PRIVATE_KEY;
  wanted.push_back({CKA_CLASS, &kind, sizeof kind});
  CK_RV failed = token.module->C_FindObjectsInit(session, wanted.data(), wanted.size());
  if (failed != CKR_OK) return fail("the token cannot be searched: {}", p11_kit_strerror(failed));
  CK_ULONG found = 0;
  failed = token.module->C_FindObjects(session, &key, 1, &found);
  token.module->C_FindObjectsFinal(session);
  return failed == CKR_OK && found > 0;
}

Pkcs11Session::Pkcs11Session(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Pkcs11Session::~Pkcs11Session() = default;

Result<std::unique_ptr<Pkcs11Session::Impl>> Pkcs11Session::log_in(const Pkcs11Source& source, PinGuard& guard,
                                                                   bool may_write) {
  auto uri = parse_pkcs11_uri(source.uri);
  if (!uri) return tl::unexpected(uri.error());
  auto modules = Pkcs11Modules::load(source.module);
  if (!modules) return tl::unexpected(modules.error());
  auto impl = std::make_unique<Impl>(*std::move(modules), *std::move(uri));
  const auto token = find_token(impl->modules, impl->uri.get());
  if (!token) return fail("{}: no such token is there", source.uri);
  impl->token = *token;
  const CK_FLAGS how = may_write ? CKF_SERIAL_SESSION | CKF_RW_SESSION : CKF_SERIAL_SESSION;
  const CK_RV failed = token->module->C_OpenSession(token->slot, how, nullptr, nullptr, &impl->session);
  if (failed != CKR_OK) return fail("{}: {}", source.uri, p11_kit_strerror(failed));
  impl->open = true;
  if (auto in = impl->log_in(source.pin, guard); !in) return tl::unexpected(in.error().within(source.uri));
  return impl;
}

Result<std::unique_ptr<Pkcs11Session>> Pkcs11Session::open(const Pkcs11Source& source, PinGuard& guard) {
  auto impl = log_in(source, guard, false);
  if (!impl) return tl::unexpected(impl.error());
  const auto found = (*impl)->find_key();
  if (!found) return tl::unexpected(found.error().within(source.uri));
  if (!*found) {
    return fail("{}: the token holds no such private key, or shows it only after a login ([sync] pin_file)",
                source.uri);
  }
  return std::unique_ptr<Pkcs11Session>(new Pkcs11Session(*std::move(impl)));
}

Result<std::unique_ptr<Pkcs11Session>> Pkcs11Session::open_or_make(const Pkcs11Source& source, PinGuard& guard) {
  auto impl = log_in(source, guard, true);
  if (!impl) return tl::unexpected(impl.error());
  auto found = (*impl)->find_key();
  if (found && !*found) {
    if (auto made = make_ec_key((*impl)->token_session(), (*impl)->uri.get()); !made)
      return tl::unexpected(made.error().within(source.uri));
    found = (*impl)->find_key();
  }
  if (!found) return tl::unexpected(found.error().within(source.uri));
  if (!*found) return fail("{}: the token does not show the key that it has made", source.uri);
  return std::unique_ptr<Pkcs11Session>(new Pkcs11Session(*std::move(impl)));
}

void Pkcs11Session::close() {
  impl_.reset();
}

Result<Bytes> Pkcs11Session::public_key() {
  if (!impl_) return fail("the token was let go");
  return ec_public_key(impl_->token_session(), impl_->uri.get());
}

Bytes Pkcs11Session::sign(TokenMechanism mechanism, const unsigned char* data, std::size_t size) {
  if (!impl_) return {};
  CK_MECHANISM how{number_of(mechanism), nullptr, 0};
  CK_FUNCTION_LIST* module = impl_->token.module;
  if (module->C_SignInit(impl_->session, &how, impl_->key) != CKR_OK) return {};
  constexpr std::size_t kLargest = 1024;  // RSA of 8192 bits
  Bytes in(data, data + size);
  Bytes out(kLargest);
  CK_ULONG length = out.size();
  if (module->C_Sign(impl_->session, in.data(), in.size(), out.data(), &length) != CKR_OK) return {};
  out.resize(length);
  return out;
}

}  // namespace aisle::sync
