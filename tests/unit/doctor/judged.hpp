// What a group of checks told, by id; and a tree of files to ask instead of the machine's.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <string>

#include "agent/doctor/finding.hpp"
#include "agent/doctor/tree.hpp"
#include "tests/fakes/process.hpp"
#include "tests/fakes/temp_dir.hpp"

namespace aisle::doctor {

inline void PrintTo(State state, std::ostream* out) {
  *out << to_string(state);
}

// Every finding that is wrong names a fix and a reason; none else names a fix.
inline void expect_whole(const Finding& finding) {
  const bool wrong = finding.state == State::warning || finding.state == State::failure;
  EXPECT_FALSE(finding.what.empty()) << finding.id;
  EXPECT_EQ(finding.fix.empty(), !wrong) << finding.id << ": " << finding.fix;
  if (wrong) {
    EXPECT_FALSE(finding.why.empty()) << finding.id;
  }
  for (const auto* text : {&finding.what, &finding.why, &finding.fix})
    EXPECT_EQ(text->find('\n'), std::string::npos) << finding.id;
}

template <class Facts>
std::map<std::string, Finding> judged(void (*judge)(const Facts&, const Tell&), const Facts& facts) {
  std::map<std::string, Finding> out;
  judge(facts, [&](Finding finding) {
    expect_whole(finding);
    const std::string id = finding.id;
    EXPECT_TRUE(out.emplace(id, std::move(finding)).second) << id << " twice";
  });
  return out;
}

inline State state_of(const Finding& finding) {
  expect_whole(finding);
  return finding.state;
}

class FakeTree {
 public:
  void write(const std::string& path, const std::string& text) const {
    std::filesystem::create_directories(std::filesystem::path(root() + path).parent_path());
    fakes::write_file(root() + path, text);
  }
  void link(const std::string& path, const std::string& target) const {
    std::filesystem::create_directories(std::filesystem::path(root() + path).parent_path());
    std::filesystem::create_symlink(target, root() + path);
  }
  [[nodiscard]] std::string root() const { return directory_.path().string(); }
  [[nodiscard]] Tree tree() const { return Tree(root()); }

 private:
  fakes::TempDir directory_;
};

}  // namespace aisle::doctor
