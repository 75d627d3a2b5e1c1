#include <memory>

#include "agent/base/hex.hpp"
#include "agent/base/time.hpp"
#include "agent/cli/command.hpp"
#include "agent/cli/output.hpp"
#include "agent/model/event.hpp"
#include "ble/identity/token.hpp"

namespace aisle::cli {
namespace {

constexpr std::uint32_t kIntervalsPerDay = 144;
constexpr std::string_view kUuidPrefix = "4f324f10";  // namespace and version, in on-air order

struct TokenArguments {
  std::string key, time, token;
  std::optional<std::uint32_t> interval;
  std::optional<std::int32_t> day;
  bool json = false;
};

Result<std::uint32_t> interval_of(const TokenArguments& arguments) {
  if (arguments.interval) return *arguments.interval;
  if (arguments.time.empty()) return token_interval(SystemClock().now());
  const auto time = parse_rfc3339(arguments.time);
  if (!time) return tl::unexpected(time.error().within("--time"));
  return token_interval(*time);
}

int make(const TokenArguments& arguments) {
  const auto key = from_hex_fixed<16>(arguments.key);
  if (!key) return complain(fmt::format("--key: {}", key.error().message())), kWrongUsage;
  const auto interval = interval_of(arguments);
  if (!interval) return complain(interval.error().message()), kWrongUsage;
  const auto rpik = identity::derive_rpik(*key);
  const auto rpi = identity::derive_rpi(rpik, *interval);
  const std::string on_air = std::string(kUuidPrefix) + to_hex(std::span(rpi).first(12));
  auto reversed = *from_hex_fixed<16>(on_air);
  std::ranges::reverse(reversed);
  const Json token = {{"interval", *interval},
                      {"day", *interval / kIntervalsPerDay},
                      {"rpi", to_hex(rpi)},
                      {"ad", "1107" + on_air},
                      {"uuid", uuid_text(reversed)}};
  if (arguments.json) {
    print_line(token.dump());
  } else {
    print_tree(nlohmann::json(token));
  }
  return kDone;
}

// The twelve bytes of an rpi, from an AD structure, a UUID, a whole rpi or its first twelve bytes; in hex.
Result<std::string> rpi_prefix(const std::string& text) {
  if (const auto uuid = parse_uuid(text)) {
    auto on_air = *uuid;
    std::ranges::reverse(on_air);
    const std::string hex = to_hex(on_air);
    if (!hex.starts_with(kUuidPrefix)) return fail("UUID {} is no Aisle token", text);
    return hex.substr(8);
  }
  const auto bytes = from_hex(text);
  if (!bytes) return tl::unexpected(bytes.error().within(text.substr(0, 80)));
  const std::string hex = to_hex(*bytes);
  if (const auto at = hex.find(kUuidPrefix); at != std::string::npos && hex.size() >= at + 32)
    return hex.substr(at + 8, 24);
  if (hex.size() == 24 || hex.size() == 32) return hex.substr(0, 24);
  return fail("an AD structure, a UUID, or 12 or 16 bytes of rpi expected, not \"{}\"", text.substr(0, 80));
}

int resolve(const TokenArguments& arguments) {
  const auto key = from_hex_fixed<16>(arguments.key);
  if (!key) return complain(fmt::format("--key: {}", key.error().message())), kWrongUsage;
  const auto wanted = rpi_prefix(arguments.token);
  if (!wanted) return complain(wanted.error().message()), kWrongUsage;
  const auto around = interval_of(arguments);
  if (!around) return complain(around.error().message()), kWrongUsage;
  const std::uint32_t day = arguments.day ? static_cast<std::uint32_t>(*arguments.day) : *around / kIntervalsPerDay;
  const auto rpik = identity::derive_rpik(*key);
  for (std::uint32_t i = 0; i < kIntervalsPerDay; ++i) {
    const std::uint32_t interval = day * kIntervalsPerDay + i;
    const auto rpi = identity::derive_rpi(rpik, interval);
    if (to_hex(std::span(rpi).first(12)) != *wanted) continue;
    const Json found = {{"interval", interval},
                        {"day", day},
                        {"from", format_rfc3339(UnixTime{seconds{std::int64_t{interval} * 600}})}};
    if (arguments.json) {
      print_line(found.dump());
    } else {
      print_tree(nlohmann::json(found));
    }
    return kDone;
  }
  return complain(
      fmt::format("the token belongs to no interval of day {} under this key; name the day with --day or --time", day));
}

}  // namespace

void add_token(CLI::App& app, Chosen& chosen) {
  auto* verb = app.add_subcommand("token", "Make or resolve T1 tokens");
  verb->require_subcommand(1);
  const auto arguments = std::make_shared<TokenArguments>();
  auto* maker = verb->add_subcommand("make", "The token of a day key in one interval");
  auto* resolver = verb->add_subcommand("resolve", "Which interval of a day a token belongs to");
  for (auto* sub : {maker, resolver}) {
    sub->add_option("--key", arguments->key, "Day key, 32 hex digits")->required();
    auto* time = sub->add_option("--time", arguments->time, "RFC 3339; default: now");
    sub->add_option("--interval", arguments->interval, "Interval number (unix seconds / 600), instead of --time")
        ->excludes(time);
    sub->add_flag("--json", arguments->json, "JSON");
  }
  resolver->add_option("--day", arguments->day, "UTC day since 1970-01-01 to search")->check(CLI::Range(0, 100000));
  resolver->add_option("TOKEN", arguments->token, "AD structure, UUID or rpi")->required();
  maker->callback([&chosen, arguments] { chosen.run = [arguments] { return make(*arguments); }; });
  resolver->callback([&chosen, arguments] { chosen.run = [arguments] { return resolve(*arguments); }; });
}

}  // namespace aisle::cli
