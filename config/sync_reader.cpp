#include <algorithm>

#include "agent/base/credential.hpp"
#include "config/section_readers.hpp"

namespace aisle::config {
namespace {

// The longest topics add four levels and so four slashes to `{prefix}`; AWS IoT Core takes seven slashes at most
// (AWS service quotas, "maximum number of slashes in topic").
constexpr std::ptrdiff_t kMaxPrefixLevels = 3;

void read_prefix(TableReader& sync, std::string& out) {
  std::string prefix;
  if (!sync.text("prefix", prefix, {1, 128})) return;
  const auto levels = std::ranges::count(prefix, '/') + 1;
  const bool shape = prefix.front() != '/' && prefix.back() != '/' && prefix.find("//") == std::string::npos;
  if (!shape || prefix.find_first_of("+#") != std::string::npos || prefix.front() == '$' || levels > kMaxPrefixLevels) {
    sync.problem("prefix", fmt::format("1 to {} topic levels such as \"aisle/v1\" expected, without \"+\", \"#\", a "
                                       "leading \"$\" or empty levels, not \"{}\"",
                                       kMaxPrefixLevels, printable(prefix)));
    return;
  }
  out = prefix;
}

// 5, "5" or "3.1.1".
void read_protocol(TableReader& sync, int& out) {
  const toml::node* node = sync.take("protocol", R"("type":["integer","string"],"enum":[5,"5","3.1.1"])");
  if (node == nullptr) return;
  if (const auto* text = node->as_string(); text != nullptr && (text->get() == "5" || text->get() == "3.1.1")) {
    out = text->get() == "5" ? 5 : 3;
  } else if (const auto* whole = node->as_integer(); whole != nullptr && whole->get() == 5) {
    out = 5;
  } else {
    sync.problem("protocol", fmt::format("5 or \"3.1.1\" expected, not {}", describe(*node)));
  }
}

// A path, or a credential of systemd.
void read_source(TableReader& sync, std::string_view key, std::string& out) {
  if (sync.text(key, out, {0, 4096}) && !out.empty() && !valid_source(out))
    sync.problem(key, fmt::format("a path, or \"credential:NAME\" with a name that systemd takes, expected, not \"{}\"",
                                  printable(out)));
}

// As above, or the URI of a key on a token.
void read_key(TableReader& sync, std::string& out) {
  read_source(sync, "key", out);
  if (out.starts_with("pkcs11:") && out.find("pin-") != std::string::npos)
    sync.problem("key", "a PIN does not belong here; put it into a file, or a credential, and name that with pin_file");
}

void check_token(TableReader& sync, const SyncSection& out) {
  if (out.key.starts_with("pkcs11:")) return;
  if (!out.token_module.empty()) sync.warn("token_module", "without effect: key is not on a token");
  if (!out.pin_file.empty()) sync.warn("pin_file", "without effect: key is not on a token");
}

void check_tls(TableReader& sync, const SyncSection& out) {
  const std::array<std::pair<std::string_view, const std::string*>, 4> texts = {
      {{"ca", &out.ca}, {"cert", &out.cert}, {"key", &out.key}, {"alpn", &out.alpn}}};
  for (const auto& entry : texts) {
    if (!out.tls && !entry.second->empty()) sync.problem(entry.first, "only with tls = true");
  }
  if (out.cert.empty() != out.key.empty())
    sync.problem(out.cert.empty() ? "key" : "cert", "cert and key are given together or not at all");
  if (!out.tls && !all_loopback(out)) {
    sync.warn("host", "off loopback without tls: the datasets customers and keys are not taken");
    if (!out.password_file.empty()) sync.warn("password_file", "without tls the password crosses the network in clear");
  }
}

}  // namespace

void read_sync(TableReader& root, SyncSection& out) {
  auto found = root.table("sync");
  if (!found) return;
  TableReader& sync = *found;
  sync.integer("port", out.port, 1, 65535);
  read_hosts(sync, out);
  sync.boolean("tls", out.tls);
  sync.boolean("wait_for_clock", out.wait_for_clock);
  read_source(sync, "ca", out.ca);
  read_source(sync, "cert", out.cert);
  read_key(sync, out.key);
  read_source(sync, "pin_file", out.pin_file);
  sync.text("token_module", out.token_module, {0, 4096});
  sync.text("alpn", out.alpn, {0, 255});
  sync.text("username", out.username, {0, 256});
  read_source(sync, "password_file", out.password_file);
  if (!out.password_file.empty() && out.username.empty()) sync.problem("password_file", "only with username");
  read_protocol(sync, out.protocol);
  read_prefix(sync, out.prefix);
  sync.duration("keepalive_s", out.keepalive, 5, 65535);
  sync.duration("retry_spread_s", out.retry_spread, 0, 3600);
  sync.duration("retry_max_s", out.retry_max, 1, 86400);
  sync.integer("window", out.window, 1, 65535);
  sync.integer("subscribe_qos", out.subscribe_qos, 0, 1);
  check_tls(sync, out);
  check_token(sync, out);
  sync.finish();
}

}  // namespace aisle::config
