// The TLS side of one connection attempt: an SSL_CTX of our own for libmosquitto, which tells why a handshake failed.
// Internal to sync/mqtt; used by the MQTT thread only.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <tl/expected.hpp>

#include "sync/core/transport.hpp"
#include "sync/mqtt/pkcs11_session.hpp"
#include "sync/mqtt/transport.hpp"

// OpenSSL's, which only tls_context.cpp needs whole.
struct ssl_ctx_st;
struct ssl_st;
struct x509_store_ctx_st;

namespace aisle::sync {

class TlsContext {
 public:
  // Reads every file anew, so that what was renewed or put right is in use with the next attempt. `host` must be in the
  // broker's certificate. Error: "credentials", or "tls".
  [[nodiscard]] static tl::expected<std::unique_ptr<TlsContext>, Disconnected> make(const MosquittoTls& settings,
                                                                                    const std::string& host,
                                                                                    PinGuard& pins);
  ~TlsContext();
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

  // Must not outlive this; whoever takes it adds a reference.
  [[nodiscard]] ssl_ctx_st* get() const { return context_.get(); }
  // The first thing wrong with a certificate, or the fatal alert of the broker.
  [[nodiscard]] const std::optional<Disconnected>& trouble() const { return trouble_; }
  // The handshake has been completed.
  [[nodiscard]] bool shaken() const { return shaken_; }
  // What a connection that ended before the broker's CONNACK, with no trouble known, most likely ended of: a refusal of
  // our certificate whose alert was lost with the connection. Nothing when the broker did not ask for one.
  [[nodiscard]] std::optional<Disconnected> suspicion() const;

 private:
  struct Free {
    void operator()(ssl_ctx_st* context) const;
  };
  explicit TlsContext(std::string host);
  [[nodiscard]] std::optional<Disconnected> load(const MosquittoTls& settings, PinGuard& pins);
  [[nodiscard]] std::optional<Disconnected> load_authorities(const std::string& ca);
  [[nodiscard]] std::optional<Disconnected> load_own(const MosquittoTls& settings, PinGuard& pins);
  [[nodiscard]] std::optional<Disconnected> load_key_file(const std::string& key);
  [[nodiscard]] std::optional<Disconnected> load_token_key(const MosquittoTls& settings, PinGuard& pins);
  [[nodiscard]] std::optional<Disconnected> offer_protocol(const std::string& alpn);
  void expect_host();
  static int asked(ssl_st* connection, void* object);
  static int verified(int good, x509_store_ctx_st* store);
  static void told(const ssl_st* connection, int where, int value);

  std::string host_;
  std::unique_ptr<Pkcs11Session> token_;  // outlives the context
  std::unique_ptr<ssl_ctx_st, Free> context_;
  std::string own_;     // our certificate, for people
  bool asked_ = false;  // for our certificate
  bool shaken_ = false;
  std::optional<Disconnected> trouble_;
};

}  // namespace aisle::sync
