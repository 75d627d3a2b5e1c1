#include "sync/mqtt/pkcs11_token.hpp"

#include <p11-kit/p11-kit.h>

#include <algorithm>
#include <array>

#include "sync/mqtt/pkcs11_modules.hpp"

namespace aisle::sync {
namespace {

struct Pin {
  std::string text;
  unsigned char* bytes() { return static_cast<unsigned char*>(static_cast<void*>(text.data())); }
  [[nodiscard]] CK_ULONG size() const { return text.size(); }
};

CK_RV set_pin(const TokenPlace& token, CK_SESSION_HANDLE session, Pin& pin) {
  const CK_RV failed = token.module->C_Login(session, CKU_SO, pin.bytes(), pin.size());
  if (failed != CKR_OK) return failed;
  const CK_RV set = token.module->C_InitPIN(session, pin.bytes(), pin.size());
  token.module->C_Logout(session);
  return set;
}

Status set_pin(const TokenPlace& token, Pin& pin) {
  CK_SESSION_HANDLE session = 0;
  CK_RV failed =
      token.module->C_OpenSession(token.slot, CKF_SERIAL_SESSION | CKF_RW_SESSION, nullptr, nullptr, &session);
  if (failed == CKR_OK) {
    failed = set_pin(token, session, pin);
    token.module->C_CloseSession(session);
  }
  if (failed != CKR_OK) return fail("the token takes no PIN: {}", p11_kit_strerror(failed));
  return {};
}

}  // namespace

Status ready_token(const std::string& module, const std::string& name, const std::string& pin_text) {
  const auto modules = Pkcs11Modules::load(module);
  if (!modules) return tl::unexpected(modules.error());
  const auto uri = parse_pkcs11_uri("pkcs11:token=" + name);
  if (!uri) return tl::unexpected(uri.error());
  Pin pin{pin_text};
  if (const auto there = find_token(*modules, uri->get()); there) {
    return (there->flags & CKF_USER_PIN_INITIALIZED) != 0 ? Status() : set_pin(*there, pin);
  }
  const auto blank = find_blank_token(*modules);
  if (!blank) return fail("{}: no token can be made", module);
  std::array<unsigned char, 32> label{};  // padded with blanks, as PKCS#11 has it
  label.fill(' ');
  std::copy_n(name.begin(), std::min(name.size(), label.size()), label.begin());
  const CK_RV failed = blank->module->C_InitToken(blank->slot, pin.bytes(), pin.size(), label.data());
  if (failed != CKR_OK) return fail("{}: no token can be made: {}", module, p11_kit_strerror(failed));
  return set_pin(*blank, pin);
}

}  // namespace aisle::sync
