#include "sync/mqtt/pkcs11_modules.hpp"

#include <p11-kit/p11-kit.h>

#include <functional>
#include <utility>

namespace aisle::sync {
namespace {

std::string trouble_of_p11_kit() {
  const char* text = p11_kit_message();
  return text != nullptr ? text : "the module cannot be loaded";
}

std::optional<TokenPlace> find(const Pkcs11Modules& modules, const std::function<bool(CK_TOKEN_INFO&)>& wanted) {
  for (CK_FUNCTION_LIST* module : modules.list()) {
    CK_ULONG count = 0;
    if (module->C_GetSlotList(CK_TRUE, nullptr, &count) != CKR_OK || count == 0) continue;
    std::vector<CK_SLOT_ID> slots(count);
    if (module->C_GetSlotList(CK_TRUE, slots.data(), &count) != CKR_OK) continue;
    slots.resize(count);
    for (const CK_SLOT_ID slot : slots) {
      CK_TOKEN_INFO info{};
      if (module->C_GetTokenInfo(slot, &info) == CKR_OK && wanted(info)) return TokenPlace{module, slot, info.flags};
    }
  }
  return std::nullopt;
}

}  // namespace

Result<Pkcs11Modules> Pkcs11Modules::load(const std::string& path) {
  Pkcs11Modules out;
  if (path.empty()) {
    out.all_ = p11_kit_modules_load_and_initialize(0);
    if (out.all_ == nullptr) return fail("p11-kit: {}", trouble_of_p11_kit());
    return out;
  }
  CK_FUNCTION_LIST* module = p11_kit_module_load(path.c_str(), 0);
  if (module == nullptr) return fail("{}: {}", path, trouble_of_p11_kit());
  const CK_RV failed = p11_kit_module_initialize(module);
  if (failed != CKR_OK) {
    p11_kit_module_release(module);
    return fail("{}: {}", path, p11_kit_strerror(failed));
  }
  out.one_ = module;
  return out;
}

Pkcs11Modules::Pkcs11Modules(Pkcs11Modules&& other) noexcept
    : all_(std::exchange(other.all_, nullptr)), one_(std::exchange(other.one_, nullptr)) {}

Pkcs11Modules::~Pkcs11Modules() {
  if (all_ != nullptr) p11_kit_modules_finalize_and_release(all_);
  if (one_ == nullptr) return;
  p11_kit_module_finalize(one_);
  p11_kit_module_release(one_);
}

std::vector<CK_FUNCTION_LIST*> Pkcs11Modules::list() const {
  std::vector<CK_FUNCTION_LIST*> out;
  if (one_ != nullptr) out.push_back(one_);
  for (CK_FUNCTION_LIST** next = all_; next != nullptr && *next != nullptr; ++next) out.push_back(*next);
  return out;
}

Result<Pkcs11Uri> parse_pkcs11_uri(const std::string& text) {
  Pkcs11Uri uri(p11_kit_uri_new(), p11_kit_uri_free);
  if (p11_kit_uri_parse(text.c_str(), P11_KIT_URI_FOR_ANY, uri.get()) != P11_KIT_URI_OK) {
    return fail("\"{}\" is no PKCS#11 URI, such as \"pkcs11:token=aisle;object=gateway\"", text);
  }
  return uri;
}

std::optional<TokenPlace> find_token(const Pkcs11Modules& modules, P11KitUri* uri) {
  return find(modules, [uri](CK_TOKEN_INFO& info) {
    return (info.flags & CKF_TOKEN_INITIALIZED) != 0 && p11_kit_uri_match_token_info(uri, &info) == 1;
  });
}

std::optional<TokenPlace> find_blank_token(const Pkcs11Modules& modules) {
  return find(modules, [](const CK_TOKEN_INFO& info) { return (info.flags & CKF_TOKEN_INITIALIZED) == 0; });
}

}  // namespace aisle::sync
