#include "sync/core/command_message.hpp"

#include <algorithm>

#include "agent/records/records.hpp"

namespace aisle::sync {
namespace {

constexpr std::string_view kSignedAs = "aisle-command-v1";
constexpr std::size_t kMaxIdBytes = 64;
constexpr std::string_view kIdCharacters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";

Result<std::string> text_member(const nlohmann::json& body, const char* name) {
  const auto found = body.find(name);
  if (found == body.end() || !found->is_string()) return fail("\"{}\": a string expected", name);
  return found->get<std::string>();
}

bool has_floats(const nlohmann::json& value) {
  if (value.is_number_float()) return true;
  return value.is_structured() && std::ranges::any_of(value, has_floats);
}

Status read_args(const nlohmann::json& body, CommandMessage& out) {
  const auto found = body.find("args");
  if (found != body.end() && found->is_string()) {
    out.args_text = found->get<std::string>();
    auto parsed = records::parse_json(out.args_text, kMaxCommandBytes);
    if (!parsed) return tl::unexpected(parsed.error().within("\"args\""));
    out.args = std::move(*parsed);
  } else {
    if (found != body.end()) out.args = *found;
    // Writers disagree about how a fraction is written.
    if (has_floats(out.args)) return fail("\"args\": fractions only in args that are text");
    out.args_text = out.args.dump();
  }
  if (!out.args.is_object()) return fail("\"args\": an object, or the text of one, expected");
  return {};
}

Status read_times(const nlohmann::json& body, CommandMessage& out) {
  auto issued = text_member(body, "issued");
  if (!issued) return tl::unexpected(issued.error());
  auto expires = text_member(body, "expires");
  if (!expires) return tl::unexpected(expires.error());
  const auto from = parse_rfc3339(*issued);
  const auto until = parse_rfc3339(*expires);
  if (!from || !until) return fail("\"issued\" and \"expires\": RFC 3339 times expected");
  out.issued_text = std::move(*issued);
  out.expires_text = std::move(*expires);
  out.issued = *from;
  out.expires = *until;
  return {};
}

}  // namespace

Result<CommandMessage> parse_command(std::string_view name, const std::string& payload) {
  const auto body = records::parse_json(payload, kMaxCommandBytes);
  if (!body) return tl::unexpected(body.error());
  if (!body->is_object()) return fail("an object expected");
  CommandMessage out;
  out.name = name;
  auto id = text_member(*body, "id");
  if (!id) return tl::unexpected(id.error());
  if (id->empty() || id->size() > kMaxIdBytes || id->find_first_not_of(kIdCharacters) != std::string::npos)
    return fail("\"id\": 1 to {} of A-Z a-z 0-9 . _ - expected", kMaxIdBytes);
  out.id = std::move(*id);
  if (auto read = read_times(*body, out); !read) return tl::unexpected(read.error());
  if (auto read = read_args(*body, out); !read) return tl::unexpected(read.error());
  if (body->contains("sig")) {
    auto signature = text_member(*body, "sig");
    if (!signature) return tl::unexpected(signature.error());
    out.signature = std::move(*signature);
  }
  return out;
}

std::string signed_bytes(const CommandMessage& command, std::string_view store, std::string_view gateway) {
  std::string out(kSignedAs);
  for (const std::string_view part : {store, gateway, std::string_view(command.name), std::string_view(command.id),
                                      std::string_view(command.issued_text), std::string_view(command.expires_text),
                                      std::string_view(command.args_text)}) {
    out.push_back('\0');
    out += part;
  }
  return out;
}

bool signature_holds(const CommandMessage& command, std::string_view store, std::string_view gateway,
                     const Ed25519Public& key) {
  const auto bytes = from_base64(command.signature);
  Ed25519Signature signature{};
  if (!bytes || bytes->size() != signature.size()) return false;
  std::ranges::copy(*bytes, signature.begin());
  return ed25519_verify(key, signed_bytes(command, store, gateway), signature);
}

std::string command_payload(CommandMessage command, std::string_view store, std::string_view gateway,
                            const std::optional<Ed25519Seed>& seed) {
  command.issued_text = format_rfc3339(command.issued);
  command.expires_text = format_rfc3339(command.expires);
  command.args_text = command.args.dump();
  Json out = {{"id", command.id}, {"issued", command.issued_text}, {"expires", command.expires_text}};
  // As text where it is signed: what arrives is then exactly what was signed.
  if (seed) {
    out["args"] = command.args_text;
    out["sig"] = to_base64(ed25519_sign(*seed, signed_bytes(command, store, gateway)));
  } else {
    out["args"] = Json::parse(command.args_text);
  }
  return out.dump();
}

std::string reply_done(const CommandMessage& command, Json result) {
  const Json out = {{"id", command.id}, {"name", command.name}, {"ok", true}, {"result", std::move(result)}};
  return out.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string reply_refused(const CommandMessage& command, std::string_view reason, std::string_view detail) {
  const Json out = {
      {"id", command.id}, {"name", command.name}, {"ok", false}, {"error", {{"reason", reason}, {"detail", detail}}}};
  return out.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace aisle::sync
