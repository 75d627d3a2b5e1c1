#include "agent/app/secrets.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <fstream>
#include <iterator>

#include "agent/base/credential.hpp"
#include "agent/base/hex.hpp"

namespace aisle::app {
namespace {

constexpr std::size_t kKeyBytes = 32;  // of a master key
constexpr std::size_t kMaxFile = 65'536;
// Of a key in PEM: shorter lines are its frame or its rest.
constexpr std::size_t kPemLine = 16;

// Nothing of a file that is not there; its first 64 KiB else.
std::string content_of(const std::string& source) {
  const auto path = source.empty() ? Result<std::string>(std::string()) : source_path(source);
  if (!path || path->empty()) return {};
  std::ifstream file(*path, std::ios::binary);
  std::string text(kMaxFile, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(std::max<std::streamsize>(file.gcount(), 0)));
  return text;
}

void add_lines(std::vector<std::string>& secrets, const std::string& text, std::size_t least) {
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find_first_of("\r\n", at), text.size());
    if (end - at >= least && !text.substr(at, end - at).starts_with("-----"))
      secrets.push_back(text.substr(at, end - at));
    at = end + 1;
  }
}

// As 32 bytes, as hex or as base64 it is the same key.
void add_master_key(std::vector<std::string>& secrets, const std::string& text) {
  if (text.empty()) return;
  add_lines(secrets, text, 1);
  const auto white = text.find_last_not_of(" \t\r\n");
  const std::string word = text.substr(0, white == std::string::npos ? 0 : white + 1);
  const auto bytes = word.size() == 64 ? from_hex(word) : from_base64(word);
  const auto raw = bytes && text.size() != kKeyBytes ? ByteSpan(*bytes) : std::as_bytes(std::span(text));
  secrets.push_back(to_hex(raw));
  secrets.push_back(to_base64(raw));
}

bool names_gateway(const std::string& username, const config::StoreSection& store) {
  return username.empty() || username == store.id || username == store.gateway ||
         std::ranges::any_of(std::array{'/', '_', '-', '.'},
                             [&](char between) { return username == store.id + between + store.gateway; });
}

}  // namespace

std::vector<std::string> known_secrets(const config::Config& config) {
  std::vector<std::string> secrets;
  const auto& sync = config.sync;
  add_lines(secrets, content_of(sync.password_file), 1);
  if (!names_gateway(sync.username, config.store)) secrets.push_back(sync.username);
  if (!sync.key.starts_with("pkcs11:")) add_lines(secrets, content_of(sync.key), kPemLine);
  add_lines(secrets, content_of(sync.pin_file), 1);
  add_master_key(secrets, content_of(config.privacy.master_key));
  return secrets;
}

}  // namespace aisle::app
