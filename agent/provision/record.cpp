#include "agent/provision/record.hpp"

#include <nlohmann/json.hpp>

#include "agent/provision/nodes.hpp"
#include "config/sources.hpp"

namespace aisle::provision {
namespace {

using nlohmann::json;

// A TOML text in quotes: JSON's escapes are among TOML's.
std::string quoted(const std::string& text) {
  return json(text).dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace

std::string to_json(const Record& record) {
  const json out = {{"store", record.store},
                    {"gateway", record.gateway},
                    {"broker", record.broker},
                    {"url", record.url},
                    {"claim", record.claim},
                    {"command_key", record.command_key},
                    {"machine", record.machine},
                    {"own_ca", record.own_ca},
                    {"cloud_ca", record.cloud_ca},
                    {"key", record.key.uri},
                    {"token_module", record.key.module},
                    {"pin_file", record.key.pin_file}};
  return out.dump(2) + "\n";
}

Result<Record> parse_record(std::string_view text) {
  const auto in = json::parse(text, nullptr, false);
  if (!in.is_object()) return fail("a JSON object expected");
  Record out;
  bool whole = true;
  const auto take = [&](const char* name, std::string& member) {
    const auto found = in.find(name);
    if (found == in.end() || !found->is_string())
      whole = false;
    else
      member = found->get<std::string>();
  };
  take("store", out.store);
  take("gateway", out.gateway);
  take("broker", out.broker);
  take("url", out.url);
  take("claim", out.claim);
  take("command_key", out.command_key);
  take("machine", out.machine);
  take("key", out.key.uri);
  take("token_module", out.key.module);
  take("pin_file", out.key.pin_file);
  const auto flag = [&](const char* name) { return in.contains(name) && in[name] == true; };
  out.own_ca = flag("own_ca");
  out.cloud_ca = flag("cloud_ca");
  if (!whole) return fail("it is not whole");
  return out;
}

std::string drop_in_text(const Record& record, const std::string& directory) {
  const auto file = [&](const char* name) { return quoted(directory + "/" + name); };
  std::string hosts;
  for (const auto& node : broker_nodes(record.broker)) hosts += (hosts.empty() ? "" : ", ") + quoted(node);
  std::string out = "# Written by `aislectl provision`, which replaces it. `aislectl config set` goes over it.\n";
  out += fmt::format("[store]\nid = {}\ngateway = {}\n\n", quoted(record.store), quoted(record.gateway));
  out += fmt::format("[sync]\nhost = [{}]\ntls = true\ncert = {}\n", hosts, file(names::kCertificate));
  out += fmt::format("key = {}\n", record.key.uri.empty() ? file(names::kKey) : quoted(record.key.uri));
  if (record.own_ca) out += fmt::format("ca = {}\n", file(names::kAuthorities));
  if (!record.key.module.empty()) out += fmt::format("token_module = {}\n", quoted(record.key.module));
  if (!record.key.pin_file.empty()) out += fmt::format("pin_file = {}\n", quoted(record.key.pin_file));
  if (!record.command_key.empty()) out += fmt::format("\n[commands]\npublic_key = {}\n", quoted(record.command_key));
  return out;
}

std::string drop_in_path(const std::string& config) {
  return config::drop_in_directory(config) + "/70-provision.toml";
}

}  // namespace aisle::provision
