// Tells adverts of one device from those of another without saying which device it is. Pure; not thread-safe; memory is
// bounded.
#pragma once

#include <cstdint>
#include <list>
#include <unordered_map>

#include "agent/model/advert.hpp"
#include "agent/scan/batch.hpp"
#include "ble/decode/decode.hpp"

namespace aisle::scan {

// Numbers devices in the order first heard, from 1. A number says nothing of the address behind it, and goes with this
// object.
class Aliases {
 public:
  // The longest silent are forgotten, and get a new number when they are heard again.
  static constexpr std::size_t kMost = 4096;

  [[nodiscard]] std::uint32_t of(const Address& address);

 private:
  struct Known {
    Address address;
    std::uint32_t number = 0;
  };
  struct Hash {
    std::size_t operator()(const Address& address) const;
  };
  std::list<Known> known_;  // by the last advert, newest first
  std::unordered_map<Address, std::list<Known>::iterator, Hash> places_;
  std::uint32_t last_ = 0;
};

class Scanner {
 public:
  // `own`: the receiver of adverts that name none.
  explicit Scanner(GatewayId own) : own_(own) {}
  [[nodiscard]] Heard hear(const Advert& advert);

 private:
  GatewayId own_;
  Aliases aliases_;
  decode::Decoded decoded_{};
};

}  // namespace aisle::scan
