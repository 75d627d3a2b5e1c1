// What is installed, kept and taken back; and that a power cut at any moment leaves the old or the new, whole.
#include "tests/unit/update/machine.hpp"

#include <unistd.h>

#include <set>

namespace aisle::update {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
namespace fs = std::filesystem;

class InstallerTest : public ::testing::Test {
 protected:
  InstallerTest() { write(directory.file("state/aisle.db"), "old"); }

  void hand_over(const std::string& package, const sync::CommandMessage& command) const {
    write(directory.file("state/update/package.deb"), package);
    write(directory.file("state/update/ready.json"), to_text(command));
  }
  void hand_over(const std::string& package) const {
    hand_over(package, signed_command(package_args(package, package.substr(0, package.find(' ')))));
  }
  Installer installer() {
    return {{directory.file("state"), directory.file("own"), kTarget, trust}, machine, clock, log};
  }
  Outcome apply() {
    fs::create_directories(directory.file("own"));
    return installer().apply().value_or(Outcome{});
  }
  WayBack way_back() { return {directory.file("state"), directory.file("own"), machine, log}; }
  Outcome recover() { return way_back().recover().value_or(Outcome{}); }
  [[nodiscard]] std::string database() const { return text_of(directory.file("state/aisle.db")); }
  [[nodiscard]] bool left(const char* name) const { return fs::exists(directory.file(name)); }
  void expect_refused(const std::string& why) {
    const auto outcome = apply();
    EXPECT_EQ(outcome.state, State::refused);
    EXPECT_THAT(outcome.why, HasSubstr(why));
    EXPECT_EQ(machine.package, "1.0-1 good");
    EXPECT_TRUE(machine.runs);
    EXPECT_EQ(database(), "old");
    EXPECT_FALSE(left("state/update/ready.json"));
  }
  void expect_rolled_back(const std::string& package, const std::string& why) {
    hand_over(package);
    const auto outcome = apply();
    EXPECT_EQ(outcome.state, State::rolled_back) << outcome.why;
    EXPECT_THAT(outcome.why, HasSubstr(why));
    EXPECT_EQ(outcome.version, "2.0-1");
    EXPECT_EQ(machine.package, "1.0-1 good");
    EXPECT_TRUE(machine.runs);
    EXPECT_FALSE(left("own/journal.json"));
  }

  fakes::TempDir directory;
  Result<Trust> trust = Trust{ed25519_public(kSeed), "s1", "g1"};
  ManualClock clock{kNow};
  Log log{LogLevel::error};
  Machine machine{directory, clock};
};

TEST_F(InstallerTest, AHealthyOneIsKept) {
  hand_over("2.0-1 good");
  const auto outcome = apply();
  EXPECT_EQ(outcome.state, State::confirmed) << outcome.why;
  EXPECT_EQ(machine.package, "2.0-1 good");
  EXPECT_EQ(database(), "old+2.0-1");
  EXPECT_FALSE(machine.unit_kept);
  EXPECT_EQ(read_outcome(directory.file("own/outcome.json"))->command, "u-1");
  for (const char* name : {"own/journal.json", "own/database", "own/old.deb", "state/update/ready.json"})
    EXPECT_FALSE(left(name)) << name;
  EXPECT_EQ(apply().state, State::none);
  hand_over("2.0-1 good");
  EXPECT_THAT(apply().why, HasSubstr("already"));
}

TEST_F(InstallerTest, OneThatIsNotHealthyGoesBack) {
  expect_rolled_back("2.0-1 mute", "not healthy within 60 s: it does not answer");
  EXPECT_EQ(database(), "old+2.0-1+1.0-1") << "what the new one recorded stays";
}
TEST_F(InstallerTest, OneThatDoesNotStartGoesBack) {
  expect_rolled_back("2.0-1 dead", "systemctl");
}
TEST_F(InstallerTest, OneThatDpkgRefusesGoesBack) {
  expect_rolled_back("2.0-1 refused", "dpkg");
}
TEST_F(InstallerTest, OneThatStartsAgainAndAgainGoesBack) {
  expect_rolled_back("2.0-1 restarts", "run for long");
}
TEST_F(InstallerTest, OneThatLosesTheBrokerGoesBack) {
  expect_rolled_back("2.0-1 offline", "broker");
}
TEST_F(InstallerTest, AnotherVersionThanWasOfferedGoesBack) {
  expect_rolled_back("2.0-1 liar", "0.9 answers");
}

TEST_F(InstallerTest, WithoutABrokerBeforeNoneIsNeeded) {
  machine.broker = [] { return false; };
  hand_over("2.0-1 offline");
  EXPECT_EQ(apply().state, State::confirmed);
}

TEST_F(InstallerTest, ABrokerThatIsAwayForAMomentIsNeededAllTheSame) {
  const SteadyTime back = clock.steady() + seconds{70};
  machine.broker = [&] { return clock.steady() > back; };
  expect_rolled_back("2.0-1 offline", "broker");
}

TEST_F(InstallerTest, ABrokerThatIsThereForAMomentIsNotNeeded) {
  machine.broker = [&] { return clock.steady().time_since_epoch() % seconds{20} < seconds{10}; };
  hand_over("2.0-1 offline");
  EXPECT_EQ(apply().state, State::confirmed);
}

TEST_F(InstallerTest, AMigratedDatabaseGoesBackAndIsSetAside) {
  expect_rolled_back("2.0-1 migrates mute", "answer");
  EXPECT_EQ(database(), "old+1.0-1");
  EXPECT_FALSE(left("state/aisle.db-wal")) << "no log beside a database that is not its own";
  EXPECT_EQ(text_of(directory.file("state/aisle.db.of-2.0-1")), "old+migrated+2.0-1");
  EXPECT_TRUE(left("state/aisle.db.of-2.0-1-wal"));
}

TEST_F(InstallerTest, WhenTheNewOneSaysNothingOfItsSchemaTheDatabaseGoesBack) {
  expect_rolled_back("2.0-1 wordless dead", "systemctl");
  EXPECT_EQ(database(), "old+1.0-1");
}

TEST_F(InstallerTest, TheCommandAloneDecides) {
  const std::string package = "2.0-1 good";
  const auto args = package_args(package, "2.0-1");
  auto forged = signed_command(args);
  forged.args_text += " ";
  hand_over(package, forged);
  expect_refused("signature");
  hand_over(package + "!", signed_command(args));
  expect_refused("at most");
  hand_over("2.0-1 evil", signed_command(args));
  expect_refused("SHA-256");
  hand_over("0.9-1 good", signed_command(package_args("0.9-1 good", "0.9-1")));
  expect_refused("older than 1.0-1");
  hand_over(package, signed_command(package_args(package, "3.0-1")));
  expect_refused("not aisle-agent 3.0-1");
  auto later = args;
  later["rings"] = {3600, 7200};
  hand_over(package, signed_command(later));
  expect_refused("turn");
  clock.advance(seconds{8 * 86'400});
  hand_over(package, signed_command(args));
  expect_refused("expired");
}

// Whoever writes the configuration may call the gateway what they like.
TEST_F(InstallerTest, OnlyForTheGatewayThatRootHasNamed) {
  trust->gateway = "g2";
  hand_over("2.0-1 good");
  expect_refused("over a command to s1/g2; if the key or the gateway's name is a new one: sudo aislectl update trust");
  trust = fail("nobody has said");
  hand_over("2.0-1 good");
  expect_refused("nobody has said");
}

TEST_F(InstallerTest, OneThatIsGoodForLongIsRefused) {
  sync::CommandMessage command;
  command.name = kCommand;
  command.id = "u-1";
  command.issued = kNow;
  command.expires = kNow + seconds{8 * 86'400};
  command.args = package_args("2.0-1 good", "2.0-1");
  hand_over("2.0-1 good", *command_from(sync::command_payload(command, "s1", "g1", kSeed)));
  expect_refused("more than 7 days");
}

TEST_F(InstallerTest, ALinkIsNotFollowed) {
  write(directory.file("elsewhere"), "2.0-1 good");
  hand_over("2.0-1 good");
  fs::remove(directory.file("state/update/package.deb"));
  fs::create_symlink(directory.file("elsewhere"), directory.file("state/update/package.deb"));
  expect_refused("package.deb");
  EXPECT_TRUE(left("elsewhere"));
}

TEST_F(InstallerTest, WithoutAWayBackNothingIsChanged) {
  machine.altered = true;
  hand_over("2.0-1 good");
  expect_refused("no way back: altered");
  machine.altered = false;
  for (const char* place : {"own", "state"}) {
    machine.full = directory.file(place);
    hand_over("2.0-1 good");
    expect_refused("no room");
  }
}

TEST_F(InstallerTest, ADowngradeMustBeSigned) {
  auto args = package_args("0.9-1 good", "0.9-1");
  args["downgrade"] = true;
  hand_over("0.9-1 good", signed_command(args));
  EXPECT_EQ(apply().state, State::confirmed);
}

TEST_F(InstallerTest, WhileAnotherPackageManagerWorksTheDaemonIsNotStopped) {
  machine.busy = true;
  hand_over("2.0-1 good");
  expect_refused("another package manager");
  EXPECT_EQ(machine.log.find("stop"), std::string::npos);
}

TEST_F(InstallerTest, ACommandThatIsNotNewerThanTheOneCarriedOutIsRefused) {
  hand_over("2.0-1 mute");
  EXPECT_EQ(apply().state, State::rolled_back);
  const auto args = package_args("2.0-1 good", "2.0-1");
  hand_over("2.0-1 good", signed_command(args, "u-0", kNow));
  EXPECT_THAT(apply().why, HasSubstr("not after u-1"));
  hand_over("2.0-1 good", signed_command(args, "u-2", kNow + seconds{1}));
  EXPECT_EQ(apply().state, State::confirmed);
}

TEST_F(InstallerTest, WhatCannotBeReadIsNotTakenForNothing) {
  for (const char* name : {"own/journal.json", "own/carried_out.json"}) {
    hand_over("2.0-1 good");
    fs::create_directories(directory.file(name));
    EXPECT_NE(apply().state, State::confirmed) << name;
    EXPECT_EQ(machine.package, "1.0-1 good");
    fs::remove_all(directory.file(name));
  }
}

TEST_F(InstallerTest, ARefusalIsNotCarriedOut) {
  machine.full = directory.file("own");
  hand_over("2.0-1 good");
  expect_refused("no room");
  machine.full.clear();
  hand_over("2.0-1 good");
  EXPECT_EQ(apply().state, State::confirmed);
}

// Of 2.0-1, which was being tried.
class WayBackTest : public InstallerTest {
 protected:
  void interrupt() {
    machine.package = "2.0-1 good";
    write(directory.file("own/old.deb"), "1.0-1 good");
    write(directory.file("own/database/aisle.db"), "old");
    Journal journal;
    journal.step = Step::installing;
    journal.command = "u-1";
    journal.before = "1.0-1";
    journal.after = "2.0-1";
    journal.schema = 1;
    ASSERT_TRUE(write_journal(directory.file("own/journal.json"), journal));
    machine.unit_kept = true;
  }
};

TEST_F(WayBackTest, OneThatFailedLeavesTheDaemonRunningAndIsTriedAgain) {
  interrupt();
  machine.refused_installs = 1;
  EXPECT_FALSE(way_back().recover());
  EXPECT_TRUE(machine.runs);
  EXPECT_TRUE(left("own/old.deb"));
  EXPECT_EQ(recover().state, State::rolled_back);
  EXPECT_EQ(machine.package, "1.0-1 good");
}

TEST_F(WayBackTest, TheOldOneThatIsThereNeedNotBeInstalled) {
  interrupt();
  machine.refused_installs = 1;
  machine.whole_though_refused = true;
  EXPECT_EQ(recover().state, State::rolled_back);
  interrupt();
  machine.package = "1.0-1 good";
  machine.refused_installs = 1;
  EXPECT_EQ(recover().state, State::rolled_back);
  EXPECT_EQ(machine.refused_installs, 1) << "dpkg was not asked";
}

TEST_F(WayBackTest, ADatabaseThatIsBackIsNotPutBackAgain) {
  interrupt();
  machine.package = "2.0-1 migrates";
  fs::create_directories(directory.file("own/outcome.json/in the way"));
  EXPECT_FALSE(way_back().recover());
  EXPECT_EQ(database(), "old+1.0-1");
  fs::remove_all(directory.file("own/outcome.json"));
  EXPECT_EQ(recover().state, State::rolled_back);
  EXPECT_EQ(database(), "old+1.0-1+1.0-1");
}

TEST_F(WayBackTest, AMigratedDatabaseIsNotForgottenWhereNothingCanBeNoted) {
  interrupt();
  machine.package = "2.0-1 migrates";
  const std::string in_the_way = fmt::format("{}/.journal.json.{}", directory.file("own"), getpid());
  fs::create_directories(in_the_way);
  EXPECT_FALSE(way_back().recover());
  EXPECT_EQ(machine.package, "2.0-1 migrates") << "its programs are asked again";
  fs::remove_all(in_the_way);
  EXPECT_EQ(recover().state, State::rolled_back);
  EXPECT_EQ(database(), "old+1.0-1");
}

TEST_F(InstallerTest, WhatAPowerCutLeftGoes) {
  for (const char* name : {"own/.new.deb.123", "own/repack/usr/file", "own/.lock"}) write(directory.file(name), "");
  hand_over("2.0-1 good");
  EXPECT_EQ(apply().state, State::confirmed);
  std::set<std::string> names;
  for (const auto& entry : fs::directory_iterator(directory.file("own"))) names.insert(entry.path().filename());
  EXPECT_EQ(names, (std::set<std::string>{".lock", "carried_out.json", "outcome.json"}));
}

TEST_F(InstallerTest, OneInstallerAtATime) {
  {
    const auto first = WayBack::lock(directory.file("own"));
    ASSERT_TRUE(first && *first);
    const auto second = WayBack::lock(directory.file("own"));
    ASSERT_TRUE(second);
    EXPECT_FALSE(*second);
  }
  const auto third = WayBack::lock(directory.file("own"));
  EXPECT_TRUE(third && *third);
  write(directory.file("file"), "");
  EXPECT_FALSE(WayBack::lock(directory.file("file")));
}

TEST_F(InstallerTest, HalfACopyOfTheDatabaseIsNotLeft) {
  hand_over("2.0-1 good");
  bool half = true;
  machine.watch = [&](const std::string& call) {
    if (call == "stop") fs::create_symlink("nowhere", directory.file("state/aisle.db-wal"));
    if (call == "start") half = left("own/database") || left("own/new.deb");
  };
  EXPECT_THAT(apply().why, HasSubstr("aisle.db-wal"));
  EXPECT_FALSE(half) << "the daemon may have needed the room";
  EXPECT_TRUE(machine.runs);
}

TEST_F(InstallerTest, AnEndlessDatabaseDoesNotFillTheDisk) {
  hand_over("2.0-1 good");
  machine.watch = [&](const std::string& call) {
    if (call == "stop") fs::resize_file(directory.file("state/aisle.db"), 64U << 20U);
  };
  const auto outcome = apply();
  EXPECT_EQ(outcome.state, State::refused);
  EXPECT_THAT(outcome.why, HasSubstr("bytes expected"));
  EXPECT_FALSE(left("own/database"));
  EXPECT_TRUE(machine.runs);
}

// Cut off at the first of these calls while it is installed, and at the second while that is finished; what is left
// then.
class PowerCutTest : public InstallerTest {
 protected:
  // False: it ended before the first.
  bool play(const std::string& package, int first, int second) {
    for (const char* name : {"state", "own"}) fs::remove_all(directory.file(name));
    write(directory.file("state/aisle.db"), "old");
    machine = {directory, clock};
    hand_over(package);
    if (!cut([this] { apply(); }, first)) return false;
    bool begun = left("own/journal.json");
    if (cut([this] { recover(); }, second)) {
      begun = left("own/journal.json");
      recover();
    }
    if (!begun) machine.runs = true;  // as every boot does
    return true;
  }

 private:
  template <class Work>
  bool cut(Work work, int at) {
    machine.calls = 0;
    machine.cut_at = at;
    bool is_cut = false;
    try {
      work();
    } catch (const PowerCut&) {
      machine.runs = false;
      is_cut = true;
    }
    machine.cut_at = 0;
    return is_cut;
  }
};

TEST_F(PowerCutTest, AtAnyMomentTheOldOneIsLeftWholeUnlessTheNewOneWasConfirmed) {
  int cuts = 0;
  for (const std::string package : {"2.0-1 good", "2.0-1 migrates", "2.0-1 migrates mute"}) {
    // Behind the first calls it is only asked whether it is healthy, again and again.
    for (int first = 1; play(package, first, 0); first += first < 40 ? 1 : 31) {
      for (int second = 0; second < 8; second += 3, ++cuts) {
        ASSERT_TRUE(play(package, first, second));
        const auto where = fmt::format("{}, cut at {} and {}: {}", package, first, second, machine.log);
        ASSERT_EQ(machine.package, "1.0-1 good") << where;
        ASSERT_TRUE(machine.runs) << where;
        ASSERT_EQ(database().find("migrated"), std::string::npos) << where;
        ASSERT_FALSE(left("own/journal.json")) << where;
        ASSERT_FALSE(machine.unit_kept && machine.log.find("stop") != std::string::npos) << where;
      }
    }
  }
  EXPECT_GT(cuts, 100);
}

TEST_F(PowerCutTest, OneThatWasConfirmedStays) {
  fs::create_directories(directory.file("own"));
  machine.package = "2.0-1 good";
  Journal journal;
  journal.step = Step::confirmed;
  journal.command = "u-1";
  ASSERT_TRUE(write_journal(directory.file("own/journal.json"), journal));
  EXPECT_EQ(recover().state, State::confirmed);
  EXPECT_EQ(machine.package, "2.0-1 good");
  EXPECT_EQ(recover().state, State::none);
}

}  // namespace
}  // namespace aisle::update
