#include "tests/bluez/guest/air.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "ble/identity/token.hpp"

namespace aisle::rig {
namespace {

constexpr std::int64_t kDay = 86'400;

std::int64_t unix_now() {
  return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

// Any key does, as long as both ends have it.
Key128 day_key(int number, std::int64_t day) {
  Key128 key{};
  for (std::size_t i = 0; i < 8; ++i) {
    key[i] = static_cast<std::byte>(static_cast<std::uint64_t>(number) >> (8 * i));
    key[8 + i] = static_cast<std::byte>(static_cast<std::uint64_t>(day) >> (8 * i));
  }
  return key;
}

Address address_of(std::uint8_t kind, int number) {
  const auto low = static_cast<std::uint32_t>(number);
  return {{0xC0, kind, 0x00, static_cast<std::uint8_t>(low >> 16U), static_cast<std::uint8_t>(low >> 8U),
           static_cast<std::uint8_t>(low)},
          true};
}

Advertisement beacon_advert(int number) {
  Advertisement out;
  out.address = address_of(0xBE, number);
  out.rssi = Dbm{-70};
  out.payload = *from_hex(fmt::format("02010605ff{:04x}{:04x}", 0xffff, number & 0xffff));
  return out;
}

}  // namespace

std::string phone_customers(int count) {
  std::string out;
  for (int i = 1; i <= count; ++i) {
    out += fmt::format(
        R"({{"id":"c-{0}","devices":[{{"ordinal":{0}}}],"consent":{{"proximity":{{"granted_at":"2025-01-01T00:00:00Z","ref":"r"}},)"
        R"("offers":{{"granted_at":"2025-01-01T00:00:00Z","ref":"r"}}}}}})"
        "\n",
        i);
  }
  return out;
}

std::string phone_keys(int count) {
  std::string out;
  const auto today = unix_now() / kDay;
  for (int i = 1; i <= count; ++i) {
    for (const auto day : {today - 1, today, today + 1}) {
      out += fmt::format(R"({{"ordinal":{},"day":{},"key":"{}"}})"
                         "\n",
                         i, day, to_hex(day_key(i, day)));
    }
  }
  return out;
}

Bytes phone_payload(int number, std::int64_t unix_s) {
  const auto rpi = identity::derive_rpi(identity::derive_rpik(day_key(number, unix_s / kDay)),
                                        static_cast<std::uint32_t>(unix_s / 600));
  const auto ad = identity::token_ad(rpi);
  Bytes out = {std::byte{2}, std::byte{1}, std::byte{6}};
  out.insert(out.end(), ad.begin(), ad.end());
  return out;
}

Advertisement phone_advert(const Phone& phone) {
  Advertisement out;
  out.address = address_of(0xA1, phone.number);
  if (phone.private_address) out.address.bytes[0] = 0x40;
  out.kind = phone.kind;
  out.rssi = Dbm{static_cast<std::int8_t>(phone.rssi)};
  out.payload = phone_payload(phone.number, unix_now());
  return out;
}

Air::Air(VirtualController& controller) : controller_(controller), thread_([this] { run(); }) {}

Air::~Air() {
  stopping_ = true;
  thread_.join();
}

void Air::arrive(const Phone& phone) {
  const std::scoped_lock lock(mutex_);
  emitters_.push_back({phone, false, std::chrono::steady_clock::now()});
}

void Air::move(int number, int rssi) {
  const std::scoped_lock lock(mutex_);
  for (auto& emitter : emitters_) {
    if (!emitter.beacon && emitter.phone.number == number) emitter.phone.rssi = rssi;
  }
}

void Air::leave(int number) {
  const std::scoped_lock lock(mutex_);
  std::erase_if(emitters_, [&](const Emitter& e) { return !e.beacon && e.phone.number == number; });
}

void Air::furnish(int count) {
  const std::scoped_lock lock(mutex_);
  for (int i = 1; i <= count; ++i) {
    emitters_.push_back({{i, -70, std::chrono::seconds(1)}, true, std::chrono::steady_clock::now()});
  }
}

void Air::run() {
  while (!stopping_) {
    {
      const std::scoped_lock lock(mutex_);
      const auto now = std::chrono::steady_clock::now();
      for (auto& emitter : emitters_) {
        if (emitter.due > now) continue;
        emitter.due = now + emitter.phone.every;
        (void)controller_.advertise(emitter.beacon ? beacon_advert(emitter.phone.number) : phone_advert(emitter.phone));
      }
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
}

}  // namespace aisle::rig
