#include "ble/hci/hci_reader.hpp"

#include <linux/sock_diag.h>
#include <sys/socket.h>

#include <array>
#include <utility>

#include "ble/hci/protocol.hpp"

namespace aisle::hci {

Result<std::size_t> HciReader::read(int fd, PacketBatch::Wait wait) {
  auto count = batch_.receive(fd, wait);
  if (!count || *count == 0) return count;
  const Stamp now = time_of_reading(*count, wait);
  read_at_ = now.mono;
  for (std::size_t i = 0; i < *count; ++i) {
    const ByteSpan packet = batch_.packet(i);
    if (scan_.see(packet, now.mono)) continue;
    ++now_.packets;
    if (packet.empty() || std::to_integer<std::uint8_t>(packet[0]) != kEventPacket || batch_.cut(i)) {
      ++now_.malformed;
      continue;
    }
    packet_time_ = batch_.time(i);
    if (!parser_.parse(packet.subspan(1), reports_)) ++now_.malformed;
    hand_over(now);
  }
  publish();
  return count;
}

// A packet that came alone while we waited for it came just now, so its own time is the wall clock's: a clock less to
// read, which is a system call where there is no vDSO.
Stamp HciReader::time_of_reading(std::size_t packets, PacketBatch::Wait wait) const {
  if (wait == PacketBatch::Wait::for_first && packets == 1) {
    if (const auto time = batch_.time(0)) return {clock_.steady(), *time};
  }
  return clock_.stamp();
}

void HciReader::hand_over(Stamp now) {
  for (AdvReport& report : reports_) {
    Advert advert;
    advert.at = time_.stamp(packet_time_, now);
    advert.address = report.address;
    advert.rssi = report.rssi;
    advert.payload = std::move(report.payload);
    advert.arrived = now.mono;
    vitality_.heard(advert.address, now.mono, advert.rssi);
    heard_at_ = now.mono;
    ++now_.adverts;
    if (!sink_.offer(std::move(advert))) ++now_.queue_drops;
  }
  reports_.clear();
}

void HciReader::look_at_drops(int fd) {
  // SO_RXQ_OVFL would come with the packets, but HCI sockets do not report it; SO_MEMINFO reads the same counter.
  std::array<std::uint32_t, SK_MEMINFO_VARS> info{};
  socklen_t size = sizeof info;
  if (::getsockopt(fd, SOL_SOCKET, SO_MEMINFO, info.data(), &size) != 0) return;
  if (size < (SK_MEMINFO_DROPS + 1) * sizeof info[0]) return;
  const std::uint32_t drops = info[SK_MEMINFO_DROPS];
  now_.kernel_drops += drops - socket_drops_;  // wraps as the kernel's does
  socket_drops_ = drops;
  publish();
}

void HciReader::changed_socket() {
  socket_drops_ = 0;
  scan_.forget();
  packet_time_.reset();
  parser_.flush(reports_);
  hand_over(clock_.stamp());
  publish();
}

void HciReader::publish() {
  now_.unfinished = parser_.stats().unfinished;
  shared_.packets.store(now_.packets, std::memory_order_relaxed);
  shared_.adverts.store(now_.adverts, std::memory_order_relaxed);
  shared_.malformed.store(now_.malformed, std::memory_order_relaxed);
  shared_.unfinished.store(now_.unfinished, std::memory_order_relaxed);
  shared_.kernel_drops.store(now_.kernel_drops, std::memory_order_relaxed);
  shared_.queue_drops.store(now_.queue_drops, std::memory_order_relaxed);
}

HciReader::Counters HciReader::counters() const {
  constexpr auto kOrder = std::memory_order_relaxed;
  return {shared_.packets.load(kOrder),    shared_.adverts.load(kOrder),      shared_.malformed.load(kOrder),
          shared_.unfinished.load(kOrder), shared_.kernel_drops.load(kOrder), shared_.queue_drops.load(kOrder)};
}

}  // namespace aisle::hci
