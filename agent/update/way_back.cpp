#include "agent/update/way_back.hpp"

#include <fcntl.h>
#include <sys/file.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <vector>

#include "agent/base/durable_file.hpp"
#include "agent/update/hand_over.hpp"

namespace aisle::update {
namespace {

namespace fs = std::filesystem;

constexpr const char* kLock = ".lock";
constexpr seconds kPatience{15};  // between attempts
constexpr int kAttempts = 3;

}  // namespace

WayBack::WayBack(const std::string& state_dir, std::string folder, System& system, const Log& log)
    : folder_(std::move(folder)), system_(system), log_(log), database_(state_dir, path(own::kDatabaseCopy)) {}

Result<std::optional<Fd>> WayBack::lock(const std::string& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) return fail("{}: {}", folder, error.message());
  const std::string path = folder + "/" + kLock;
  Fd lock(::open(path.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!lock) return fail("{}: {}", path, std::strerror(errno));
  if (::flock(lock.get(), LOCK_EX | LOCK_NB) == 0) return std::optional(std::move(lock));
  if (errno != EWOULDBLOCK) return fail("{}: {}", path, std::strerror(errno));
  return std::optional<Fd>();
}

Status WayBack::note(const Journal& journal) {
  return write_journal(path(own::kJournal), journal);
}

// A database that was not migrated holds what was recorded meanwhile, and the version before can read it.
bool WayBack::must_restore(const Journal& journal) {
  const auto schema = system_.schema();
  return !schema || *schema != journal.schema;
}

bool WayBack::is_back(const Journal& journal) {
  const auto installed = system_.installed();
  return installed && *installed == journal.before;
}

// Where dpkg says that it failed, the old one may be there all the same: by an attempt before, or with a trigger of
// another package that failed.
Status WayBack::install_old(const Journal& journal, int attempts) {
  for (int attempt = 1; !is_back(journal); ++attempt) {
    const auto installed = system_.install(path(own::kOld));
    if (installed || is_back(journal)) return {};
    if (attempt >= attempts) return tl::unexpected(installed.error().within("the way back failed"));
    system_.pause(kPatience);
  }
  return {};
}

Result<Outcome> WayBack::roll_back(Journal journal, std::string why, bool wait) {
  log_.warning("update {}: back to {}: {}", journal.command, journal.before, why);
  if (auto stopped = system_.stop(); !stopped) log_.warning("{}", stopped.error().message());
  Status ready;
  if (journal.step != Step::rolling_back) {
    // Decided while the new programs can be asked, and once.
    journal.restore = must_restore(journal);
    journal.step = Step::rolling_back;
    journal.why = std::move(why);
    make_room({own::kNew});
    // The journal says `installing`, which leads back here; but once the old programs are there they would be asked,
    // and say that the database is theirs.
    if (auto noted = note(journal); !noted && journal.restore) ready = noted;
  }
  // The recovery comes again, and a daemon of either version is better than none until then. What applies leaves both
  // to it: with the daemon it would be started too early, while we keep others out.
  if (ready) ready = install_old(journal, wait ? kAttempts : 1);
  if (!ready) {
    if (!wait) {
      if (auto started = system_.start(false); !started) log_.error("{}", started.error().message());
    }
    return tl::unexpected(ready.error());
  }
  make_room({own::kNew, own::kOld});
  if (journal.restore) {
    if (auto restored = database_.put_back(journal.after); !restored) return tl::unexpected(restored.error());
    // What is recorded from now on is not put back again.
    journal.restore = false;
    if (auto noted = note(journal); !noted) return tl::unexpected(noted.error());
  }
  if (auto started = system_.start(wait); !started) log_.error("{}", started.error().message());
  return finish({State::rolled_back, journal.command, journal.after, journal.why});
}

void WayBack::make_room(std::initializer_list<const char*> names) {
  std::error_code ignored;
  for (const char* name : names) fs::remove(path(name), ignored);
}

void WayBack::sweep() {
  constexpr std::array<std::string_view, 3> kStays = {kLock, names::kOutcome, own::kCarriedOut};
  std::error_code ignored;
  std::vector<fs::path> goes;
  for (const auto& entry : fs::directory_iterator(folder_, ignored)) {
    if (std::ranges::find(kStays, entry.path().filename().string()) == kStays.end()) goes.push_back(entry.path());
  }
  for (const auto& path : goes) fs::remove_all(path, ignored);
}

Result<Outcome> WayBack::finish(const Outcome& outcome) {
  // First: what is written next needs room, and without a journal nobody would remove them. Nothing goes back any more.
  database_.discard();
  make_room({own::kNew, own::kOld});
  if (auto written = write_outcome(path(names::kOutcome), outcome); !written) return tl::unexpected(written.error());
  if (auto removed = remove_durably(path(own::kJournal)); !removed) return tl::unexpected(removed.error());
  system_.forget_unit();
  sweep();
  log_.info("update {}: {}{}{}", outcome.command, to_string(outcome.state), outcome.why.empty() ? "" : ": ",
            outcome.why);
  return outcome;
}

Result<std::optional<Journal>> WayBack::interrupted() const {
  return read_journal(path(own::kJournal));
}

Result<Outcome> WayBack::recover() {
  const auto journal = interrupted();
  if (!journal) return tl::unexpected(journal.error());
  if (!*journal) return Outcome{};
  const Journal& was = **journal;
  switch (was.step) {
    case Step::prepared: {
      if (auto started = system_.start(false); !started) log_.error("{}", started.error().message());
      return finish({State::refused, was.command, was.after, "interrupted before anything was changed"});
    }
    case Step::confirmed:
      if (auto started = system_.start(false); !started) log_.error("{}", started.error().message());
      return finish({State::confirmed, was.command, was.after});
    case Step::installing:
      return roll_back(was, "interrupted before it was confirmed", false);
    case Step::rolling_back:
      return roll_back(was, was.why, false);
  }
  return Outcome{};
}

}  // namespace aisle::update
