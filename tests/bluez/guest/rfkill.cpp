#include "tests/bluez/guest/rfkill.hpp"

#include <fcntl.h>
#include <linux/rfkill.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <string>

namespace aisle::rig {

Rfkill::Rfkill() : fd_(::open("/dev/rfkill", O_RDWR | O_CLOEXEC | O_NONBLOCK)) {
  if (fd_ < 0) throw std::runtime_error(std::string("/dev/rfkill: ") + std::strerror(errno));
}

Rfkill::~Rfkill() {
  ::close(fd_);
}

void Rfkill::block(bool on) const {
  rfkill_event event{};
  event.type = RFKILL_TYPE_BLUETOOTH;
  event.op = RFKILL_OP_CHANGE_ALL;
  event.soft = on ? 1 : 0;
  if (::write(fd_, &event, sizeof event) < 0)
    throw std::runtime_error(std::string("/dev/rfkill: ") + std::strerror(errno));
}

}  // namespace aisle::rig
