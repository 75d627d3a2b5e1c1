// EC P-256 keys on a PKCS#11 token: made there, and their public half. Internal to sync/mqtt.
#pragma once

#include <p11-kit/pkcs11.h>
#include <p11-kit/uri.h>

#include <vector>

#include "agent/base/result.hpp"

namespace aisle::sync {

struct TokenSession {
  CK_FUNCTION_LIST* module = nullptr;
  CK_SESSION_HANDLE handle = 0;
};

// Makes a key pair with the label ("object") and id of the URI; the private half cannot be read out. The session must
// be one that may write.
[[nodiscard]] Status make_ec_key(const TokenSession& session, P11KitUri* uri);
// The public half as SubjectPublicKeyInfo in DER.
[[nodiscard]] Result<std::vector<unsigned char>> ec_public_key(const TokenSession& session, P11KitUri* uri);

}  // namespace aisle::sync
