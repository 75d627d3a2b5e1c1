// One private key on a PKCS#11 token, logged in to and ready to sign, through p11-kit. Internal to sync/mqtt; used by
// the MQTT thread only.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "agent/base/result.hpp"

struct ck_function_list;

namespace aisle::sync {

using Bytes = std::vector<unsigned char>;

// Remembers the PIN that a token refused: a token locks itself after a few wrong ones, so the same is not tried again.
class PinGuard {
 public:
  [[nodiscard]] bool refused(const std::string& pin) const { return !refused_.empty() && refused_ == pin; }
  void note_refused(std::string pin) { refused_ = std::move(pin); }

 private:
  std::string refused_;
};

struct Pkcs11Source {
  std::string uri;     // RFC 7512: "pkcs11:token=aisle;object=gateway"
  std::string module;  // path of the token's library; empty: every module that p11-kit knows
  std::string pin;     // empty: no login
};

enum class TokenMechanism : std::uint8_t {
  ecdsa,        // of a digest; answers r and s, of the same length, one behind the other
  rsa_pkcs1,    // of a DigestInfo
  rsa_unpadded  // of a whole block
};

class Pkcs11Session {
 public:
  [[nodiscard]] static Result<std::unique_ptr<Pkcs11Session>> open(const Pkcs11Source& source, PinGuard& guard);
  // The same; a key (EC P-256) that is not there is made on the token.
  [[nodiscard]] static Result<std::unique_ptr<Pkcs11Session>> open_or_make(const Pkcs11Source& source, PinGuard& guard);
  ~Pkcs11Session();
  Pkcs11Session(const Pkcs11Session&) = delete;
  Pkcs11Session& operator=(const Pkcs11Session&) = delete;

  // Lets the token go: others may need it, and some serve one program at a time. Nothing is signed from then on.
  void close();
  // Empty when the token does not do it.
  [[nodiscard]] Bytes sign(TokenMechanism mechanism, const unsigned char* data, std::size_t size);
  // Of an EC P-256 key, as SubjectPublicKeyInfo in DER.
  [[nodiscard]] Result<Bytes> public_key();

 private:
  struct Impl;
  explicit Pkcs11Session(std::unique_ptr<Impl> impl);
  [[nodiscard]] static Result<std::unique_ptr<Impl>> log_in(const Pkcs11Source& source, PinGuard& guard,
                                                            bool may_write);
  std::unique_ptr<Impl> impl_;
};

}  // namespace aisle::sync
