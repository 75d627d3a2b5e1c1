#include "agent/provision/key.hpp"

#include <cerrno>
#include <fstream>
#include <sstream>
#include <system_error>

#include "agent/base/credential.hpp"
#include "agent/provision/openssl.hpp"
#include "sync/mqtt/pkcs11_session.hpp"
#include "sync/mqtt/token_key.hpp"

namespace aisle::provision {
namespace {

std::shared_ptr<EVP_PKEY> shared(EVP_PKEY* key) {
  return {key, EVP_PKEY_free};
}

// A file with a passphrase is none of ours, and nobody may be asked for it on the terminal.
int no_passphrase(char* /*buffer*/, int /*size*/, int /*writing*/, void* /*object*/) {
  return 0;
}

}  // namespace

Result<GatewayKey> GatewayKey::make() {
  auto key = shared(EVP_EC_gen("P-256"));
  if (!key) return fail("this machine's OpenSSL makes no P-256 key");
  return GatewayKey(std::move(key));
}

Result<GatewayKey> GatewayKey::read(const std::string& path) {
  errno = 0;
  std::ifstream file(path);
  if (!file) return fail("{}: {}", path, std::generic_category().message(errno));
  std::ostringstream text;
  text << file.rdbuf();
  const std::string pem = text.str();
  auto key = shared(PEM_read_bio_PrivateKey(bio_of(pem).get(), nullptr, no_passphrase, nullptr));
  if (!key) return fail("{}: holds no PEM key without a passphrase", path);
  return GatewayKey(std::move(key));
}

Result<GatewayKey> GatewayKey::on_token(const KeyPlace& place) {
  sync::Pkcs11Source source{place.uri, place.module, ""};
  if (!place.pin_file.empty()) {
    auto pin = read_secret(place.pin_file);
    if (!pin) return tl::unexpected(pin.error().within("--pin-file"));
    source.pin = *std::move(pin);
  }
  sync::PinGuard guard;
  auto opened = sync::Pkcs11Session::open_or_make(source, guard);
  if (!opened) return tl::unexpected(opened.error());
  std::shared_ptr<sync::Pkcs11Session> session = *std::move(opened);
  const auto der = session->public_key();
  if (!der) return tl::unexpected(der.error().within(place.uri));
  const unsigned char* at = der->data();
  const KeyPtr half(d2i_PUBKEY(nullptr, &at, static_cast<long>(der->size())));
  if (!half) return fail("{}: the token's public key is none that OpenSSL knows", place.uri);
  auto key = shared(sync::make_token_key(half.get(), *session));
  if (!key || !sync::signs(key.get())) return fail("{}: the token's key does not sign", place.uri);
  return GatewayKey(std::move(key), std::move(session));
}

std::string GatewayKey::pem() const {
  if (token_) return "";
  return pem_of([this](BIO* out) {
    return PEM_write_bio_PKCS8PrivateKey(out, key_.get(), nullptr, nullptr, 0, nullptr, nullptr);
  });
}

std::string GatewayKey::fingerprint() const {
  return fingerprint_of(key_.get());
}

Result<std::string> GatewayKey::request(const std::string& name) const {
  const RequestPtr request(X509_REQ_new());
  const bool made = request && X509_REQ_set_version(request.get(), X509_REQ_VERSION_1) == 1 &&
                    set_common_name(X509_REQ_get_subject_name(request.get()), name) &&
                    X509_REQ_set_pubkey(request.get(), key_.get()) == 1 &&
                    X509_REQ_sign(request.get(), key_.get(), EVP_sha256()) > 0;
  std::string pem = made ? pem_of([&](BIO* out) { return PEM_write_bio_X509_REQ(out, request.get()); }) : "";
  if (pem.empty()) return fail("the key signs no certificate request");
  return pem;
}

}  // namespace aisle::provision
