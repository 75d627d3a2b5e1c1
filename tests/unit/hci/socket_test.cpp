// The real socket, on whatever machine this runs: without Bluetooth, without the right, or without that adapter.
#include "ble/hci/hci_socket.hpp"

#include <gtest/gtest.h>

#include <cerrno>

#include "ble/hci/protocol.hpp"

#include <sys/socket.h>

namespace aisle::hci {
namespace {

// No machine has that many adapters.
constexpr unsigned kNoSuchAdapter = 60'000;

TEST(HciSocket, SaysWhyItCannotBeHad) {
  const Fd probe(::socket(kAfBluetooth, SOCK_RAW | SOCK_CLOEXEC, kProtoHci));
  const bool bluetooth = static_cast<bool>(probe);
  const auto opened = open_hci_socket(kNoSuchAdapter);
  ASSERT_FALSE(opened.has_value());
  if (bluetooth) {
    EXPECT_TRUE(opened.error().why == OpenFailure::no_right || opened.error().why == OpenFailure::no_adapter)
        << opened.error().message;
  } else {
    EXPECT_EQ(opened.error().why, OpenFailure::no_bluetooth) << opened.error().message;
    EXPECT_NE(opened.error().message.find("AF_BLUETOOTH"), std::string::npos);
  }
}

TEST(HciSocket, AnIndexBeyondSixteenBitsIsNoAdapter) {
  const auto opened = open_hci_socket(0x1'0000);
  ASSERT_FALSE(opened.has_value());
  EXPECT_EQ(opened.error().why, OpenFailure::no_adapter);
}

}  // namespace
}  // namespace aisle::hci
