#include <gtest/gtest.h>

#include "config/config.hpp"

namespace aisle::config {
namespace {

TEST(Loopback, OnlyTheMachineItself) {
  for (const char* host : {"127.0.0.1", "127.255.0.9", "::1", "[::1]", "0:0:0:0:0:0:0:1", "localhost", "LocalHost"})
    EXPECT_TRUE(is_loopback(host)) << host;
  for (const char* host :
       {"", "128.0.0.1", "0.0.0.0", "127.0.0.1.example.com", "127.1", "::", "::2", "localhost.example", "[]", "s1"})
    EXPECT_FALSE(is_loopback(host)) << host;
}

}  // namespace
}  // namespace aisle::config
