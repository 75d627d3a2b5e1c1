#include <gmock/gmock.h>

#include <fstream>
#include <iterator>

#include "agent/base/random.hpp"
#include "config/toml_guard.hpp"
#include "tests/unit/config/minimal.hpp"

namespace aisle::config {
namespace {

using ::testing::HasSubstr;

std::string repeated(std::string_view part, std::size_t count) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out += part;
  return out;
}

TEST(Hostile, SyntaxErrorsHaveAPlace) {
  EXPECT_THAT(refused("[store]\nid = \n"), HasSubstr("t.toml:2:"));
  EXPECT_THAT(refused("[store\n"), HasSubstr("t.toml:1:7: TOML: "));
  EXPECT_THAT(refused("a = 1\na = 2\n"), HasSubstr("t.toml:2:"));
  EXPECT_THAT(refused("a = 99999999999999999999\n"), HasSubstr("t.toml:1:"));
  EXPECT_THAT(refused("[sync]\n  port = 99999999999999999999\n"), HasSubstr(" in \"port\""));
  EXPECT_THAT(refused("[ble]\nspeed=1e999"), HasSubstr(" in \"speed\""));
}

TEST(Hostile, BadCharactersHaveAPlace) {
  EXPECT_EQ(refused("# \xC3\xA9\n[store]\n\xC3\xA9\xFF"), "t.toml:3:2: invalid UTF-8 (byte 0xff)");
  EXPECT_EQ(refused("a = \"\xED\xA0\x80\""), "t.toml:1:6: invalid UTF-8 (byte 0xed)");
  EXPECT_EQ(refused("a = \"\xC0\x80\""), "t.toml:1:6: invalid UTF-8 (byte 0xc0)");
  EXPECT_EQ(refused("a = \"\xF5\x80\x80\x80\""), "t.toml:1:6: invalid UTF-8 (byte 0xf5)");
  EXPECT_EQ(refused(std::string("a\0b", 3)), "t.toml:1:2: control character 0x00 is not allowed");
  EXPECT_EQ(refused("a = 1\rb = 2"), "t.toml:1:6: control character 0x0d is not allowed");
  EXPECT_EQ(refused("a = \"\xC3"), "t.toml:1:6: invalid UTF-8 (byte 0xc3)");
}

TEST(Hostile, WindowsLineEndsAndMarkAreFine) {
  std::string text = with("");
  for (std::size_t at = 0; (at = text.find('\n', at)) != std::string::npos; at += 2) text.insert(at, 1, '\r');
  EXPECT_EQ(parsed(text).store.id, "s1");
  EXPECT_EQ(parsed("\xEF\xBB\xBF" + with("")).store.id, "s1");
}

TEST(Hostile, SizeIsBounded) {
  const std::string comment = "#" + std::string(kMaxConfigBytes - with("").size() - 2, 'x') + "\n";
  EXPECT_EQ(parsed(comment + with("")).store.id, "s1");
  EXPECT_EQ(refused(comment + with("") + " "), "t.toml:1:1: at most 1048576 bytes expected");
}

TEST(Hostile, DepthIsBounded) {
  EXPECT_THAT(refused("a = " + repeated("[", 500'000)), HasSubstr("t.toml:1:37: nested too deeply"));
  EXPECT_THAT(refused("a = " + repeated("{b=", 300'000)), HasSubstr("nested too deeply"));
  EXPECT_THAT(refused(repeated("a.", 500'000) + "a = 1"), HasSubstr("t.toml:1:34: nested too deeply"));
  EXPECT_THAT(refused("[" + repeated("\"a\" . ", 150'000) + "a]"), HasSubstr("nested too deeply"));
  // Text that only looks like the end of a string.
  EXPECT_THAT(refused("x = '\\'\n" + repeated("a.", 500'000) + "a = 1"), HasSubstr("nested too deeply"));
  EXPECT_THAT(refused("x = \"\"\"a\"\"\"\"\"\n" + repeated("a.", 500'000) + "a = 1"), HasSubstr("nested too deeply"));
  EXPECT_THAT(refused("x = [\"\"\"a\\\\\"\"\", '''''', " + repeated("[", 500'000)), HasSubstr("nested too deeply"));
}

TEST(Hostile, DotsAndBracketsInTextsAndCommentsAreFine) {
  const std::string dots(100, '.');
  const std::string brackets(100, '[');
  EXPECT_EQ(parsed("# " + dots + brackets + "\n" + with("name = \"" + dots + brackets + "\"")).zones.at(0).name,
            dots + brackets);
  EXPECT_EQ(parsed(with("name = '''" + dots + "'''\n")).zones.at(0).name, dots);
}

TEST(Hostile, ManyTablesAreRefusedQuickly) {
  EXPECT_THAT(refused(std::string(kStore) + repeated("[[zones]]\n", 100'000)),
              HasSubstr("zones: at most 1000 entries expected"));
  std::string keys(kStore);
  for (int i = 0; i < 60'000; ++i) keys += "kkkkkk" + std::to_string(i) + "=1\n";
  EXPECT_THAT(refused(keys), HasSubstr("and 59900 more"));
}

// Every mutation either is refused with a place, or is a configuration that shows and reads back as itself.
void expect_sane(const std::string& text) {
  const auto config = parse(text, "m");
  if (!config) {
    EXPECT_TRUE(config.error().message().starts_with("m:")) << config.error().message();
    return;
  }
  Config back = parsed(show_toml(*config));
  back.warnings = config->warnings;
  EXPECT_EQ(back, *config) << text;
}

std::string mutated(std::string text, Random& random) {
  for (std::uint64_t i = 1 + random.below(4); i > 0; --i) {
    const std::size_t at = random.below(text.size());
    const std::size_t length = random.below(12);
    switch (random.below(5)) {
      case 0:
        text[at] = static_cast<char>(random.below(256));
        break;
      case 1:
        text.erase(at, length);
        break;
      case 2:
        text.insert(at, text.substr(random.below(text.size()), length));
        break;
      case 3:
        text.insert(at, 1, "\"'[]{}.=#\n\\,-0"[random.below(14)]);
        break;
      default:
        text.replace(at, 1, std::to_string(random.next()));
    }
  }
  return text;
}

TEST(Hostile, MutationsOfTheExampleNeverCrash) {
  std::ifstream file(AISLE_TEST_DATA "/../../config/aisle.toml");
  std::string text{std::istreambuf_iterator<char>(file), {}};
  // Without comments and with every key active there is more to hit.
  std::string bare;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    std::string line = text.substr(at, end - at);
    if (line.starts_with("# ") && line.find(" = ") < 24) line.erase(0, 2);
    bare += line.substr(0, line.find('#')) + "\n";
    at = end + 1;
  }
  SeededRandom random(20260306);
  int refused_count = 0;
  for (int i = 0; i < 4000; ++i) {
    const std::string mutation = mutated(i % 2 == 0 ? bare : with("enter_rssi = -60\nexit_rssi = -70\n"), random);
    expect_sane(mutation);
    refused_count += parse(mutation, "m").has_value() ? 0 : 1;
  }
  EXPECT_GT(refused_count, 1000);
  EXPECT_LT(refused_count, 4000);
}

}  // namespace
}  // namespace aisle::config
