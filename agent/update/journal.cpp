#include "agent/update/journal.hpp"

#include <algorithm>
#include <array>

#include "agent/base/durable_file.hpp"
#include "agent/model/event.hpp"
#include "agent/records/records.hpp"
#include "agent/update/folder.hpp"

namespace aisle::update {
namespace {

constexpr std::array<std::string_view, 4> kSteps = {"prepared", "installing", "rolling_back", "confirmed"};
constexpr std::size_t kMaxJournal = 16U << 10U;

}  // namespace

Status write_journal(const std::string& path, const Journal& journal) {
  const Json out = {{"step", kSteps.at(static_cast<std::size_t>(journal.step))},
                    {"command", journal.command},
                    {"before", journal.before},
                    {"after", journal.after},
                    {"schema", journal.schema},
                    {"online", journal.online},
                    {"confirm_s", journal.confirm_within.count()},
                    {"restore", journal.restore},
                    {"why", journal.why}};
  return write_durably(path, out.dump(-1, ' ', false, Json::error_handler_t::replace), "");
}

Result<std::optional<Journal>> read_journal(const std::string& path) {
  const auto text = read_if_there(path, kMaxJournal);
  if (!text) return tl::unexpected(text.error());
  if (!*text) return std::optional<Journal>();
  const auto read = records::parse_json(**text, kMaxJournal);
  if (!read || !read->is_object()) return fail("{}: not the journal of an update", path);
  Journal out;
  const auto step = read->value("step", nlohmann::json());
  const auto found = std::find(kSteps.begin(), kSteps.end(), step.is_string() ? step.get<std::string>() : "");
  if (found == kSteps.end()) return fail("{}: an unknown step", path);
  out.step = static_cast<Step>(found - kSteps.begin());
  const auto text_of = [&](const char* name) {
    const auto member = read->find(name);
    return member != read->end() && member->is_string() ? member->get<std::string>() : std::string();
  };
  const auto number_of = [&](const char* name) {
    const auto member = read->find(name);
    return member != read->end() && member->is_number_integer() ? member->get<std::int64_t>() : 0;
  };
  out.command = text_of("command");
  out.before = text_of("before");
  out.after = text_of("after");
  out.why = text_of("why");
  out.schema = number_of("schema");
  out.confirm_within = seconds{number_of("confirm_s")};
  out.online = (*read)["online"] == true;
  out.restore = (*read)["restore"] == true;
  return std::optional(out);
}

}  // namespace aisle::update
