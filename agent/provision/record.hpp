// What was provisioned: kept beside the certificate, and the drop-in of the configuration that is made of it.
#pragma once

#include <string>
#include <string_view>

#include "agent/base/result.hpp"

namespace aisle::provision {

// Where the key is to be, as [sync] names it.
struct KeyPlace {
  std::string uri;       // "pkcs11:token=aisle;object=gateway"; empty: a file beside the certificate
  std::string module;    // of the token; empty: every module that p11-kit knows
  std::string pin_file;  // path or "credential:NAME"; empty: no login
  friend bool operator==(const KeyPlace&, const KeyPlace&) = default;
};

struct Record {
  std::string store, gateway, broker, url;
  std::string claim;        // SHA-256 of the claim's token, hex
  std::string command_key;  // Ed25519, hex; empty: the cloud has named none
  std::string machine;      // identity of the machine it was made on; empty: none
  bool own_ca = false;      // the broker is known by ca.pem, not by the system's authorities
  bool cloud_ca = false;    // so is the cloud, by cloud.pem
  KeyPlace key;
};

[[nodiscard]] std::string to_json(const Record& record);
[[nodiscard]] Result<Record> parse_record(std::string_view text);

// The names of the files of one provisioning, in a directory of its own.
namespace names {
inline constexpr const char* kKey = "gateway.key";
inline constexpr const char* kCertificate = "gateway.pem";
inline constexpr const char* kAuthorities = "ca.pem";
inline constexpr const char* kCloud = "cloud.pem";
inline constexpr const char* kRecord = "record.json";
inline constexpr const char* kDropIn = "provision.toml";
}  // namespace names

// [store], [sync] and [commands], with the files in `directory`.
[[nodiscard]] std::string drop_in_text(const Record& record, const std::string& directory);
// Its path beside a configuration: "70-provision.toml" goes before what the cloud sends and what is set by hand.
[[nodiscard]] std::string drop_in_path(const std::string& config);

}  // namespace aisle::provision
