// The libraries of PKCS#11 tokens, loaded and initialised through p11-kit, and the token that a URI names. Internal to
// sync/mqtt.
#pragma once

#include <p11-kit/pkcs11.h>
#include <p11-kit/uri.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/base/result.hpp"

namespace aisle::sync {

class Pkcs11Modules {
 public:
  // Path of one library, or its name in p11-kit's directory of modules; empty: every module that p11-kit knows.
  [[nodiscard]] static Result<Pkcs11Modules> load(const std::string& path);
  Pkcs11Modules(Pkcs11Modules&& other) noexcept;
  Pkcs11Modules& operator=(Pkcs11Modules&&) = delete;
  ~Pkcs11Modules();
  [[nodiscard]] std::vector<CK_FUNCTION_LIST*> list() const;

 private:
  Pkcs11Modules() = default;
  CK_FUNCTION_LIST** all_ = nullptr;  // a null pointer ends it, as p11-kit has it
  CK_FUNCTION_LIST* one_ = nullptr;
};

using Pkcs11Uri = std::unique_ptr<P11KitUri, decltype(&p11_kit_uri_free)>;
[[nodiscard]] Result<Pkcs11Uri> parse_pkcs11_uri(const std::string& text);

struct TokenPlace {
  CK_FUNCTION_LIST* module = nullptr;
  CK_SLOT_ID slot = 0;
  CK_FLAGS flags = 0;  // of the token
};
// The first initialised token that the URI is for.
[[nodiscard]] std::optional<TokenPlace> find_token(const Pkcs11Modules& modules, P11KitUri* uri);
// The first one that is not initialised yet.
[[nodiscard]] std::optional<TokenPlace> find_blank_token(const Pkcs11Modules& modules);

}  // namespace aisle::sync
