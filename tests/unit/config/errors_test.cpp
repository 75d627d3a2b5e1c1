#include <gmock/gmock.h>

#include "tests/unit/config/minimal.hpp"

namespace aisle::config {
namespace {

using ::testing::HasSubstr;

struct Case {
  const char* more;      // appended to store and one zone, which end at line 7
  const char* expected;  // within the message
};

class Errors : public ::testing::TestWithParam<Case> {};

TEST_P(Errors, NamesPlaceKeyAndWhatIsExpected) {
  EXPECT_THAT(refused(with(GetParam().more)), HasSubstr(GetParam().expected));
}

INSTANTIATE_TEST_SUITE_P(
    Types, Errors,
    ::testing::Values(
        Case{"enter_rssi = \"loud\"",
             "t.toml:8:14: zones[0].enter_rssi: an integer from -127 to 20 expected, not \"loud\""},
        Case{"enter_rssi = -67.5", "zones[0].enter_rssi: an integer from -127 to 20 expected, not -67.5"},
        Case{"min_samples = 0", "zones[0].min_samples: an integer from 1 to 64 expected, not 0"},
        Case{"kind = \"shelf\"", "zones[0].kind: one of \"entrance\", \"aisle\", \"checkout\""},
        Case{"name = 7", "t.toml:8:8: zones[0].name: text in quotes expected, not 7"},
        Case{"layer = \"a\\u0000b\"", "zones[0].layer: text without control characters expected"},
        Case{"categories = [\"a\", 2]", "t.toml:8:20: zones[0].categories[1]: text in quotes expected, not 2"},
        Case{"categories = \"a\"", "zones[0].categories: an array of texts expected, not \"a\""},
        Case{"dwell_s = [60, 60]",
             "t.toml:8:16: zones[0].dwell_s[1]: rising integers from 61 to 86400 expected, not 60"},
        Case{"polygon = [[0, 0], [1]]", "zones[0].polygon: at least three corners"},
        Case{"kind = \"ailse\"", "expected, not \"ailse\"; did you mean \"aisle\"?"},
        Case{"[ble]\nsource = \"wifi\"",
             "ble.source: one of \"bluez\", \"hci\", \"replay\", \"simulator\" expected, not \"wifi\""},
        Case{"[ble]\nscanning = \"loud\"",
             "ble.scanning: one of \"auto\", \"active\", \"passive\" expected, not \"loud\""},
        Case{"[ble]\nspeed = nan", "ble.speed: a number from 0 to 1000000 expected, not nan"},
        Case{"[ble]\nqueue = true", "ble.queue: an integer from 1 to 1048576 expected, not true"},
        Case{"[simulator]\nstart = 2026-03-06", "simulator.start: a time with an offset"},
        Case{"[simulator]\nstart = 2026-03-06T15:00:00", "simulator.start: a time with an offset"},
        Case{"[simulator]\nseed = -1", "simulator.seed: an integer from 0 to"},
        Case{"[sync]\nport = 65536", "t.toml:9:8: sync.port: an integer from 1 to 65535 expected, not 65536"},
        Case{"[sync]\ntls = \"yes\"", "sync.tls: true or false expected, not \"yes\""},
        Case{"[sync]\nprotocol = 4", "sync.protocol: 5 or \"3.1.1\" expected, not 4"},
        Case{"[sync]\nhost = \"\"", "sync.host: text of 1 to 253 bytes expected, not 0"},
        Case{"[sync]\nhost = \"mqtt://x\"", "sync.host: a host name or address expected"},
        Case{"[http]\nport = 0", "http.port: an integer from 1 to 65535 expected, not 0"},
        Case{"[privacy]\nmaster_key = \"credential:a/b\"", "privacy.master_key: a path, or \"credential:NAME\""},
        Case{"[privacy]\nk = 0", "privacy.k: an integer"},
        Case{"[log]\nlevel = \"loud\"", "log.level: one of \"error\", \"warning\", \"info\", \"debug\" expected"},
        Case{"[time]\ntrust = 1", "time.trust: one of \"system\", \"synchronised\" expected, not 1"}));

INSTANTIATE_TEST_SUITE_P(
    Adapters, Errors,
    ::testing::Values(
        Case{"[ble]\nadapter = 7",
             "t.toml:9:11: ble.adapter: a name, or an array of names and tables, expected, not 7"},
        Case{
            "[ble]\nadapter = \"usb0\"",
            "t.toml:9:11: ble.adapter: an adapter as \"hci0\" or by its address as \"AA:BB:CC:DD:EE:FF\" expected, not "
            "\"usb0\""},
        Case{"[ble]\nadapter = \"hci01\"", "ble.adapter: an adapter as \"hci0\""},
        Case{"[ble]\nadapter = \"hci\"", "ble.adapter: an adapter as \"hci0\""},
        Case{"[ble]\nadapter = \"AA:BB:CC:DD:EE:FG\"", "ble.adapter: an adapter as \"hci0\""},
        Case{"[ble]\nadapter = \"AA-BB-CC-DD-EE-FF\"", "ble.adapter: an adapter as \"hci0\""},
        Case{"[ble]\nadapter = []", "ble.adapter: at least one adapter expected"},
        Case{"[ble]\nadapter = [\"\"]", "t.toml:9:12: ble.adapter[0]: an adapter as \"hci0\""},
        Case{"[ble]\nadapter = [\"hci0\", 1]",
             "t.toml:9:20: ble.adapter[1]: a name or a table with name and receiver expected, not 1"},
        Case{"[ble]\nadapter = [\"hci0\", \"hci0\"]", "t.toml:9:20: ble.adapter[1]: \"hci0\" is listed twice"},
        Case{"[ble]\nadapter = [\"aa:bb:cc:dd:ee:ff\", { name = \"AA:BB:CC:DD:EE:FF\" }]",
             "ble.adapter[1]: \"AA:BB:CC:DD:EE:FF\" is listed twice"},
        Case{"[ble]\nadapter = [\"hci0\", \"AA:BB:CC:DD:EE:FF\"]",
             "t.toml:9:11: ble.adapter: all by name or all by address expected"},
        Case{"[ble]\nadapter = [{ receiver = \"door\" }]", "ble.adapter[0].name: required: an adapter as \"hci0\""},
        Case{"[ble]\nadapter = [{ name = \"hci0\", receiver = \"The Door\" }]",
             "ble.adapter[0]: a gateway id as receiver expected, not \"The Door\""},
        Case{"[ble]\nadapter = [{ name = \"hci0\", receiver = 1 }]",
             "ble.adapter[0].receiver: text in quotes expected, not 1"},
        Case{"[ble]\nadapter = [{ name = \"hci0\", reciever = \"door\" }]",
             "ble.adapter[0].reciever: unknown key; did you mean \"receiver\"?"}));

INSTANTIATE_TEST_SUITE_P(
    Unknown, Errors,
    ::testing::Values(Case{"enter_rsi = -60",
                           "t.toml:8:1: zones[0].enter_rsi: unknown key; did you mean \"enter_rssi\"?"},
                      Case{"[sinc]\nport = 1", "t.toml:8:2: sinc: unknown table; did you mean \"sync\"?"},
                      Case{"[log]\nverbosity = 1", "log.verbosity: unknown key; known here: level"},
                      Case{"[offers]\nx = 1", "offers.x: unknown key; none is known here"},
                      Case{"[presence]\nsmoothing = { windows_s = 1 }", "presence.smoothing.windows_s: unknown key"},
                      Case{"\"a\\u001bb\" = 1", "zones[0].a\\u001bb: unknown key"}));

INSTANTIATE_TEST_SUITE_P(
    Cross, Errors,
    ::testing::Values(
        Case{"exit_rssi = -68", "zones[0].exit_rssi: exit_rssi below enter_rssi expected, not -68 with enter_rssi -68"},
        Case{"enter_rssi = -127",
             "zones[0].enter_rssi: exit_rssi below enter_rssi expected, not -127 with enter_rssi -127"},
        Case{"exit_after_s = 601", "zones[0].exit_after_s: at most presence.visit_gap_s (600) expected, not 601"},
        Case{"[[zones]]\nid = \"coffee\"\nreceivers = [\"g1\"]",
             "t.toml:9:6: zones[1].id: another zone is called \"coffee\" already"},
        Case{"[[zones]]\nid = \"b\"\nreceivers = []", "zones[1].receivers: at least one gateway expected"},
        Case{"[[zones]]\nid = \"b\"", "t.toml:8:1: zones[1].receivers: required"},
        Case{"[[zones]]\nid = \"b\"\nreceivers = [\"g1\", \"g1\"]", "zones[1].receivers[1]: \"g1\" is listed twice"},
        Case{"[[zones]]\nid = \"b\"\nreceivers = [\"G 1\"]",
             "zones[1].receivers[0]: a gateway id expected, not \"G 1\""},
        Case{"[[zones]]\nid = \"b\"\nreceivers = [1]",
             "zones[1].receivers[0]: a gateway id or a table with id expected, not 1"},
        Case{"[[zones]]\nid = \"b\"\nreceivers = [{ enter_rssi = -60 }]", "zones[1].receivers[0].id: required"},
        Case{"[[zones]]\nid = \"b\"\nreceivers = [{ id = \"g1\", exit_rssi = -60 }]",
             "zones[1].receivers[0].exit_rssi: exit_rssi below"},
        Case{"[[zones]]\nid = \"b\"\nreceivers = [{ id = \"g1\", rssi = -60 }]",
             "zones[1].receivers[0].rssi: unknown key"},
        Case{"[ble]\nsource = \"replay\"", "t.toml:8:1: ble.file: required with source = \"replay\""},
        Case{"[sync]\nca = \"x\"", "sync.ca: only with tls = true"},
        Case{"[sync]\ntls = true\ncert = \"x\"", "sync.cert: cert and key are given together or not at all"},
        Case{"[sync]\ntls = true\nkey = \"x\"", "sync.key: cert and key are given together or not at all"},
        Case{"[sync]\ntls = true\ncert = \"c\"\nkey = \"pkcs11:object=x?pin-value=1234\"",
             "sync.key: a PIN does not belong"},
        Case{"[sync]\nalpn = \"x\"", "sync.alpn: only with tls = true"},
        Case{"[sync]\ntls = true\nca = \"credential:../x\"",
             "sync.ca: a path, or \"credential:NAME\" with a name that systemd takes, expected, not "
             "\"credential:../x\""},
        Case{"[sync]\npassword_file = \"x\"", "sync.password_file: only with username"},
        Case{"[sync]\nprefix = \"/a\"", "sync.prefix: 1 to 3 topic levels"},
        Case{"[sync]\nprefix = \"a/\"", "sync.prefix: 1 to 3 topic levels"},
        Case{"[sync]\nprefix = \"a//b\"", "sync.prefix: 1 to 3 topic levels"},
        Case{"[sync]\nprefix = \"a/+\"", "sync.prefix: 1 to 3 topic levels"},
        Case{"[sync]\nprefix = \"a#\"", "sync.prefix: 1 to 3 topic levels"},
        Case{"[sync]\nprefix = \"$SYS\"", "sync.prefix: 1 to 3 topic levels"},
        Case{"[sync]\nprefix = \"a/b/c/d\"", "sync.prefix: 1 to 3 topic levels"},
        Case{"[presence]\nsmoothing_samples = 4\nsmoothing = { samples = 5 }",
             "presence.smoothing.samples: given twice"}));

TEST(StoreErrors, EveryRequiredKeyAtTheTablesLine) {
  EXPECT_EQ(refused("\n[store]\n"),
            "t.toml:2:1: store.id: required: this store's id\n"
            "t.toml:2:1: store.gateway: required: this gateway's id\n"
            "t.toml:2:1: store.timezone: required: the store's IANA time zone, as \"Europe/Madrid\"");
  EXPECT_EQ(refused(""), "t.toml:1:1: store: required: a table [store] with id, gateway and timezone");
  EXPECT_EQ(refused("store = 1"), "t.toml:1:9: store: a table expected, not 1");
}

TEST(StoreErrors, ValuesOfTheStore) {
  EXPECT_THAT(refused("[store]\nid = \"S 1\"\ngateway = \"g1\"\ntimezone = \"Europe/Madrid\""),
              HasSubstr("t.toml:2:6: store.id: 1 to 32 of a-z, 0-9 and \"-\""));
  EXPECT_THAT(refused("[store]\nid = \"s1\"\ngateway = \"g1\"\ntimezone = \"Europe/Atlantis\""),
              HasSubstr("t.toml:4:12: store.timezone: an IANA time zone such as \"Europe/Madrid\" expected, not "
                        "\"Europe/Atlantis\""));
  EXPECT_THAT(refused("[store]\nid = \"s1\"\ngateway = \"g1\"\ntimezone = \"Europe/Madird\""),
              HasSubstr("not \"Europe/Madird\"; did you mean \"Europe/Madrid\"?"));
  EXPECT_THAT(refused("[store]\nid = \"s1\"\ngateway = \"g1\"\ntimezone = \"../../etc/passwd\""),
              HasSubstr("store.timezone"));
  EXPECT_THAT(refused(std::string(kStore) + "location = { lat = 91, lon = 0 }"),
              HasSubstr("store.location.lat: a number from -90 to 90"));
}

TEST(Errors, AllProblemsAtOnceInTheOrderOfTheFile) {
  const std::string message = refused(with("min_samples = 0\n[sync]\nport = 0\n[log]\nlevel = 1\n[ble]\nqueue = 0\n"));
  EXPECT_EQ(message,
            "t.toml:8:15: zones[0].min_samples: an integer from 1 to 64 expected, not 0\n"
            "t.toml:10:8: sync.port: an integer from 1 to 65535 expected, not 0\n"
            "t.toml:12:9: log.level: one of \"error\", \"warning\", \"info\", \"debug\" expected, not 1\n"
            "t.toml:14:9: ble.queue: an integer from 1 to 1048576 expected, not 0");
}

TEST(Errors, ManyProblemsAreCut) {
  std::string text = with("");
  for (int i = 0; i < 150; ++i) text += "x" + std::to_string(i) + " = 1\n";
  const std::string message = refused(text);
  EXPECT_EQ(std::count(message.begin(), message.end(), '\n'), 100);
  EXPECT_THAT(message, HasSubstr("t.toml: and 50 more"));
}

}  // namespace
}  // namespace aisle::config
