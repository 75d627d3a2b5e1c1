// A machine on which updates are installed: its packages are small texts, its files real ones. It may be cut off at any
// call, as by a power cut.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "agent/base/sha256.hpp"
#include "agent/update/hand_over.hpp"
#include "agent/update/installer.hpp"
#include "tests/fakes/temp_dir.hpp"

namespace aisle::update {

struct PowerCut {};

// The version of Debian and, behind a space, what is wrong with it.
class Machine final : public System {
 public:
  Machine(const fakes::TempDir& directory, ManualClock& clock) : directory_(&directory), clock_(&clock) {}

  Result<std::string> installed() override;
  Result<PackageFacts> facts(const std::string& package) override;
  bool newer(const std::string& version, const std::string& than) override { return version > than; }
  Status repack(const std::string& to) override;
  Status keep_program(const std::string& to) override;
  Status keep_unit() override;
  void forget_unit() override;
  Status room(std::uint64_t bytes, const std::string& beside) override;
  Status wait_for_packages() override;
  Status install(const std::string& package) override;
  Status stop() override;
  Status start(bool wait) override;
  std::optional<DaemonFacts> daemon() override;
  Result<std::int64_t> schema() override;
  void pause(seconds time) override { clock_->advance(time); }

  std::string package = "1.0-1 good";
  bool runs = true, altered = false;
  std::string full;                                    // a directory
  std::function<bool()> broker = [] { return true; };  // in reach
  bool busy = false;                                   // another package manager is at work
  int refused_installs = 0;                            // the next ones
  bool whole_though_refused = false;
  bool unit_kept = false;
  int calls = 0, cut_at = 0;  // 0: never
  std::string log;
  std::function<void(const std::string& call)> watch;

 private:
  void call(const char* what);
  [[nodiscard]] bool is(const char* trouble) const { return package.find(trouble) != std::string::npos; }

  const fakes::TempDir* directory_;
  ManualClock* clock_;
  int epochs_ = 0;
};

// RFC 8032, 7.1, TEST 2.
inline const Ed25519Seed kSeed =
    *parse_ed25519_seed("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb");
inline constexpr UnixTime kNow{seconds{1'800'000'000}};
// Elsewhere than on a Debian there is none of this machine.
inline const std::string kTarget = own_target().empty() ? "deb12_amd64" : own_target();

[[nodiscard]] std::string text_of(const std::string& path);
void write(const std::string& path, const std::string& text);
[[nodiscard]] nlohmann::json package_args(const std::string& package, const std::string& version);
[[nodiscard]] sync::CommandMessage signed_command(nlohmann::json args, const std::string& id = "u-1",
                                                  UnixTime issued = kNow);

}  // namespace aisle::update
