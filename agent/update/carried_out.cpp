#include "agent/update/carried_out.hpp"

#include "agent/base/durable_file.hpp"
#include "agent/records/records.hpp"
#include "agent/update/folder.hpp"

namespace aisle::update {
namespace {

constexpr std::size_t kMaxFile = 4096;

}  // namespace

Status check_newer(const std::string& path, const sync::CommandMessage& command) {
  const auto text = read_if_there(path, kMaxFile);
  if (!text) return tl::unexpected(text.error());
  if (!*text) return {};
  const auto read = records::parse_json(**text, kMaxFile);
  const auto member = [&](const char* name) {
    const bool there = read && read->is_object() && read->contains(name) && (*read)[name].is_string();
    return there ? (*read)[name].get<std::string>() : std::string();
  };
  const auto issued = parse_rfc3339(member("issued"));
  if (!issued) return fail("{}: \"issued\": a time expected", path);
  if (member("id") == command.id) return fail("this command was carried out already");
  if (command.issued <= *issued)
    return fail("issued {}, not after {}, which was carried out already (issued {})", command.issued_text, member("id"),
                member("issued"));
  return {};
}

Status write_carried_out(const std::string& path, const sync::CommandMessage& command) {
  const Json out = {{"id", command.id}, {"issued", command.issued_text}};
  return write_durably(path, out.dump(), "");
}

}  // namespace aisle::update
