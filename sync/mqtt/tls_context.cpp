#include "sync/mqtt/tls_context.hpp"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <cerrno>
#include <fstream>
#include <system_error>
#include <utility>
#include <vector>

#include "agent/base/credential.hpp"
#include "sync/core/states.hpp"
#include "sync/mqtt/certificate.hpp"
#include "sync/mqtt/tls_verdict.hpp"
#include "sync/mqtt/token_key.hpp"

namespace aisle::sync {
namespace {

Disconnected unusable(std::string_view key, std::string_view what) {
  return {state::kCredentials, fmt::format("[sync] {}: {}", key, what)};
}

// Asked for the passphrase of a key file: we have none, and nobody may be asked on the terminal.
int no_passphrase(char* /*buffer*/, int /*size*/, int /*writing*/, void* /*object*/) {
  return 0;
}

// A file that can be opened now, or why not.
tl::expected<std::string, Disconnected> readable(std::string_view key, const std::string& source) {
  const auto path = source_path(source);
  if (!path) return tl::unexpected(unusable(key, path.error().message()));
  errno = 0;
  if (!std::ifstream(*path)) {
    return tl::unexpected(unusable(key, fmt::format("{}: {}", *path, std::generic_category().message(errno))));
  }
  return *path;
}

}  // namespace

void TlsContext::Free::operator()(ssl_ctx_st* context) const {
  SSL_CTX_free(context);
}

TlsContext::TlsContext(std::string host) : host_(std::move(host)), context_(SSL_CTX_new(TLS_client_method())) {}
TlsContext::~TlsContext() = default;

tl::expected<std::unique_ptr<TlsContext>, Disconnected> TlsContext::make(const MosquittoTls& settings,
                                                                         const std::string& host, PinGuard& pins) {
  std::unique_ptr<TlsContext> made(new TlsContext(host));
  ERR_clear_error();
  auto failed = made->load(settings, pins);
  ERR_clear_error();
  if (failed) return tl::unexpected(*std::move(failed));
  return made;
}

std::optional<Disconnected> TlsContext::load(const MosquittoTls& settings, PinGuard& pins) {
  SSL_CTX* context = context_.get();
  if (context == nullptr || SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) != 1) {
    return Disconnected{state::kTls, "this machine's OpenSSL does not do TLS 1.2"};
  }
  SSL_CTX_set_options(context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_app_data(context, this);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, verified);
  SSL_CTX_set_info_callback(context, told);
  SSL_CTX_set_cert_cb(context, asked, this);
  expect_host();
  if (auto failed = load_authorities(settings.ca)) return failed;
  if (auto failed = load_own(settings, pins)) return failed;
  return offer_protocol(settings.alpn);
}

// Any certificate of the file is trusted, an intermediate one or the broker's own too.
std::optional<Disconnected> TlsContext::load_authorities(const std::string& ca) {
  X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(context_.get()), X509_V_FLAG_PARTIAL_CHAIN);
  if (ca.empty()) {
    if (SSL_CTX_set_default_verify_paths(context_.get()) == 1) return std::nullopt;
    return unusable("ca", "the system's authorities cannot be read");
  }
  const auto path = readable("ca", ca);
  if (!path) return path.error();
  if (SSL_CTX_load_verify_file(context_.get(), path->c_str()) == 1) return std::nullopt;
  return unusable("ca", fmt::format("{}: holds no PEM certificate", *path));
}

std::optional<Disconnected> TlsContext::load_own(const MosquittoTls& settings, PinGuard& pins) {
  if (settings.cert.empty()) return std::nullopt;
  const auto path = readable("cert", settings.cert);
  if (!path) return path.error();
  if (SSL_CTX_use_certificate_chain_file(context_.get(), path->c_str()) != 1) {
    return unusable("cert", fmt::format("{}: holds no PEM certificate", *path));
  }
  const CertificateFacts facts = facts_of(SSL_CTX_get0_certificate(context_.get()));
  own_ = fmt::format("\"{}\", {} to {}", facts.subject, facts.from, facts.until);
  return settings.key.starts_with("pkcs11:") ? load_token_key(settings, pins) : load_key_file(settings.key);
}

std::optional<Disconnected> TlsContext::load_key_file(const std::string& key) {
  SSL_CTX_set_default_passwd_cb(context_.get(), no_passphrase);
  const auto path = readable("key", key);
  if (!path) return path.error();
  if (SSL_CTX_use_PrivateKey_file(context_.get(), path->c_str(), SSL_FILETYPE_PEM) == 1) return std::nullopt;
  const bool other = ERR_GET_LIB(ERR_peek_last_error()) == ERR_LIB_X509;  // X509_R_KEY_VALUES_MISMATCH and its like
  if (other) return unusable("key", "does not belong to the certificate of [sync] cert");
  return unusable("key", fmt::format("{}: holds no PEM key without a passphrase", *path));
}

std::optional<Disconnected> TlsContext::load_token_key(const MosquittoTls& settings, PinGuard& pins) {
  Pkcs11Source source{settings.key, settings.token_module, ""};
  if (!settings.pin_file.empty()) {
    auto pin = read_secret(settings.pin_file);
    if (!pin) return unusable("pin_file", pin.error().message());
    source.pin = *std::move(pin);
  }
  auto opened = Pkcs11Session::open(source, pins);
  if (!opened) return unusable("key", opened.error().message());
  token_ = *std::move(opened);
  EVP_PKEY* public_half = X509_get0_pubkey(SSL_CTX_get0_certificate(context_.get()));
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(make_token_key(public_half, *token_), EVP_PKEY_free);
  if (!key) return unusable("cert", "holds a key that is neither EC nor RSA, which a token's key has to be");
  if (!signs(key.get()))
    return unusable("key", "the token's key does not sign, or not for the certificate of [sync] cert");
  if (SSL_CTX_use_PrivateKey(context_.get(), key.get()) == 1) return std::nullopt;
  return unusable("key", "does not belong to the certificate of [sync] cert");
}

std::optional<Disconnected> TlsContext::offer_protocol(const std::string& alpn) {
  if (alpn.empty()) return std::nullopt;
  std::vector<unsigned char> list{static_cast<unsigned char>(alpn.size())};
  list.insert(list.end(), alpn.begin(), alpn.end());
  // Unlike the rest of OpenSSL this returns 0 for success.
  if (SSL_CTX_set_alpn_protos(context_.get(), list.data(), static_cast<unsigned>(list.size())) == 0)
    return std::nullopt;
  return unusable("alpn", "cannot be offered");
}

void TlsContext::expect_host() {
  X509_VERIFY_PARAM* expected = SSL_CTX_get0_param(context_.get());
  X509_VERIFY_PARAM_set_hostflags(expected, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  if (X509_VERIFY_PARAM_set1_ip_asc(expected, host_.c_str()) == 1) return;
  const std::string name = host_.ends_with('.') ? host_.substr(0, host_.size() - 1) : host_;
  X509_VERIFY_PARAM_set1_host(expected, name.c_str(), name.size());
}

int TlsContext::asked(ssl_st* /*connection*/, void* object) {
  static_cast<TlsContext*>(object)->asked_ = true;
  return 1;
}

std::optional<Disconnected> TlsContext::suspicion() const {
  if (!asked_) return std::nullopt;
  return own_certificate_refused("it asked for one and closed the connection", own_);
}

int TlsContext::verified(int good, x509_store_ctx_st* store) {
  if (good == 1) return 1;
  auto* connection = static_cast<SSL*>(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
  auto& self = *static_cast<TlsContext*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(connection)));
  const X509* certificate = X509_STORE_CTX_get_current_cert(store);
  CertificateFacts facts = certificate != nullptr ? facts_of(certificate) : CertificateFacts{};
  facts.broker = X509_STORE_CTX_get_error_depth(store) == 0;
  const int error = X509_STORE_CTX_get_error(store);
  if (!self.trouble_) self.trouble_ = certificate_refused(error, facts, self.host_, certificate_clock());
  return 0;
}

void TlsContext::told(const ssl_st* connection, int where, int value) {
  constexpr int kFatal = SSL3_AL_FATAL << 8;
  auto& self = *static_cast<TlsContext*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(connection)));
  if ((where & SSL_CB_HANDSHAKE_DONE) != 0) {
    self.shaken_ = true;
    if (self.token_) self.token_->close();  // the key has proven itself, and a connection stands for days
  }
  if ((where & SSL_CB_READ_ALERT) != SSL_CB_READ_ALERT || (value & 0xFF00) != kFatal) return;
  if (!self.trouble_) self.trouble_ = alert_received(value & 0xFF, self.own_);
}

}  // namespace aisle::sync
