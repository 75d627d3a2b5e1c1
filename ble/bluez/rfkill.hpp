// The kernel's radio switches, as sysfs shows them (Documentation/ABI/stable/sysfs-class-rfkill).
#pragma once

#include <string>

namespace aisle::bluez {

class Rfkill {
 public:
  // `folder`: /sys/class/rfkill, or another in tests.
  explicit Rfkill(std::string folder) : folder_(std::move(folder)) {}

  // How an adapter ("hci0") is blocked: "softly", "by a hardware switch", or empty when it is not or nobody knows.
  [[nodiscard]] std::string blocked(const std::string& adapter) const;

 private:
  std::string folder_;
};

}  // namespace aisle::bluez
