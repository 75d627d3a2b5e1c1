#include "agent/update/order.hpp"

#include <algorithm>
#include <fstream>

#include "agent/base/sha256.hpp"

namespace aisle::update {
namespace {

using nlohmann::json;

constexpr std::int64_t kLeastConfirm = 60, kMostConfirm = 3600;
constexpr std::int64_t kMostSpread = 86'400;
constexpr std::int64_t kMostRing = 7 * 86'400;  // a command lives no longer
constexpr std::size_t kMaxRings = 10, kMaxPackages = 16, kMaxUrl = 2048, kMaxVersion = 64;
constexpr std::size_t kDigestDigits = 64;

Status whole(const json& in, const char* name, std::int64_t least, std::int64_t most, std::int64_t& out) {
  const auto found = in.find(name);
  if (found == in.end()) return {};
  if (!found->is_number_integer() || *found < least || *found > most)
    return fail("\"{}\": an integer from {} to {} expected", name, least, most);
  out = found->get<std::int64_t>();
  return {};
}

Status length(const json& in, const char* name, std::int64_t least, std::int64_t most, seconds& out) {
  std::int64_t value = out.count();
  auto read = whole(in, name, least, most, value);
  out = seconds{value};
  return read;
}

Result<std::string> text(const json& in, const char* name, std::size_t most) {
  const auto found = in.find(name);
  if (found == in.end() || !found->is_string()) return fail("\"{}\": a text expected", name);
  auto out = found->get<std::string>();
  const bool plain = std::ranges::all_of(out, [](char c) { return c > ' ' && c < '\x7f'; });
  if (out.empty() || out.size() > most || !plain)
    return fail("\"{}\": 1 to {} characters of ASCII without spaces expected", name, most);
  return out;
}

// As dpkg takes it, without an epoch.
bool is_version(std::string_view version) {
  constexpr std::string_view kMore = ".+~-";
  const auto takes = [&](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || kMore.find(c) != kMore.npos;
  };
  return !version.empty() && version[0] >= '0' && version[0] <= '9' && std::ranges::all_of(version, takes);
}

Result<Package> parse_package(const json& in) {
  if (!in.is_object()) return fail("an object expected");
  Package out;
  auto version = text(in, "version", kMaxVersion);
  if (!version) return tl::unexpected(version.error());
  if (!is_version(*version)) return fail("\"version\": a version as Debian has it expected");
  auto url = text(in, "url", kMaxUrl);
  if (!url) return tl::unexpected(url.error());
  if (!url->starts_with("https://") && !url->starts_with("http://"))
    return fail("\"url\": https://… or http://… expected");
  auto digest = text(in, "sha256", kDigestDigits);
  if (!digest) return tl::unexpected(digest.error());
  if (digest->size() != kDigestDigits || digest->find_first_not_of("0123456789abcdef") != std::string::npos)
    return fail("\"sha256\": {} lower-case hex digits expected", kDigestDigits);
  std::int64_t bytes = 0;
  if (auto read = whole(in, "bytes", 1, static_cast<std::int64_t>(kMaxPackageBytes), bytes); !read)
    return tl::unexpected(read.error());
  if (bytes == 0) return fail("\"bytes\": how long the package is expected");
  out.version = *std::move(version);
  out.url = *std::move(url);
  out.sha256 = *std::move(digest);
  out.bytes = static_cast<std::uint64_t>(bytes);
  return out;
}

Status parse_packages(const json& args, Order& out) {
  const auto packages = args.find("packages");
  if (packages == args.end() || !packages->is_object() || packages->empty() || packages->size() > kMaxPackages)
    return fail("\"packages\": an object with 1 to {} targets as \"deb12_amd64\" expected", kMaxPackages);
  for (const auto& [target, value] : packages->items()) {
    auto package = parse_package(value);
    if (!package) return tl::unexpected(package.error().within(fmt::format("package \"{}\"", target.substr(0, 64))));
    out.packages[target] = *std::move(package);
  }
  return {};
}

Status parse_rings(const json& args, Order& out) {
  const auto rings = args.find("rings");
  if (rings == args.end()) return {};
  const auto wrong = [] {
    return fail("\"rings\": 1 to {} rising integers from 0 to {} expected: seconds after \"issued\"", kMaxRings,
                kMostRing);
  };
  if (!rings->is_array() || rings->empty() || rings->size() > kMaxRings) return wrong();
  for (const auto& ring : *rings) {
    if (!ring.is_number_integer() || ring < 0 || ring > kMostRing) return wrong();
    out.rings.emplace_back(ring.get<std::int64_t>());
  }
  if (!std::ranges::is_sorted(out.rings)) return wrong();
  return {};
}

Status flag(const json& args, const char* name, bool& out) {
  const auto found = args.find(name);
  if (found == args.end()) return {};
  if (!found->is_boolean()) return fail("\"{}\": true or false expected", name);
  out = found->get<bool>();
  return {};
}

// Gateways of a ring do not come together, and each comes when it said, after a restart too.
Duration place_in(seconds spread, const std::string& id, const Site& site) {
  const auto digest = sha256(fmt::format("{} {} {}", id, site.store, site.gateway));
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < sizeof number; ++i) number = number << 8U | std::to_integer<std::uint32_t>(digest.at(i));
  return milliseconds(spread) * number / 0x1'0000'0000;
}

}  // namespace

Result<Order> parse_order(const json& args) {
  Order out;
  if (auto read = flag(args, "withdraw", out.withdraw); !read) return tl::unexpected(read.error());
  if (out.withdraw) return out;
  for (const auto& read :
       {parse_packages(args, out), parse_rings(args, out), length(args, "spread_s", 0, kMostSpread, out.spread),
        length(args, "confirm_s", kLeastConfirm, kMostConfirm, out.confirm_within),
        flag(args, "downgrade", out.downgrade)}) {
    if (!read) return tl::unexpected(read.error());
  }
  return out;
}

std::string_view own_architecture() {
#if defined(__x86_64__)
  return "amd64";
#elif defined(__aarch64__)
  return "arm64";
#else
  return "";
#endif
}

std::string target_of(std::string_view os_release) {
  std::string id, version;
  while (!os_release.empty()) {
    const auto end = os_release.find('\n');
    std::string_view line = os_release.substr(0, end);
    os_release = end == std::string_view::npos ? "" : os_release.substr(end + 1);
    const auto equals = line.find('=');
    if (equals == std::string_view::npos) continue;
    const std::string_view name = line.substr(0, equals);
    std::string value(line.substr(equals + 1));
    std::erase(value, '"');
    if (name == "ID") id = value;
    if (name == "VERSION_ID") version = value;
  }
  if ((id != "debian" && id != "raspbian") || version.empty() || own_architecture().empty()) return "";
  return fmt::format("deb{}_{}", version, own_architecture());
}

std::string own_target() {
  std::ifstream file("/etc/os-release");
  return target_of(std::string(std::istreambuf_iterator<char>(file), {}));
}

tl::expected<Due, NotForUs> due_for(const Order& order, const sync::CommandMessage& command, const Site& site) {
  const auto package = order.packages.find(site.target);
  if (package == order.packages.end())
    return tl::unexpected(NotForUs{"no_package", fmt::format("nothing is offered for \"{}\"", site.target)});
  if (!order.rings.empty() && site.ring >= order.rings.size())
    return tl::unexpected(NotForUs{
        "deferred", fmt::format("this gateway is of ring {}, which is not offered it yet: offer it again", site.ring)});
  const seconds after = order.rings.empty() ? seconds{0} : order.rings[site.ring];
  Due out{package->second, command.issued + after, {}};
  out.start = out.from + place_in(order.spread, command.id, site);
  if (out.from + order.spread > command.expires)
    return tl::unexpected(NotForUs{"args", "the command expires before this gateway's turn"});
  return out;
}

std::string upstream_of(std::string_view debian_version) {
  return std::string(debian_version.substr(0, debian_version.rfind('-')));
}

std::string to_text(const sync::CommandMessage& command) {
  const json out = {{"id", command.id},
                    {"issued", command.issued_text},
                    {"expires", command.expires_text},
                    {"args", command.args_text},
                    {"sig", command.signature}};
  return out.dump();
}

Result<sync::CommandMessage> command_from(const std::string& text) {
  return sync::parse_command(kCommand, text);
}

}  // namespace aisle::update
