// From packets on a socket to adverts in a sink.
#include "ble/hci/hci_reader.hpp"

#include <gtest/gtest.h>

#include "tests/unit/hci/packets.hpp"

namespace aisle::hci {
namespace {

using namespace testing;

struct HciReaderTest : ::testing::Test {
  Pair pair;
  Kept kept;
  SystemClock clock;
  HciReader reader{clock, kept};

  // Everything that waits.
  std::size_t read_all() {
    std::size_t all = 0;
    while (const auto count = reader.read(pair.reader.get())) {
      if (*count == 0) break;
      all += *count;
    }
    return all;
  }
};

TEST_F(HciReaderTest, ALegacyReportIsAnAdvert) {
  const Stamp before = clock.stamp();
  ASSERT_TRUE(pair.send(legacy_packet(6, -61, hex("020106"))));
  ASSERT_EQ(reader.read(pair.reader.get()).value(), 1U);
  ASSERT_EQ(kept.adverts.size(), 1U);
  const Advert& advert = kept.adverts[0];
  EXPECT_EQ(advert.address.bytes, (std::array<std::uint8_t, 6>{0xC1, 2, 3, 4, 5, 6}));
  EXPECT_TRUE(advert.address.random);
  EXPECT_TRUE(advert.receiver.empty());
  EXPECT_EQ(advert.rssi.value, -61);
  EXPECT_EQ(to_hex(advert.payload.view()), "020106");
  EXPECT_GE(advert.at.mono, before.mono);
  EXPECT_GE(advert.arrived, advert.at.mono);
}

TEST_F(HciReaderTest, NothingWaitingIsNothing) {
  EXPECT_EQ(reader.read(pair.reader.get()).value(), 0U);
  EXPECT_EQ(reader.counters().packets, 0U);
}

TEST_F(HciReaderTest, SeveralReportsOfOneEventAreSeveralAdverts) {
  ASSERT_TRUE(pair.send(meta_packet(0x02, octet(3) + legacy_report(1, -40, hex("020106")) + legacy_report(2, -50, {}) +
                                              legacy_report(3, 127, hex("03030000")))));
  read_all();
  ASSERT_EQ(kept.adverts.size(), 3U);
  EXPECT_EQ(kept.adverts[0].address.bytes[5], 1);
  EXPECT_EQ(kept.adverts[1].rssi.value, -50);
  EXPECT_TRUE(kept.adverts[1].payload.view().empty());
  EXPECT_FALSE(kept.adverts[2].rssi.known());
  EXPECT_EQ(kept.adverts[2].rssi.value, 127);
  EXPECT_EQ(reader.counters().packets, 1U);
  EXPECT_EQ(reader.counters().adverts, 3U);
}

TEST_F(HciReaderTest, MoreThanABatchComesInOrder) {
  constexpr unsigned kCount = 150;
  for (unsigned i = 0; i < kCount; ++i) ASSERT_TRUE(pair.send(legacy_packet(i, -60, octet(i))));
  EXPECT_EQ(reader.read(pair.reader.get()).value(), PacketBatch::kMost);
  read_all();
  ASSERT_EQ(kept.adverts.size(), kCount);
  for (unsigned i = 0; i < kCount; ++i) ASSERT_EQ(kept.adverts[i].address.bytes[5], i);
  for (unsigned i = 1; i < kCount; ++i) ASSERT_GE(kept.adverts[i].at.mono, kept.adverts[i - 1].at.mono);
}

TEST_F(HciReaderTest, TheKernelsTimeIsTheAdvertsTime) {
  ASSERT_TRUE(pair.send(legacy_packet(1, -60, {})));
  const Stamp sent = clock.stamp();
  while (clock.steady() < sent.mono + milliseconds(30)) {
  }
  ASSERT_TRUE(pair.send(legacy_packet(2, -60, {})));
  read_all();
  ASSERT_EQ(kept.adverts.size(), 2U);
  EXPECT_LE(kept.adverts[0].at.wall, sent.wall + milliseconds(5)) << "not the time of reading";
  EXPECT_GE(kept.adverts[1].at.mono - kept.adverts[0].at.mono, milliseconds(25));
  EXPECT_GE(kept.adverts[0].arrived - kept.adverts[0].at.mono, milliseconds(25));
}

TEST_F(HciReaderTest, PeriodicReportsAndOtherEventsSayNothing) {
  ASSERT_TRUE(pair.send(meta_packet(0x0F, hex("0100007fc3ff0003020106"))));  // periodic advertising report
  ASSERT_TRUE(pair.send(meta_packet(0x01, hex("00000000"))));                // connection complete
  ASSERT_TRUE(pair.send(hex("040e0401030c00")));                             // command complete
  EXPECT_EQ(read_all(), 3U);
  EXPECT_EQ(reader.counters().packets, 2U) << "answers to commands are not counted";
  EXPECT_TRUE(kept.adverts.empty());
  EXPECT_EQ(reader.counters().malformed, 0U);
}

TEST_F(HciReaderTest, WhatCannotBeIsCounted) {
  Bytes cut = legacy_packet(1, -60, hex("020106"));
  cut.resize(cut.size() - 2);
  ASSERT_TRUE(pair.send(cut));
  ASSERT_TRUE(pair.send(hex("02deadbeef")));                                  // not an event packet
  ASSERT_TRUE(pair.send(hex("04")));                                          // no event
  ASSERT_TRUE(pair.send(legacy_packet(1, -60, hex("020106")) + Bytes(400)));  // longer than any event
  ASSERT_TRUE(pair.send(legacy_packet(9, -60, hex("020106"))));
  EXPECT_EQ(read_all(), 5U);
  ASSERT_EQ(kept.adverts.size(), 1U);
  EXPECT_EQ(kept.adverts[0].address.bytes[5], 9);
  EXPECT_EQ(reader.counters().malformed, 4U);
}

TEST_F(HciReaderTest, AFullQueueIsCounted) {
  Kept small(1);
  HciReader to_small(clock, small);
  ASSERT_TRUE(pair.send(legacy_packet(1, -60, {})));
  ASSERT_TRUE(pair.send(legacy_packet(2, -60, {})));
  ASSERT_TRUE(to_small.read(pair.reader.get()));
  EXPECT_EQ(to_small.counters().adverts, 2U);
  EXPECT_EQ(to_small.counters().queue_drops, 1U);
}

TEST_F(HciReaderTest, AClosedSocketIsAnErrorOnceItIsEmpty) {
  ASSERT_TRUE(pair.send(legacy_packet(1, -60, {})));
  pair.writer.reset();
  EXPECT_EQ(reader.read(pair.reader.get()).value(), 1U);
  EXPECT_FALSE(reader.read(pair.reader.get()).has_value());
  EXPECT_EQ(kept.adverts.size(), 1U);
}

TEST_F(HciReaderTest, NoSocketIsAnError) {
  EXPECT_FALSE(reader.read(-1).has_value());
}

}  // namespace
}  // namespace aisle::hci
