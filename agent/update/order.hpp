// The command `update`: which packages are offered, and when each ring of gateways takes them. sync/README.md has the
// format.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "agent/base/time.hpp"
#include "sync/core/command_message.hpp"

namespace aisle::update {

inline constexpr const char* kCommand = "update";
inline constexpr std::uint64_t kMaxPackageBytes = 64U << 20U;

struct Package {
  std::string version;  // as Debian has it, "0.2.0-1~deb12"
  std::string url, sha256;
  std::uint64_t bytes = 0;
};

struct Order {
  bool withdraw = false;                    // takes back an offer that waits; nothing else is set
  std::map<std::string, Package> packages;  // by target
  std::vector<seconds> rings;               // after `issued`, ring by ring; empty: every ring at once
  seconds spread{3600};
  seconds confirm_within{300};
  bool downgrade = false;
};

// Error: what is wrong with the command's args.
[[nodiscard]] Result<Order> parse_order(const nlohmann::json& args);

// "deb12_amd64", of the text of /etc/os-release and the machine that this was built for.
[[nodiscard]] std::string target_of(std::string_view os_release);
// Of this machine; "" where it is no Debian.
[[nodiscard]] std::string own_target();
// "amd64"; "" where there is no package for it.
[[nodiscard]] std::string_view own_architecture();

struct Due {
  Package package;
  UnixTime from;   // of the ring
  UnixTime start;  // of this gateway: at most `spread` later, the same whenever it is asked
};
struct Site {
  std::string store, gateway, target;
  std::uint32_t ring = 0;
};
// Why it is not for this gateway, as a reply has it.
struct NotForUs {
  const char* reason;
  std::string detail;
};
[[nodiscard]] tl::expected<Due, NotForUs> due_for(const Order& order, const sync::CommandMessage& command,
                                                  const Site& site);

// "0.2.0" of "0.2.0-1~deb12": what `aisled` calls itself.
[[nodiscard]] std::string upstream_of(std::string_view debian_version);

// The signed command as one text, and back: what is signed stays as it was.
[[nodiscard]] std::string to_text(const sync::CommandMessage& command);
[[nodiscard]] Result<sync::CommandMessage> command_from(const std::string& text);

}  // namespace aisle::update
