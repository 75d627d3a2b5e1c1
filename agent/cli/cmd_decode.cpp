#include <memory>
#include <vector>

#include "agent/base/hex.hpp"
#include "agent/cli/command.hpp"
#include "agent/cli/output.hpp"
#include "ble/decode/decode_json.hpp"

namespace aisle::cli {
namespace {

int decode_all(const std::vector<std::string>& payloads) {
  std::vector<Bytes> parsed;
  for (const auto& text : payloads) {
    auto bytes = from_hex(text);
    if (!bytes) {
      complain(fmt::format("\"{}\": {}; whole advertising payloads in hex expected", text.substr(0, 80),
                           bytes.error().message()));
      return kWrongUsage;
    }
    parsed.push_back(std::move(*bytes));
  }
  for (const auto& bytes : parsed) print_line(decode::decode_to_json(bytes));
  return kDone;
}

}  // namespace

void add_decode(CLI::App& app, Chosen& chosen) {
  auto* verb = app.add_subcommand("decode", "Decode advertising payloads (AD structures in hex), one JSON object each");
  const auto payloads = std::make_shared<std::vector<std::string>>();
  verb->add_option("HEX", *payloads, "Whole advertising payloads")->required();
  verb->add_flag("--json")->description("JSON (always)");
  verb->callback([&chosen, payloads] { chosen.run = [payloads] { return decode_all(*payloads); }; });
}

}  // namespace aisle::cli
