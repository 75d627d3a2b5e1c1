#include "agent/doctor/machine.hpp"

#include "tests/unit/doctor/judged.hpp"

namespace aisle::doctor {
namespace {

using ::testing::HasSubstr;

constexpr const char* kThrottled = "/sys/devices/platform/soc/soc:firmware/get_throttled";

TEST(DoctorMachine, MemoryThatIsShortIsTold) {
  const FakeTree files;
  files.write("/proc/meminfo", "MemTotal:  948000 kB\nMemFree: 1 kB\nMemAvailable:   500000 kB\n");
  EXPECT_EQ(state_of(judge_available_memory(gather_memory(files.tree(), 0, 0))), State::ok);
  MemoryFacts facts;
  EXPECT_EQ(state_of(judge_available_memory(facts)), State::not_applicable);
  facts.available_kb = 50 * 1024;
  EXPECT_EQ(state_of(judge_available_memory(facts)), State::warning);
  facts.available_kb = 20 * 1024;
  EXPECT_EQ(state_of(judge_available_memory(facts)), State::failure);
}

TEST(DoctorMachine, TheDaemonsMemoryIsMeasuredByItsTables) {
  const FakeTree files;
  files.write("/proc/42/smaps_rollup", "00-ff ---p 00000000 00:00 0  [rollup]\nRss: 9 kB\nPss:   150000 kB\n");
  files.write("/proc/42/status", "Name: aisled\nVmRSS:   160000 kB\n");
  auto facts = gather_memory(files.tree(), 42, 0);
  EXPECT_EQ(facts.proportional_kb, 150'000U);
  EXPECT_EQ(facts.resident_kb, 160'000U);
  EXPECT_EQ(state_of(judge_daemon_memory(facts)), State::warning);
  facts.table_bytes = 62U << 20U;
  EXPECT_EQ(state_of(judge_daemon_memory(facts)), State::ok);
  facts.proportional_kb.reset();
  EXPECT_THAT(judge_daemon_memory(facts).what, HasSubstr("needs root"));
  facts.resident_kb.reset();
  EXPECT_EQ(state_of(judge_daemon_memory(facts)), State::not_applicable);
}

TEST(DoctorMachine, WifiMattersOnAPiOn24GHz) {
  const FakeTree files;
  EXPECT_EQ(state_of(judge_wifi(gather_wifi(files.tree()))), State::not_applicable);
  files.write("/proc/device-tree/model", std::string("Raspberry Pi 4 Model B Rev 1.4\0", 31));
  files.write("/sys/class/net/eth0/operstate", "up\n");
  EXPECT_EQ(state_of(judge_wifi(gather_wifi(files.tree()))), State::ok);
  files.write("/sys/class/net/wlan9/operstate", "down\n");
  files.write("/sys/class/net/wlan9/wireless/status", "");
  EXPECT_EQ(state_of(judge_wifi(gather_wifi(files.tree()))), State::ok);
  files.write("/sys/class/net/wlan9/operstate", "up\n");
  auto facts = gather_wifi(files.tree());
  EXPECT_EQ(facts.interface, "wlan9");
  EXPECT_EQ(state_of(judge_wifi(facts)), State::warning);  // its band is not known
  facts.ghz = 2.437;
  EXPECT_THAT(judge_wifi(facts).what, HasSubstr("2.4 GHz"));
  EXPECT_EQ(state_of(judge_wifi(facts)), State::warning);
  facts.ghz = 5.18;
  EXPECT_EQ(state_of(judge_wifi(facts)), State::ok);
}

TEST(DoctorMachine, UnderVoltageIsReadFromTheFirmware) {
  const FakeTree files;
  const auto look = [&] { return state_of(judge_power_supply(gather_power(files.tree()))); };
  EXPECT_EQ(look(), State::not_applicable);
  files.write(kThrottled, "0\n");
  EXPECT_EQ(look(), State::ok);
  files.write(kThrottled, "50000\n");
  EXPECT_EQ(look(), State::warning);
  files.write(kThrottled, "4\n");
  EXPECT_EQ(look(), State::warning);
  files.write(kThrottled, "50005\n");
  EXPECT_EQ(look(), State::failure);
}

TEST(DoctorMachine, UnderVoltageIsReadFromTheSensor) {
  const FakeTree files;
  files.write("/sys/class/hwmon/hwmon0/name", "cpu_thermal\n");
  files.write("/sys/class/hwmon/hwmon0/in0_lcrit_alarm", "1\n");
  files.write("/sys/class/hwmon/hwmon1/name", "rpi_volt\n");
  files.write("/sys/class/hwmon/hwmon1/in0_lcrit_alarm", "0\n");
  EXPECT_EQ(state_of(judge_power_supply(gather_power(files.tree()))), State::ok);
  files.write("/sys/class/hwmon/hwmon1/in0_lcrit_alarm", "1\n");
  EXPECT_EQ(state_of(judge_power_supply(gather_power(files.tree()))), State::failure);
}

}  // namespace
}  // namespace aisle::doctor
