// D-Bus properties and signals as plain values: what the rest of the module sees of the bus.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "agent/base/hex.hpp"

namespace aisle::bluez {

// A property's value. monostate: a D-Bus type that nothing here asks for, or one that was not as it should be.
using Value = std::variant<std::monostate,                  //
                           bool,                            // b
                           std::int64_t,                    // y n q i u x
                           std::string,                     // s o
                           std::vector<std::string>,        // as ao
                           std::map<std::uint16_t, Bytes>,  // a{qv} of ay
                           std::map<std::string, Bytes>>;   // a{sv} of ay

struct Property {
  std::string name;
  Value value;
};
using Properties = std::vector<Property>;

struct Interface {
  std::string name;
  Properties properties;
};
struct Object {
  std::string path;
  std::vector<Interface> interfaces;
};

struct PropertiesChanged {
  std::string path;
  std::string interface;
  Properties changed;
  std::vector<std::string> invalidated;
};
struct InterfacesAdded {
  Object object;
};
struct InterfacesRemoved {
  std::string path;
  std::vector<std::string> interfaces;
};
struct NameOwnerChanged {
  std::string name;
  std::string new_owner;  // empty: gone
};

struct Signal {
  std::string sender;  // the unique bus name, which the D-Bus daemon vouches for
  std::variant<std::monostate, PropertiesChanged, InterfacesAdded, InterfacesRemoved, NameOwnerChanged> body;
};

// A method's answer. Only the alternatives that the module's calls can produce.
using Reply = std::variant<std::monostate, std::string, std::vector<Object>>;

struct CallError {
  std::string name;  // as "org.bluez.Error.InProgress"
  std::string message;
};

}  // namespace aisle::bluez
