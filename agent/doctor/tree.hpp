// The system's files below a root, which is another one in tests: /proc, /sys, and what packages install.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace aisle::doctor {

class Tree {
 public:
  // `root`: put in front of every path; empty: the real ones.
  explicit Tree(std::string root = {}) : root_(std::move(root)) {}

  [[nodiscard]] std::string path(const std::string& absolute) const { return root_ + absolute; }
  [[nodiscard]] bool exists(const std::string& absolute) const;
  // At most 1 MiB; nothing where it is not there or may not be read.
  [[nodiscard]] std::optional<std::string> text(const std::string& absolute) const;
  // Without the white space and zeros behind it.
  [[nodiscard]] std::optional<std::string> line(const std::string& absolute) const;
  // Decimal.
  [[nodiscard]] std::optional<std::uint64_t> number(const std::string& absolute) const;
  // Names in a folder, sorted.
  [[nodiscard]] std::vector<std::string> names(const std::string& folder) const;
  // Where symbolic links lead, below the root; empty when nowhere.
  [[nodiscard]] std::string resolved(const std::string& absolute) const;

 private:
  std::string root_;
};

}  // namespace aisle::doctor
