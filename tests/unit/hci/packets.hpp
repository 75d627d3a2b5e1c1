// HCI packets as a kernel would give them, and a socket pair to send them through.
#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <stdexcept>
#include <string_view>
#include <vector>

#include "agent/base/fd.hpp"
#include "agent/base/hex.hpp"
#include "ble/source/source.hpp"

namespace aisle::hci::testing {

// Keeps what it is offered, up to `room` adverts. One thread.
class Kept final : public SourceSink {
 public:
  explicit Kept(std::size_t room = 100'000) : room_(room) {}
  bool offer(SourceItem item) override {
    if (auto* advert = std::get_if<Advert>(&item)) {
      if (adverts.size() == room_) return false;
      adverts.push_back(std::move(*advert));
    }
    return true;
  }
  bool wait_and_put(SourceItem item) override { return offer(std::move(item)); }

  std::vector<Advert> adverts;

 private:
  std::size_t room_;
};

// Keeps packets apart and stamps each, as an HCI socket does.
struct Pair {
  Pair() {
    int fds[2] = {-1, -1};
    const int on = 1;
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds) != 0 ||
        ::setsockopt(fds[0], SOL_SOCKET, SO_TIMESTAMP, &on, sizeof on) != 0)
      throw std::runtime_error("no socket pair");
    reader = Fd(fds[0]);
    writer = Fd(fds[1]);
  }
  // False when there is no room.
  [[nodiscard]] bool send(const Bytes& packet) const {
    return ::send(writer.get(), packet.data(), packet.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(packet.size());
  }

  Fd reader, writer;
};

inline Bytes operator+(Bytes left, const Bytes& right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}
inline Bytes octet(unsigned value) {
  return {static_cast<std::byte>(value)};
}
inline Bytes hex(std::string_view text) {
  return from_hex(text).value();
}

// An LE Meta event with its packet kind in front.
inline Bytes meta_packet(unsigned subevent, const Bytes& parameters) {
  return hex("043e") + octet(static_cast<unsigned>(parameters.size() + 1)) + octet(subevent) + parameters;
}

// A random address c1:02:03:04:05:<last>.
inline Bytes address_of(unsigned last) {
  return octet(last) + hex("05040302c1");
}

inline Bytes legacy_report(unsigned last, int rssi, const Bytes& data) {
  return hex("0001") + address_of(last) + octet(static_cast<unsigned>(data.size())) + data +
         octet(static_cast<unsigned>(rssi) & 0xFFU);
}
inline Bytes legacy_packet(unsigned last, int rssi, const Bytes& data) {
  return meta_packet(0x02, octet(1) + legacy_report(last, rssi, data));
}

// `type`: bits 5 and 6 hold the data status, 1 more to come.
inline Bytes extended_packet(unsigned type, unsigned last, int rssi, const Bytes& data, unsigned set = 1) {
  return meta_packet(0x0D, octet(1) + octet(type) + hex("00") + hex("01") + address_of(last) + hex("0100") +
                               octet(set) + hex("7f") + octet(static_cast<unsigned>(rssi) & 0xFFU) + hex("0000") +
                               hex("00000000000000") + octet(static_cast<unsigned>(data.size())) + data);
}
inline constexpr unsigned kMoreToCome = 0x20;

}  // namespace aisle::hci::testing
