#include "agent/cli/update_offer.hpp"

#include <charconv>
#include <filesystem>
#include <optional>

#include "agent/base/sha256.hpp"
#include "agent/update/folder.hpp"
#include "agent/update/order.hpp"

namespace aisle::cli {
namespace {

namespace fs = std::filesystem;

constexpr seconds kDay{86'400};
constexpr seconds kLongest{7 * 86'400};  // a command lives no longer: its id is not remembered for longer
constexpr seconds kTakes{3 * 3600};      // of the last gateway: two hours for the download, and other package managers

struct Named {
  std::string version, target;
};

// "aisle-agent_0.2.0-1~deb12_amd64.deb"; none: another file.
std::optional<Named> named(const std::string& file) {
  constexpr std::string_view kBegin = "aisle-agent_", kEnd = ".deb", kRelease = "~deb";
  if (!file.starts_with(kBegin) || !file.ends_with(kEnd)) return std::nullopt;
  const std::string inner = file.substr(kBegin.size(), file.size() - kBegin.size() - kEnd.size());
  const auto bar = inner.find('_'), release = inner.find(kRelease);
  if (bar == std::string::npos || release == std::string::npos || release > bar) return std::nullopt;
  return Named{inner.substr(0, bar), inner.substr(release + 1, bar - release - 1) + inner.substr(bar)};
}

Result<Json> package_json(const fs::path& file, const std::string& version, const std::string& base) {
  const auto bytes = update::read_small_file(file.string(), update::kMaxPackageBytes);
  if (!bytes) return tl::unexpected(bytes.error());
  const std::string slash = base.ends_with('/') ? "" : "/";
  return Json{{"version", version},
              {"url", base + slash + file.filename().string()},
              {"sha256", to_hex(sha256(*bytes))},
              {"bytes", bytes->size()}};
}

seconds end_of(const UpdateOffer& offer) {
  return (offer.rings.empty() ? seconds{0} : *std::ranges::max_element(offer.rings)) + offer.spread;
}

Status check_end(const UpdateOffer& offer) {
  if (end_of(offer) + kTakes <= kLongest) return {};
  return fail(
      "--rings: with this --spread the last ring can begin at most {} h from now: a command is good for 7 days, and "
      "the "
      "last gateway needs {} h of them; offer it to later rings in a command of its own when their time has come",
      (kLongest - kTakes - offer.spread).count() / 3600, kTakes.count() / 3600);
}

}  // namespace

Result<Json> update_args(const UpdateOffer& offer) {
  if (auto fits = check_end(offer); !fits) return tl::unexpected(fits.error());
  Json packages = Json::object();
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(offer.packages, error)) {
    const auto name = named(entry.path().filename().string());
    if (!name) continue;
    if (packages.contains(name->target)) return fail("{}: two packages for {}", offer.packages, name->target);
    auto package = package_json(entry.path(), name->version, offer.url);
    if (!package) return tl::unexpected(package.error());
    packages[name->target] = *std::move(package);
  }
  if (error) return fail("{}: {}", offer.packages, error.message());
  if (packages.empty()) return fail("{}: no aisle-agent_VERSION~debNN_ARCH.deb there", offer.packages);
  Json out = {{"packages", std::move(packages)},
              {"spread_s", offer.spread.count()},
              {"confirm_s", offer.confirm_within.count()}};
  for (const auto ring : offer.rings) out["rings"].push_back(ring.count());
  if (offer.downgrade) out["downgrade"] = true;
  if (const auto read = update::parse_order(nlohmann::json::parse(out.dump())); !read)
    return tl::unexpected(read.error());
  return out;
}

Result<seconds> parse_period(const std::string& text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const std::string unit(end, text.data() + text.size());
  const std::int64_t factor = unit == "m"                   ? 60
                              : unit == "h"                 ? 3600
                              : unit == "d"                 ? 86'400
                              : unit.empty() || unit == "s" ? 1
                                                            : 0;
  if (error != std::errc() || factor == 0 || number < 0 || number > kLongest.count() / factor)
    return fail("a time as 90, 15m, 24h or 2d, of at most 7 days, expected, not \"{}\"", text);
  return seconds{number * factor};
}

seconds lifetime_of(const UpdateOffer& offer) {
  return std::min(kLongest, end_of(offer) + kDay);
}

}  // namespace aisle::cli
