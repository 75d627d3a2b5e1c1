// A cursor over the body of a received D-Bus message. Included by bus_decode.cpp only.
#pragma once

#include <systemd/sd-bus.h>

#include <cerrno>
#include <string_view>

#include "agent/base/hex.hpp"

namespace aisle::bluez {

// What it gives out lives as long as the message. The first failure is kept: after it nothing more is read, and values
// are empty.
class MessageReader {
 public:
  explicit MessageReader(sd_bus_message* message) : message_(message) {}

  [[nodiscard]] bool ok() const { return ok_; }

  // `type`: one of sd-bus's basic types of this size, as 'n'.
  template <class T>
  T basic(char type) {
    T value{};
    return note(sd_bus_message_read_basic(message_, type, &value)) ? value : T{};
  }
  // 's' or 'o'.
  std::string_view text(char type = 's') {
    const char* value = nullptr;
    return note(sd_bus_message_read_basic(message_, type, &value)) && value != nullptr ? value : std::string_view();
  }
  // ay
  ByteSpan bytes() {
    const void* data = nullptr;
    std::size_t size = 0;
    if (!note(sd_bus_message_read_array(message_, 'y', &data, &size))) return {};
    return {static_cast<const std::byte*>(data), size};
  }
  // The signature of the variant that comes next; empty: it is none.
  std::string_view variant() {
    char type = 0;
    const char* contents = nullptr;
    if (!note(sd_bus_message_peek_type(message_, &type, &contents))) return {};
    return type == 'v' && contents != nullptr ? contents : std::string_view();
  }
  void skip(const char* signature) { note(sd_bus_message_skip(message_, signature)); }

  // Calls `each` for every element of an array of `element`; it must consume the element.
  template <class Each>
  void for_each(const char* element, const Each& each) {
    if (!enter('a', element)) return;
    while (ok_ && sd_bus_message_at_end(message_, 0) == 0) each();
    leave();
  }
  // The same for the entries of a dictionary of `entry`, as "sv".
  template <class Each>
  void for_each_entry(const char* dictionary, const char* entry, const Each& each) {
    if (!enter('a', dictionary)) return;
    // Zero at the end.
    for (int entered = 1; ok_;) {
      entered = sd_bus_message_enter_container(message_, 'e', entry);
      if (!note(entered) || entered == 0) break;
      each();
      leave();
    }
    leave();
  }
  // Reads the variant that comes next with `read` if its signature is `contents`; false: it is not, nothing was read.
  // Cheaper than to ask for its signature first.
  template <class Read>
  bool if_variant(const char* contents, const Read& read) {
    if (!ok_) return true;
    const int entered = sd_bus_message_enter_container(message_, 'v', contents);
    if (entered == -ENXIO) return false;
    if (!note(entered == 0 ? -EBADMSG : entered)) return true;
    read();
    leave();
    return true;
  }

 private:
  bool note(int result) {
    ok_ = ok_ && result >= 0;
    return ok_;
  }
  bool enter(char type, const char* contents) {
    if (!ok_) return false;
    const int entered = sd_bus_message_enter_container(message_, type, contents);
    return note(entered == 0 ? -EBADMSG : entered);
  }
  void leave() {
    if (ok_) note(sd_bus_message_exit_container(message_));
  }

  sd_bus_message* message_;
  bool ok_ = true;
};

}  // namespace aisle::bluez
