#include "agent/update/debian.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <thread>

#include "agent/base/durable_file.hpp"
#include "agent/control/client.hpp"
#include "agent/records/records.hpp"
#include "agent/update/folder.hpp"
#include "agent/update/kept_unit.hpp"
#include "agent/update/process.hpp"
#include "agent/update/repack.hpp"

namespace aisle::update {
namespace {

namespace fs = std::filesystem;

constexpr const char* kPackage = "aisle-agent";
constexpr const char* kUnit = "aisle-agent.service";
constexpr const char* kRecovery = "/lib/systemd/system/aisle-update-recover.service";
constexpr const char* kUnits = "/etc/systemd/system";
constexpr const char* kSelf = "/proc/self/exe";
constexpr const char* kProgram = "/usr/bin/aislectl";
constexpr const char* kPackagesGo = "/usr";
constexpr seconds kShort{60}, kDpkg{600}, kSystemd{180};
constexpr milliseconds kAnswer{3000};
// Another package manager at work: apt-daily may take some minutes.
constexpr int kLockTries = 40;
constexpr seconds kLockPause{15};
constexpr std::array kLocks = {"/var/lib/dpkg/lock-frontend", "/var/lib/dpkg/lock"};
constexpr int kDpkgTrouble = 2;
constexpr mode_t kProgramRights = 0700;

Status quiet(const Result<std::string>& output) {
  return output ? Status() : tl::unexpected(output.error());
}

std::string member(const nlohmann::json& object, const nlohmann::json::json_pointer& place) {
  return object.contains(place) && object[place].is_string() ? object[place].get<std::string>() : std::string();
}

// As apt and dpkg take it; one that cannot be opened is nobody's.
bool is_locked(const char* path) {
  const Fd file(::open(path, O_RDONLY | O_CLOEXEC));
  struct flock lock {};
  lock.l_type = F_WRLCK;
  return file && ::fcntl(file.get(), F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

}  // namespace

Result<std::string> DebianSystem::installed() {
  const auto told = output_of({"dpkg-query", "-W", "-f", "${db:Status-Status} ${Version}", kPackage}, kShort);
  if (!told) return tl::unexpected(told.error());
  constexpr std::string_view kWhole = "installed ";
  if (!told->starts_with(kWhole)) return fail("{} is not installed whole: \"{}\"", kPackage, *told);
  return told->substr(kWhole.size());
}

Result<PackageFacts> DebianSystem::facts(const std::string& package) {
  PackageFacts out;
  for (const auto& [field, into] : {std::pair{"Package", &out.name}, std::pair{"Version", &out.version},
                                    std::pair{"Architecture", &out.architecture}}) {
    auto told = output_of({"dpkg-deb", "-f", package, field}, kShort);
    if (!told) return tl::unexpected(told.error());
    *into = *std::move(told);
  }
  return out;
}

bool DebianSystem::newer(const std::string& version, const std::string& than) {
  const auto ended = run_program({"dpkg", "--compare-versions", version, "gt", than}, kShort, true);
  return ended && ended->code == 0;
}

Status DebianSystem::repack(const std::string& to) {
  return update::repack(kPackage, folder_ + "/repack", to);
}

Status DebianSystem::keep_program(const std::string& to) {
  std::ifstream self(kSelf, std::ios::binary);
  const std::string bytes(std::istreambuf_iterator<char>(self), {});
  if (!self && bytes.empty()) return fail("{} cannot be read", kSelf);
  if (auto written = write_durably(to, bytes, ""); !written) return written;
  if (chmod(to.c_str(), kProgramRights) != 0) return fail("{}: its rights cannot be set", to);
  const auto runs = output_of({to, "version"}, kShort);
  if (!runs) return tl::unexpected(runs.error().within("a copy of aislectl cannot be run there"));
  return {};
}

Status DebianSystem::keep_unit() {
  return update::keep_unit(kRecovery, kUnits);
}

void DebianSystem::forget_unit() {
  update::forget_unit(kUnits);
}

Status DebianSystem::room(std::uint64_t bytes, const std::string& beside) {
  for (const auto& place : {beside, std::string(kPackagesGo)}) {
    std::error_code error;
    const auto space = fs::space(place, error);
    if (error) return fail("{}: {}", place, error.message());
    if (space.available < bytes)
      return fail("{} MiB are free at {}, {} MiB are needed", space.available >> 20U, place, (bytes >> 20U) + 1);
  }
  return {};
}

Status DebianSystem::wait_for_packages() {
  for (int attempt = 1; std::ranges::any_of(kLocks, is_locked); ++attempt) {
    if (attempt == kLockTries) return fail("another package manager is at work");
    pause(kLockPause);
  }
  return {};
}

Status DebianSystem::install(const std::string& package) {
  const std::vector<std::string> command = {
      "dpkg", "--force-confold", "--force-confdef", "--force-downgrade", "--install", package};
  for (int attempt = 1;; ++attempt) {
    const auto ended = run_program(command, kDpkg, true);
    if (!ended) return tl::unexpected(ended.error());
    if (ended->code == 0) return {};
    const bool locked = ended->code == kDpkgTrouble && ended->output.find("lock") != std::string::npos;
    if (!locked || attempt == kLockTries)
      return fail("dpkg ended with {}: {}", ended->code, ended->output.substr(0, 600));
    pause(kLockPause);
  }
}

Status DebianSystem::stop() {
  return quiet(output_of({"systemctl", "stop", kUnit}, kSystemd));
}

Status DebianSystem::start(bool wait) {
  // A version that ended again and again leaves this behind.
  (void)run_program({"systemctl", "reset-failed", kUnit}, kShort, true);
  if (!wait) return quiet(output_of({"systemctl", "--no-block", "start", kUnit}, kSystemd));
  return quiet(output_of({"systemctl", "start", kUnit}, kSystemd));
}

std::optional<DaemonFacts> DebianSystem::daemon() {
  auto client = control::Client::connect(socket_);
  if (!client || *client == nullptr || !(*client)->ask({{"verb", "status"}})) return std::nullopt;
  const auto line = (*client)->next_line(kAnswer);
  if (!line || !*line || !(*line)->is_object()) return std::nullopt;
  const auto& status = **line;
  using Place = nlohmann::json::json_pointer;
  return DaemonFacts{member(status, Place("/version")), member(status, Place("/epoch")),
                     member(status, Place("/sync/state")) == "online"};
}

Result<std::int64_t> DebianSystem::schema() {
  const auto told = run_program({kProgram, "version", "--json"}, kShort, false);
  if (!told) return tl::unexpected(told.error());
  const auto read = records::parse_json(told->output);
  if (!read || !read->is_object() || !read->contains("schema") || !(*read)["schema"].is_number_integer())
    return fail("{} does not say which schema it knows", kProgram);
  return (*read)["schema"].get<std::int64_t>();
}

void DebianSystem::pause(seconds time) {
  std::this_thread::sleep_for(time);
}

}  // namespace aisle::update
