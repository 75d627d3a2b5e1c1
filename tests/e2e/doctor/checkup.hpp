// `aislectl doctor` on a site, and what it must say of a thing that is broken.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "tests/e2e/site.hpp"

namespace aisle::e2e {

struct Checkup {
  int exit = -1;
  std::string errors;
  std::map<std::string, json> checks;  // by id

  [[nodiscard]] std::string state(const std::string& id) const;
  // It fails, says this of it, and names a fix with that in it.
  void expect_failure(const std::string& id, const std::string& said, const std::string& fix) const;
};

// `system`: the root of /proc, /sys and the like; empty: the machine's own.
[[nodiscard]] Checkup checkup(const Site& site, const std::string& system = {});

}  // namespace aisle::e2e
