// The kernel's radio switch.
#pragma once

namespace aisle::rig {

class Rfkill {
 public:
  // Throws std::runtime_error where there is no /dev/rfkill.
  Rfkill();
  ~Rfkill();
  Rfkill(const Rfkill&) = delete;
  Rfkill& operator=(const Rfkill&) = delete;
  // All Bluetooth radios, softly.
  void block(bool on) const;

 private:
  int fd_;
};

}  // namespace aisle::rig
