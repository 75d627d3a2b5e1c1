// The kernel's sieve, run by the kernel.
#include "ble/hci/packet_filter.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>

#include "ble/hci/hci_reader.hpp"
#include "tests/unit/hci/packets.hpp"

namespace aisle::hci {
namespace {

using namespace testing;

std::string next_of(const Pair& pair) {
  Bytes packet(512);
  const auto size = ::recv(pair.reader.get(), packet.data(), packet.size(), MSG_DONTWAIT);
  if (size < 0) return "nothing";
  packet.resize(static_cast<std::size_t>(size));
  return to_hex(packet);
}

TEST(PacketFilter, PassesTheThreeReportsWhole) {
  Pair pair;
  ASSERT_TRUE(attach_report_filter(pair.reader.get()));
  for (const auto& packet :
       {legacy_packet(1, -60, Bytes(31)), meta_packet(0x0B, hex("01010101020304c60101020304c601b0")),
        extended_packet(0, 1, -60, Bytes(229))}) {
    ASSERT_TRUE(pair.send(packet));
    EXPECT_EQ(next_of(pair), to_hex(packet));
  }
}

TEST(PacketFilter, PassesTheScansCommandsAndTheirAnswers) {
  Pair pair;
  ASSERT_TRUE(attach_report_filter(pair.reader.get()));
  for (const char* packet :
       {"010b200701120012000000", "010c20020100", "014120080000010110001000", "01422006010000000000", "01030c00",
        "040e04010b2000", "040e04010c2000", "040e0401412000", "040e0401422000", "040e0401030c00", "040f0403010c20"}) {
    ASSERT_TRUE(pair.send(hex(packet)));
    EXPECT_EQ(next_of(pair), packet);
  }
}

TEST(PacketFilter, DropsEverythingElse) {
  Pair pair;
  ASSERT_TRUE(attach_report_filter(pair.reader.get()));
  for (unsigned subevent = 0; subevent < 256; ++subevent) {
    if (subevent == 0x02 || subevent == 0x0B || subevent == 0x0D) continue;
    ASSERT_TRUE(pair.send(meta_packet(subevent, hex("0100"))));
  }
  for (const char* other : {"040e04010b0c00", "040f0400010d20", "040e0401", "010d2000", "010c", "02402000",
                            "0401010000", "043e01", "043e", "04", "013e0d02", "053e0d0d"})
    ASSERT_TRUE(pair.send(hex(other)));
  EXPECT_EQ(next_of(pair), "nothing");
  const Bytes good = legacy_packet(1, -60, {});
  ASSERT_TRUE(pair.send(good));
  EXPECT_EQ(next_of(pair), to_hex(good));
}

TEST(PacketFilter, NoSocketIsAnError) {
  EXPECT_FALSE(attach_report_filter(-1));
}

// SO_MEMINFO works on sockets of every family; a UDP socket drops where its buffer is full, as an HCI socket does.
TEST(KernelDrops, AreCountedOnceForEachSocket) {
  Fd receiver(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  const Fd sender(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  const int small = 1;  // the kernel makes it its least
  ASSERT_EQ(::setsockopt(receiver.get(), SOL_SOCKET, SO_RCVBUF, &small, sizeof small), 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  sockaddr generic{};
  std::memcpy(&generic, &address, sizeof address);
  socklen_t size = sizeof generic;
  ASSERT_EQ(::bind(receiver.get(), &generic, size), 0);
  ASSERT_EQ(::getsockname(receiver.get(), &generic, &size), 0);

  const Bytes packet = legacy_packet(1, -60, Bytes(31));
  constexpr std::size_t kSent = 200;
  for (std::size_t i = 0; i < kSent; ++i)
    ASSERT_GT(::sendto(sender.get(), packet.data(), packet.size(), 0, &generic, size), 0);

  Kept kept;
  SystemClock clock;
  HciReader reader(clock, kept);
  while (reader.read(receiver.get()).value() > 0) {
  }
  reader.look_at_drops(receiver.get());
  reader.look_at_drops(receiver.get());
  EXPECT_GT(reader.counters().kernel_drops, 0U);
  EXPECT_EQ(reader.counters().kernel_drops + kept.adverts.size(), kSent);
  const auto before = reader.counters().kernel_drops;
  reader.changed_socket();
  const Pair another;
  reader.look_at_drops(another.reader.get());
  EXPECT_EQ(reader.counters().kernel_drops, before);
}

}  // namespace
}  // namespace aisle::hci
