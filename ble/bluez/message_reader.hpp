// A received D-Bus message, read in place: what it gives are views into the message.
#pragma once

#include <systemd/sd-bus.h>

#include <cstdint>
#include <string_view>
#include <type_traits>

#include "agent/base/hex.hpp"

namespace aisle::bluez {

// Not thread-safe; does not own the message. After a failure everything reads as empty; `ok` is looked at once, at the
// end.
class MessageReader {
 public:
  explicit MessageReader(sd_bus_message* message) : message_(message) {}

  [[nodiscard]] bool ok() const { return ok_; }

  std::string_view text() { return basic<const char*>('s'); }
  std::string_view path() { return basic<const char*>('o'); }
  std::uint16_t u16() { return basic<std::uint16_t>('q'); }
  std::int16_t i16() { return basic<std::int16_t>('n'); }
  bool boolean() { return basic<int>('b') != 0; }
  // An array of y.
  ByteSpan bytes();
  void skip(const char* types) { check(sd_bus_message_skip(message_, types)); }

  // Calls `each` for every element of the array; it must consume it, or nothing at all.
  template <class Each>
  void for_each(const char* element, const Each& each) {
    if (!enter('a', element)) return;
    while (ok_ && sd_bus_message_at_end(message_, 0) == 0) each();
    exit();
  }
  // The same of the entries of a dictionary.
  template <class Each>
  void for_each_entry(const char* array, const char* entry, const Each& each) {
    for_each(array, [&] {
      if (!enter('e', entry)) return;
      each();
      exit();
    });
  }
  // Reads the variant with `read` where it holds `type`, else passes over it: false.
  template <class Read>
  bool variant(const char* type, const Read& read) {
    if (!ok_) return false;
    if (sd_bus_message_enter_container(message_, 'v', type) <= 0) {
      skip("v");
      return false;
    }
    read();
    exit();
    return ok_;
  }

 private:
  template <class T>
  T basic(char type) {
    T value{};
    check(ok_ ? sd_bus_message_read_basic(message_, type, &value) : 0);
    if constexpr (std::is_same_v<T, const char*>) return ok_ ? value : "";
    return ok_ ? value : T{};
  }
  // Nothing where something was expected is a failure, too.
  void check(int result) { ok_ = ok_ && result > 0; }
  bool enter(char type, const char* contents) {
    check(ok_ ? sd_bus_message_enter_container(message_, type, contents) : 0);
    return ok_;
  }
  void exit() { check(ok_ ? sd_bus_message_exit_container(message_) : 0); }

  sd_bus_message* message_;
  bool ok_ = true;
};

}  // namespace aisle::bluez
