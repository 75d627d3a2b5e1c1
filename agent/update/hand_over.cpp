#include "agent/update/hand_over.hpp"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "agent/base/durable_file.hpp"
#include "agent/update/folder.hpp"

namespace aisle::update {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kMaxId = 64;

bool exists(const std::string& path) {
  std::error_code ignored;
  return fs::exists(path, ignored);
}

std::optional<sync::CommandMessage> read_command(const std::string& path) {
  const auto text = read_small_file(path, sync::kMaxCommandBytes);
  if (!text) return std::nullopt;
  auto command = command_from(*text);
  return command ? std::optional(*std::move(command)) : std::nullopt;
}

Outcome standing_of(State state, const sync::CommandMessage& command) {
  Outcome out{state, command.id};
  const auto order = parse_order(command.args);
  if (!order) return out;
  const auto package = order->packages.find(own_target());
  if (package != order->packages.end()) out.version = package->second.version;
  return out;
}

}  // namespace

std::string trust_path(const std::string& config_path) {
  return (fs::path(config_path).parent_path() / "update.key").string();
}

Status HandOver::offer(const sync::CommandMessage& command) {
  std::error_code error;
  fs::create_directories(folder_, error);
  if (error) return fail("{}: {}", folder_, error.message());
  if (auto removed = remove_durably(path(names::kOutcome)); !removed) return removed;
  return write_durably(path(names::kOffer), to_text(command), "");
}

std::optional<sync::CommandMessage> HandOver::waiting() const {
  return read_command(path(names::kOffer));
}

Status HandOver::request() {
  return rename_durably(path(names::kOffer), path(names::kRequest));
}

Outcome HandOver::requested() const {
  const auto command = read_command(path(names::kRequest));
  return command ? standing_of(State::fetching, *command) : Outcome{State::fetching};
}

Status HandOver::end(const Outcome& outcome) {
  if (auto written = write_outcome(path(names::kOutcome), outcome); !written) return written;
  if (auto removed = remove_durably(path(names::kPackage)); !removed) return removed;
  if (auto removed = remove_durably(path(names::kOffer)); !removed) return removed;
  return remove_durably(path(names::kRequest));
}

Result<Fd> HandOver::lock() const {
  Fd folder(::open(folder_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder) return fail("{}: {}", folder_, std::strerror(errno));
  if (::flock(folder.get(), LOCK_EX | LOCK_NB) != 0) return fail("{}: a download is at work", folder_);
  return folder;
}

Status HandOver::ready() {
  return rename_durably(path(names::kRequest), path(names::kReady));
}

Status HandOver::note_told(const std::string& command) const {
  return write_durably(path(names::kTold), command, "");
}

std::string HandOver::told() const {
  return read_small_file(path(names::kTold), kMaxId).value_or("");
}

Outcome HandOver::standing() const {
  struct Step {
    const char* name;
    State state;
  };
  for (const Step step : {Step{names::kReady, State::installing}, Step{names::kRequest, State::fetching},
                          Step{names::kOffer, State::waiting}}) {
    if (!exists(path(step.name))) continue;
    if (const auto command = read_command(path(step.name))) return standing_of(step.state, *command);
  }
  if (const auto own = read_outcome(path(names::kOutcome))) return *own;
  return read_outcome(root_folder_ + "/" + names::kOutcome).value_or(Outcome{});
}

}  // namespace aisle::update
