#include "tests/e2e/walk.hpp"

#include <fmt/format.h>

namespace aisle::e2e {
namespace {

constexpr int kZones = 3;
constexpr const char* kUuid = "0102030405060708090a0b0c0d0e0f10";
constexpr const char* kUuidText = "01020304-0506-0708-090a-0b0c0d0e0f10";

}  // namespace

std::string advert_line(double t, const std::string& receiver, int number, int rssi) {
  return fmt::format(
      R"({{"t":{:.3f},"rx":"{}","addr":"c0:00:00:00:{:02x}:{:02x}","addr_type":"random","rssi":{},"data":"0201061aff4c000215{}{:04x}{:04x}c5"}})"
      "\n",
      t, receiver, number / 256, number % 256, rssi, kUuid, 1, number);
}

std::string walk_recording(const Walk& walk) {
  std::string out;
  for (int second = 0; second < walk.hops * walk.stay_s; second += walk.every_s) {
    for (int number = 1; number <= walk.customers; ++number) {
      const int zone = (number + second / walk.stay_s) % kZones;
      const double t = kWalkStart + second + number * 0.01;
      for (int receiver = 0; receiver < kZones; ++receiver) {
        out += advert_line(t, fmt::format("g{}", receiver + 1), number, receiver == zone ? -50 : -95);
      }
    }
  }
  return out;
}

std::string walk_customer(int number, bool consents) {
  constexpr const char* kGranted = R"({"granted_at":"2025-01-01T00:00:00Z","ref":"test"})";
  const std::string consent =
      consents ? fmt::format(R"({{"proximity":{},"offers":{}}})", kGranted, kGranted) : std::string("{}");
  return fmt::format(
      R"({{"id":"c-{}","devices":[],"consent":{},"static":[{{"kind":"ibeacon","uuid":"{}","major":1,"minor":{}}}]}})"
      "\n",
      number, consent, kUuidText, number);
}

std::string walk_customers(int count) {
  std::string out;
  for (int number = 1; number <= count; ++number) out += walk_customer(number);
  return out;
}

std::string walk_offers() {
  return R"({"id":"latte","version":3,"content":{"en":{"title":"Latte","body":"Half price"}},"zones":["coffee"],"trigger":"enter","priority":5,"coupon":{"code":"X1"}})"
         "\n"
         R"({"id":"rioja","version":1,"content":{"en":{"title":"Rioja","body":"Taste it"}},"zones":["wine"],"trigger":"dwell","min_dwell_s":20,"priority":5})"
         "\n"
         R"({"id":"bye","version":1,"content":{"en":{"title":"Bye","body":"Come back"}},"zones":["entrance"],"trigger":"exit","priority":5})"
         "\n";
}

std::string walk_keys() {
  return R"({"ordinal":999999,"day":20518,"key":"00112233445566778899aabbccddeeff"})"
         "\n";
}

}  // namespace aisle::e2e
