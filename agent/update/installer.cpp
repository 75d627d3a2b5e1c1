#include "agent/update/installer.hpp"

#include <optional>

#include "agent/base/durable_file.hpp"
#include "agent/base/sha256.hpp"
#include "agent/update/carried_out.hpp"
#include "agent/update/hand_over.hpp"

namespace aisle::update {
namespace {

constexpr const char* kPackageName = "aisle-agent";
constexpr seconds kSettled{15};  // a daemon that ends right after its start is not healthy
constexpr seconds kLook{1};
// A connection that was lost is made anew within [sync] retry_spread_s, a minute, and its name, TLS and login.
constexpr seconds kReconnects{120};
// Which is ours says the configuration, and the daemon waits for it. It is no word of root's, so what no ring has yet
// is all that is refused.
constexpr std::uint32_t kFirstRing = 0;
constexpr seconds kLongestLife{7 * 86'400};  // as the daemon has it
constexpr seconds kDrift{60};                // between the daemon's clock and ours
// A package unpacks to about four times its size; the rest is for the system.
constexpr std::uint64_t kUnpacked = 4, kSpare = 32U << 20U;
// What is recorded between the look at the database and the daemon's end; of what is spare.
constexpr std::uint64_t kGrowth = 16U << 20U;

// One process, and how long it has been as it should be.
class Run {
 public:
  bool has_settled(const std::string& epoch, SteadyTime now) {
    if (!since_ || epoch != epoch_) since_ = now;
    epoch_ = epoch;
    return now - *since_ >= kSettled;
  }
  void broke() { since_.reset(); }

 private:
  std::string epoch_;
  std::optional<SteadyTime> since_;
};

}  // namespace

Installer::Installer(InstallerOptions options, System& system, const Clock& clock, const Log& log)
    : options_(std::move(options)),
      system_(system),
      clock_(clock),
      log_(log),
      back_(options_.state_dir, options_.folder, system, log) {}

Result<Outcome> Installer::apply() {
  const auto interrupted = back_.interrupted();
  if (!interrupted) return tl::unexpected(interrupted.error());
  if (*interrupted) return back_.recover();
  const auto state = Folder::open(options_.state_dir);
  if (!state) return tl::unexpected(state.error());
  const auto hand_over = state->below(names::kFolder);
  if (!hand_over) return tl::unexpected(hand_over.error());
  if (!hand_over->has(names::kReady)) return Outcome{};

  // What can be known of it even if nothing of it is right.
  Outcome outcome{State::refused};
  if (const auto text = hand_over->read(names::kReady, sync::kMaxCommandBytes)) {
    if (const auto command = command_from(*text)) outcome.command = command->id;
  }
  const auto plan = examine(*hand_over);
  auto prepared = plan ? prepare(*plan) : tl::unexpected(plan.error());
  if (plan) outcome.version = plan->package.version;
  if (prepared) {
    outcome.state = State::installing;
    auto noted = back_.note(prepared->journal);
    if (noted) noted = write_carried_out(path(own::kCarriedOut), plan->command);
    if (!noted) prepared = tl::unexpected(noted.error());
  }
  if (!prepared) {
    outcome.state = State::refused;
    outcome.why = prepared.error().message();
    log_.warning("the update is refused: {}", outcome.why);
  }
  auto written = write_outcome(path(names::kOutcome), outcome);
  // Whoever looks next finds either the request or what became of it.
  for (const char* name : {names::kPackage, names::kReady}) {
    if (auto removed = hand_over->remove(name); !removed && written) written = removed;
  }
  if (!prepared) return written ? back_.finish(outcome) : tl::unexpected(written.error());
  if (!written) log_.warning("{}", written.error().message());
  return carry_out(*std::move(prepared));
}

Status Installer::check_time(const sync::CommandMessage& command, const Due& due) const {
  if (command.expires - command.issued > kLongestLife)
    return fail("it is good for more than {} days", kLongestLife.count() / 86'400);
  const UnixTime now = clock_.now();
  if (now > command.expires) return fail("the command has expired");
  if (now + kDrift < due.from) return fail("it is not the turn of the first ring yet");
  return {};
}

// The command is the cloud's own words, so it is judged by them alone.
Result<Installer::Plan> Installer::examine(const Folder& hand_over) {
  const auto text = hand_over.read(names::kReady, sync::kMaxCommandBytes);
  if (!text) return tl::unexpected(text.error());
  auto command = command_from(*text);
  if (!command) return tl::unexpected(command.error());
  if (!options_.trust) return tl::unexpected(options_.trust.error());
  const auto& [key, store, gateway] = *options_.trust;
  if (!sync::signature_holds(*command, store, gateway, key))
    return fail(
        "the signature is not by the key whose updates are installed here, over a command to {}/{}; if the key or the "
        "gateway's name is a new one: sudo aislectl update trust",
        store, gateway);
  if (auto newer = check_newer(path(own::kCarriedOut), *command); !newer) return tl::unexpected(newer.error());
  const auto order = parse_order(command->args);
  if (!order) return tl::unexpected(order.error());
  const auto due = due_for(*order, *command, {store, gateway, options_.target, kFirstRing});
  if (!due) return fail("{}: {}", due.error().reason, due.error().detail);
  if (auto timely = check_time(*command, *due); !timely) return tl::unexpected(timely.error());
  if (auto taken = take_package(hand_over, due->package); !taken) return tl::unexpected(taken.error());
  return Plan{*std::move(command), *order, due->package};
}

// What was compared is what is written to our folder, and nothing else is used.
Status Installer::take_package(const Folder& hand_over, const Package& package) {
  const auto bytes = hand_over.read(names::kPackage, package.bytes);
  if (!bytes) return tl::unexpected(bytes.error());
  if (bytes->size() != package.bytes || to_hex(sha256(*bytes)) != package.sha256)
    return fail("the package is not the one that the command names (SHA-256)");
  return write_durably(path(own::kNew), *bytes, "");
}

Status Installer::check_package(const Plan& plan, const std::string& installed) {
  const auto facts = system_.facts(path(own::kNew));
  if (!facts) return tl::unexpected(facts.error());
  if (facts->name != kPackageName || facts->architecture != own_architecture() ||
      facts->version != plan.package.version)
    return fail("the package is {} {} for {}, not {} {} for {}", facts->name, facts->version, facts->architecture,
                kPackageName, plan.package.version, own_architecture());
  if (facts->version == installed) return fail("{} is installed already", installed);
  if (!plan.order.downgrade && !system_.newer(facts->version, installed))
    return fail("{} is older than {}, which is installed, and the command does not allow that", facts->version,
                installed);
  return {};
}

Result<Installer::Prepared> Installer::prepare(const Plan& plan) {
  Journal out;
  out.command = plan.command.id;
  out.after = plan.package.version;
  out.confirm_within = plan.order.confirm_within;
  // While the daemon still runs; what the other one installs is looked at afterwards.
  if (auto free = system_.wait_for_packages(); !free) return tl::unexpected(free.error());
  const auto installed = system_.installed();
  if (!installed) return tl::unexpected(installed.error());
  out.before = *installed;
  if (auto fits = check_package(plan, out.before); !fits) return tl::unexpected(fits.error());
  // Before the database is looked at, which grows meanwhile.
  out.online = stays_online();
  const auto schema = system_.schema();
  if (!schema) return tl::unexpected(schema.error());
  out.schema = *schema;
  const auto database = back_.database().size();
  if (!database) return tl::unexpected(database.error());
  // The copy, and the one that a roll-back may set aside.
  const std::uint64_t needed = 2 * *database + 2 * kUnpacked * plan.package.bytes + kSpare;
  if (auto room = system_.room(needed, options_.folder); !room) return tl::unexpected(room.error());
  // It may be on another disk.
  if (auto room = system_.room(*database + kSpare, options_.state_dir); !room) return tl::unexpected(room.error());
  if (auto packed = system_.repack(path(own::kOld)); !packed)
    return tl::unexpected(packed.error().within("there would be no way back"));
  const auto back = system_.facts(path(own::kOld));
  if (!back) return tl::unexpected(back.error());
  if (back->version != out.before) return fail("the way back is {}, not {}", back->version, out.before);
  if (auto kept = system_.keep_program(path(own::kKeptProgram)); !kept) return tl::unexpected(kept.error());
  if (auto kept = system_.keep_unit(); !kept) return tl::unexpected(kept.error().within("there would be no recovery"));
  return Prepared{std::move(out), *database + kGrowth};
}

// As long as the new version will have to: a broker that is away for a moment, or back for one, decides nothing.
bool Installer::stays_online() {
  const SteadyTime ends = clock_.steady() + kReconnects;
  for (Run run; clock_.steady() < ends; system_.pause(kLook)) {
    const auto daemon = system_.daemon();
    if (!daemon || !daemon->online) {
      run.broke();
    } else if (run.has_settled(daemon->epoch, clock_.steady())) {
      return true;
    }
  }
  return false;
}

Result<Outcome> Installer::carry_out(Prepared prepared) {
  Journal journal = std::move(prepared.journal);
  log_.info("update {}: from {} to {}", journal.command, journal.before, journal.after);
  auto stopped = system_.stop();
  if (stopped) stopped = back_.database().take(prepared.database);
  if (stopped) {
    journal.step = Step::installing;
    stopped = back_.note(journal);
  }
  if (!stopped) {
    // The daemon needs the room more than half a copy.
    back_.database().discard();
    back_.make_room({own::kNew, own::kOld});
    if (auto started = system_.start(true); !started) log_.error("{}", started.error().message());
    return back_.finish({State::refused, journal.command, journal.after, stopped.error().message()});
  }
  if (const auto tried = try_new(journal); !tried)
    return back_.roll_back(std::move(journal), tried.error().message(), true);
  back_.make_room({own::kNew});
  journal.step = Step::confirmed;
  if (const auto noted = back_.note(journal); !noted)
    return back_.roll_back(std::move(journal), noted.error().message(), true);
  return back_.finish({State::confirmed, journal.command, journal.after});
}

Status Installer::try_new(const Journal& journal) {
  if (auto installed = system_.install(path(own::kNew)); !installed) return installed;
  if (auto started = system_.start(true); !started) return started;
  return wait_for_health(journal);
}

// Healthy: the new version answers, with the broker in reach if it was before, and stays the same process for a while.
Status Installer::wait_for_health(const Journal& journal) {
  const SteadyTime ends = clock_.steady() + journal.confirm_within;
  std::string trouble = "it does not answer";
  for (Run run; clock_.steady() < ends; system_.pause(kLook)) {
    const auto daemon = system_.daemon();
    if (daemon && daemon->version == upstream_of(journal.after) && (daemon->online || !journal.online)) {
      trouble = "it does not run for long";
      if (run.has_settled(daemon->epoch, clock_.steady())) return {};
      continue;
    }
    run.broke();
    if (!daemon) {
      trouble = "it does not answer";
    } else if (daemon->version != upstream_of(journal.after)) {
      trouble = fmt::format("version {} answers", daemon->version);
    } else {
      trouble = "it does not reach the broker, as the version before did";
    }
  }
  return fail("not healthy within {} s: {}", journal.confirm_within.count(), trouble);
}

}  // namespace aisle::update
