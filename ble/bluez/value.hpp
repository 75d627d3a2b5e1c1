// D-Bus properties and signals as plain values: what the rest of the module sees of the bus. Texts and byte arrays are
// views into the message, which lives as long as the handler that is given them runs: one advert costs no copy of them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "agent/base/hex.hpp"

namespace aisle::bluez {

using Texts = std::vector<std::string_view>;
using CompanyData = std::vector<std::pair<std::uint16_t, ByteSpan>>;
using ServiceData = std::vector<std::pair<std::string_view, ByteSpan>>;

// A property's value. monostate: a D-Bus type that nothing here asks for, or one that was not as it should be.
using Value = std::variant<std::monostate,    //
                           bool,              // b
                           std::int64_t,      // y n q i u
                           std::string_view,  // s
                           Texts,             // as
                           CompanyData,       // a{qv} of ay
                           ServiceData>;      // a{sv} of ay

struct Property {
  std::string_view name;
  Value value;
};
using Properties = std::vector<Property>;

struct Interface {
  std::string_view name;
  Properties properties;
};
struct Object {
  std::string_view path;
  std::vector<Interface> interfaces;
};

struct PropertiesChanged {
  std::string_view path;
  std::string_view interface;
  Properties changed;
  Texts invalidated;
};
struct InterfacesAdded {
  Object object;
};
struct InterfacesRemoved {
  std::string_view path;
  Texts interfaces;
};
struct NameOwnerChanged {
  std::string_view name;
  std::string_view new_owner;  // empty: gone
};

struct Signal {
  std::string_view sender;  // the unique bus name, which the D-Bus daemon vouches for
  std::variant<std::monostate, PropertiesChanged, InterfacesAdded, InterfacesRemoved, NameOwnerChanged> body;
};

// A method's answer. Only the alternatives that the module's calls can produce.
using Reply = std::variant<std::monostate, std::string, std::vector<Object>>;

struct CallError {
  std::string name;  // as "org.bluez.Error.InProgress"
  std::string message;
};

}  // namespace aisle::bluez
