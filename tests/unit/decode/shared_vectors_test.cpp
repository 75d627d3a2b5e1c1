// Adverts of other projects, when AISLE_SHARED_DATA names the folder that holds them; the same checks always run on one
// advert of our own.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "ble/decode/decode_json.hpp"
#include "tests/unit/decode/vectors.hpp"

namespace aisle::decode {
namespace {

using nlohmann::json;

// The `vectors` of a shared file; empty when there is none here.
json shared_vectors(const std::string& name) {
  const char* folder = std::getenv("AISLE_SHARED_DATA");
  if (folder == nullptr) return json::array();
  std::ifstream file(std::string(folder) + "/vectors/" + name);
  EXPECT_TRUE(file.good()) << name;
  json content = json::parse(file, nullptr, false);
  EXPECT_FALSE(content.is_discarded()) << name;
  return content.is_discarded() ? json::array() : content.at("vectors");
}

json decode_hex(const std::string& payload) {
  return json::parse(decode_to_json(test::hex(payload)));
}

std::vector<std::string> kinds(const json& decoded) {
  std::vector<std::string> names;
  for (const auto& beacon : decoded.at("beacons")) names.push_back(beacon.at("kind"));
  return names;
}

// One AD structure around hex data that begins with a little-endian key.
std::string structure(const std::string& type, unsigned key, const std::string& data) {
  const Bytes key_bytes = {static_cast<std::byte>(key & 0xFFU), static_cast<std::byte>(key >> 8U)};
  const Bytes length = {static_cast<std::byte>(3 + data.size() / 2)};
  return to_hex(length) + type + to_hex(key_bytes) + data;
}

void check_eid(const std::string& payload, const std::string& eid) {
  const json decoded = decode_hex(payload);
  ASSERT_EQ(kinds(decoded), std::vector<std::string>{"eddystone_eid"}) << payload;
  EXPECT_EQ(decoded.at("beacons")[0].at("eid"), eid);
  EXPECT_EQ(decoded.at("beacons")[0].at("tx_power"), -18);
  EXPECT_TRUE(decoded.at("error").is_null());
}

TEST(SharedVectors, EddystoneEid) {
  check_eid("0201060303aafe0d16aafe30eea9b76a71c5f89290", "a9b76a71c5f89290");
  for (const auto& vector : shared_vectors("eddystone_eid.json")) check_eid(vector.at("ad"), vector.at("eid"));
}

// Manufacturer data as a scanner hands it over: an iBeacon when it is Apple's, begins 0215 and is whole.
void check_manufacturer(unsigned company, const std::string& data) {
  const json decoded = decode_hex(structure("ff", company, data));
  const bool ibeacon = company == 0x4C && data.starts_with("0215");
  const bool whole = data.size() >= std::size_t{2} * 23;
  EXPECT_EQ(decoded.at("beacons").size(), ibeacon && whole ? 1U : 0U) << data;
  EXPECT_EQ(decoded.at("error").is_null(), !ibeacon || whole) << data;
  if (!ibeacon || !whole) return;
  const json& beacon = decoded.at("beacons")[0];
  EXPECT_EQ(beacon.at("kind"), "ibeacon");
  std::string uuid = beacon.at("uuid");
  std::erase(uuid, '-');
  EXPECT_EQ(uuid, data.substr(4, 32));
  EXPECT_EQ(beacon.at("major"), std::stoi(data.substr(36, 4), nullptr, 16));
  EXPECT_EQ(beacon.at("minor"), std::stoi(data.substr(40, 4), nullptr, 16));
  EXPECT_EQ(beacon.at("tx_power"), static_cast<std::int8_t>(std::stoi(data.substr(44, 2), nullptr, 16)));
}

TEST(SharedVectors, IBeaconManufacturerData) {
  check_manufacturer(0x4C, "0215e2c56db5dffb48d2b060d0f5a71096e000010203c5");
  check_manufacturer(0x4C, "0215e2c56db5dffb48d2b060d0f5a71096e0");
  for (const char* name : {"ha_ibeacon.json", "ibeacon_ble.json"}) {
    for (const auto& vector : shared_vectors(name)) {
      check_manufacturer(vector.at("company").get<unsigned>(), vector.at("mfr"));
      for (const auto& [uuid, data] : vector.at("service_data").items()) {
        if (uuid.find("feaa") == std::string::npos) continue;
        const json decoded = decode_hex(structure("16", 0xFEAA, data));
        EXPECT_EQ(kinds(decoded), std::vector<std::string>{"eddystone_tlm"}) << data;
      }
    }
  }
}

// What each test of citruz/beacontools that is about one of our kinds should give.
const std::map<std::string, std::string>& beacontools_kinds() {
  static const std::map<std::string, std::string> kKinds = {
      {"test_eddystone_uid", "eddystone_uid"},
      {"test_eddystone_url", "eddystone_url"},
      {"test_eddystone_tlm", "eddystone_tlm"},
      {"test_eddystone_tlm2", "eddystone_tlm"},
      {"test_ibeacon", "ibeacon"},
      {"test_cypress_beacon", "ibeacon"},
      {"test_estimote_nearable", ""},
      {"test_exposure_notification", ""},
      {"test_estimote_telemetry_a", ""},
      {"test_estimote_telemetry_b", ""},
  };
  return kKinds;
}

void check_kind(const std::string& payload, const std::string& kind) {
  const auto expected = kind.empty() ? std::vector<std::string>() : std::vector<std::string>{kind};
  EXPECT_EQ(kinds(decode_hex(payload)), expected) << payload;
}

TEST(SharedVectors, Beacontools) {
  check_kind("0303aafe0916aafe10f803616200", "eddystone_url");
  for (const auto& vector : shared_vectors("beacontools.json")) {
    const auto known = beacontools_kinds().find(vector.at("test"));
    if (known == beacontools_kinds().end()) {
      EXPECT_TRUE(decode_hex(vector.at("payload")).contains("beacons"));
    } else {
      check_kind(vector.at("payload"), known->second);
    }
  }
}

// Where a whole structure of the code be ac with at least 23 bytes after the company id stands, it is decoded.
TEST(SharedVectors, AltBeacon) {
  const std::string id1 = "2f234454-cf6d-4a0f-adf2-f4911ba9ffa6";
  const auto check = [&](const std::string& payload) {
    const json decoded = decode_hex(payload);
    for (const auto& beacon : decoded.at("beacons")) {
      if (beacon.at("kind") == "altbeacon" && payload.find("2f234454cf6d4a0f") != std::string::npos) {
        EXPECT_EQ(beacon.at("id1"), id1) << payload;
      }
    }
    return decoded.at("beacons").size();
  };
  EXPECT_EQ(check("02011a1bff1801beac2f234454cf6d4a0fadf2f4911ba9ffa600010002c509"), 1U);
  std::size_t beacons = 0;
  const json vectors = shared_vectors("altbeacon.json");
  for (const auto& vector : vectors) beacons += check(vector.at("payload"));
  EXPECT_TRUE(vectors.empty() || beacons >= 15) << beacons;
}

}  // namespace
}  // namespace aisle::decode
