// A private key that OpenSSL signs with and a token holds. Internal to sync/mqtt.
#pragma once

#include "sync/mqtt/pkcs11_session.hpp"

struct evp_pkey_st;

namespace aisle::sync {

// A key, EC or RSA, whose public half is `public_half` (that of our certificate) and whose signatures `session` makes;
// `session` must outlive it. The caller owns it. Null when OpenSSL cannot, or the key is of another kind.
[[nodiscard]] evp_pkey_st* make_token_key(evp_pkey_st* public_half, Pkcs11Session& session);
// Whether a signature of the private half is one by the public half: they belong together, and the token works.
[[nodiscard]] bool signs(evp_pkey_st* key);

}  // namespace aisle::sync
