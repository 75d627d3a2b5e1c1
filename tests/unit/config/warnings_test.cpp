#include <gmock/gmock.h>

#include "tests/unit/config/minimal.hpp"

namespace aisle::config {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(Warnings, KeysWithoutEffectAreNamed) {
  EXPECT_THAT(parsed(with("polygon = [[0, 0], [1, 0], [1, 1.5]]")).warnings,
              ElementsAre("t.toml:8:11: zones[0].polygon: accepted, but without effect in this version"));
  EXPECT_THAT(parsed(with("[http]\nbind = \"127.0.0.1\"\nport = 8480\ntokens = [\"a\"]")).warnings,
              ElementsAre(HasSubstr("http: accepted, but the local HTTP API is not served by this version")));
  EXPECT_THAT(parsed(with("[privacy]\nretention = \"24h\"\nk = 5")).warnings,
              ElementsAre(HasSubstr("privacy.retention"), HasSubstr("privacy.k")));
}

TEST(Warnings, NobodyCanBePlaced) {
  EXPECT_THAT(parsed(kStore).warnings, ElementsAre("t.toml:1:1: zones: no zones: nobody can be placed"));
  EXPECT_THAT(parsed(std::string(kStore) + "[[zones]]\nid = \"z\"\nreceivers = [\"g2\"]").warnings,
              ElementsAre(HasSubstr("no zone lists this gateway (\"g1\")")));
}

TEST(Warnings, AnAdapterWhoseReceiverNoZoneLists) {
  EXPECT_THAT(parsed(with("[ble]\nadapter = [{ name = \"hci0\", receiver = \"door\" }, \"hci1\"]")).warnings,
              ElementsAre(HasSubstr("no zone lists \"door\", the receiver of adapter \"hci0\"")));
  EXPECT_THAT(parsed(std::string(kStore) + "[[zones]]\nid = \"z\"\nreceivers = [\"door\"]\n"
                                           "[ble]\nadapter = [{ name = \"hci0\", receiver = \"door\" }]")
                  .warnings,
              IsEmpty());
}

TEST(Warnings, PlainConnectionsOffLoopback) {
  EXPECT_THAT(parsed(with("[sync]\nhost = \"10.0.0.1\"\nusername = \"u\"\npassword_file = \"p\"")).warnings,
              ElementsAre(HasSubstr("sync.host: off loopback without tls"), HasSubstr("sync.password_file")));
  EXPECT_THAT(parsed(with("[sync]\nhost = \"10.0.0.1\"\ntls = true")).warnings, IsEmpty());
  EXPECT_THAT(
      parsed(with("[sync]\ntls = true\ncert = \"c\"\nkey = \"k\"\ntoken_module = \"m\"\npin_file = \"p\"")).warnings,
      ElementsAre(HasSubstr("sync.token_module"), HasSubstr("sync.pin_file")));
  EXPECT_THAT(parsed(with("[sync]\ntls = true\ncert = \"c\"\nkey = \"pkcs11:object=k\"\npin_file = \"p\"")).warnings,
              IsEmpty());
}

}  // namespace
}  // namespace aisle::config
