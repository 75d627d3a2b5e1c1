#include "sync/mqtt/pkcs11_key.hpp"

#include <p11-kit/p11-kit.h>

#include <array>

namespace aisle::sync {
namespace {

// DER of the curve's object identifier, 1.2.840.10045.3.1.7.
constexpr std::array<unsigned char, 10> kP256{0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07};
// What stands before the 65 bytes of the point in a SubjectPublicKeyInfo of that curve (RFC 5480).
constexpr std::array<unsigned char, 26> kInfoHead{0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48,
                                                  0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48,
                                                  0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00};
constexpr std::size_t kPoint = 65;
constexpr unsigned char kUncompressed = 0x04;

void add_name(std::vector<CK_ATTRIBUTE>& attributes, P11KitUri* uri) {
  for (const CK_ATTRIBUTE_TYPE kind : {CKA_LABEL, CKA_ID}) {
    const CK_ATTRIBUTE* found = p11_kit_uri_get_attribute(uri, kind);
    if (found != nullptr) attributes.push_back(*found);
  }
}

}  // namespace

Status make_ec_key(const TokenSession& session, P11KitUri* uri) {
  if (p11_kit_uri_get_attribute(uri, CKA_LABEL) == nullptr)
    return fail("the new key needs a name: \"object=NAME\" expected in the URI");
  CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
  std::array<unsigned char, kP256.size()> curve = kP256;  // PKCS#11 takes no const
  std::vector<CK_ATTRIBUTE> open{
      {CKA_TOKEN, &yes, sizeof yes}, {CKA_VERIFY, &yes, sizeof yes}, {CKA_EC_PARAMS, curve.data(), curve.size()}};
  std::vector<CK_ATTRIBUTE> secret{{CKA_TOKEN, &yes, sizeof yes},
                                   {CKA_PRIVATE, &yes, sizeof yes},
                                   {CKA_SENSITIVE, &yes, sizeof yes},
                                   {CKA_EXTRACTABLE, &no, sizeof no},
                                   {CKA_SIGN, &yes, sizeof yes}};
  add_name(open, uri);
  add_name(secret, uri);
  CK_MECHANISM how{CKM_EC_KEY_PAIR_GEN, nullptr, 0};
  CK_OBJECT_HANDLE public_half = 0, private_half = 0;
  const CK_RV failed = session.module->C_GenerateKeyPair(session.handle, &how, open.data(), open.size(), secret.data(),
                                                         secret.size(), &public_half, &private_half);
  if (failed != CKR_OK) return fail("the token makes no EC P-256 key: {}", p11_kit_strerror(failed));
  return {};
}

Result<std::vector<unsigned char>> ec_public_key(const TokenSession& session, P11KitUri* uri) {
  CK_OBJECT_CLASS kind = CKO_PUBLIC_KEY;
  std::vector<CK_ATTRIBUTE> wanted{{CKA_CLASS, &kind, sizeof kind}};
  add_name(wanted, uri);
  CK_OBJECT_HANDLE object = 0;
  CK_ULONG found = 0;
  if (session.module->C_FindObjectsInit(session.handle, wanted.data(), wanted.size()) != CKR_OK)
    return fail("the token cannot be searched");
  const CK_RV failed = session.module->C_FindObjects(session.handle, &object, 1, &found);
  session.module->C_FindObjectsFinal(session.handle);
  if (failed != CKR_OK || found == 0) return fail("the token holds no public half of that key");
  std::array<unsigned char, 256> value{};
  CK_ATTRIBUTE point{CKA_EC_POINT, value.data(), value.size()};
  if (session.module->C_GetAttributeValue(session.handle, object, &point, 1) != CKR_OK || point.ulValueLen < kPoint ||
      point.ulValueLen > value.size())
    return fail("the key is none of EC P-256");
  // Some tokens wrap the point in an OCTET STRING, as PKCS#11 wants it, some do not: it stands at the end either way.
  const auto* last = value.data() + point.ulValueLen;
  if (*(last - kPoint) != kUncompressed || point.ulValueLen > kPoint + 3) return fail("the key is none of EC P-256");
  std::vector<unsigned char> out(kInfoHead.begin(), kInfoHead.end());
  out.insert(out.end(), last - kPoint, last);
  return out;
}

}  // namespace aisle::sync
