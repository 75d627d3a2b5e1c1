#include "tests/fakes/bluez/dbus_value.hpp"

#include <cerrno>

namespace aisle::fakes {
namespace {

// The first failure of a list of steps, else the last result.
template <class... Steps>
int all(const Steps&... steps) {
  int result = 0;
  const bool done = (((result = steps()) >= 0) && ...);
  return done ? 0 : result;
}

template <class Body>
int variant(sd_bus_message* m, const char* contents, const Body& body) {
  return all([&] { return sd_bus_message_open_container(m, 'v', contents); }, body,
             [&] { return sd_bus_message_close_container(m); });
}

int append_octets(sd_bus_message* m, const Octets& value) {
  return variant(m, "ay", [&] { return sd_bus_message_append_array(m, 'y', value.data(), value.size()); });
}

template <class Map, class Key>
int append_map(sd_bus_message* m, const Map& data, const char* array, const char* entry, const Key& key) {
  int result = sd_bus_message_open_container(m, 'a', array);
  for (const auto& item : data) {
    if (result < 0) return result;
    result = all([&] { return sd_bus_message_open_container(m, 'e', entry); }, [&] { return key(item.first); },
                 [&] { return append_octets(m, item.second); }, [&] { return sd_bus_message_close_container(m); });
  }
  return result < 0 ? result : sd_bus_message_close_container(m);
}

}  // namespace

DbusValue boolean(bool value) {
  return [value](sd_bus_message* m) { return sd_bus_message_append(m, "v", "b", static_cast<int>(value)); };
}

DbusValue int16(std::int16_t value) {
  return [value](sd_bus_message* m) { return sd_bus_message_append(m, "v", "n", static_cast<int>(value)); };
}

DbusValue text(std::string value) {
  return [value = std::move(value)](sd_bus_message* m) { return sd_bus_message_append(m, "v", "s", value.c_str()); };
}

DbusValue texts(std::vector<std::string> values) {
  return [values = std::move(values)](sd_bus_message* m) {
    return variant(m, "as", [&] {
      int result = sd_bus_message_open_container(m, 'a', "s");
      for (const auto& value : values) {
        if (result >= 0) result = sd_bus_message_append(m, "s", value.c_str());
      }
      return result < 0 ? result : sd_bus_message_close_container(m);
    });
  };
}

DbusValue octets(Octets value) {
  return [value = std::move(value)](sd_bus_message* m) { return append_octets(m, value); };
}

DbusValue by_company(std::map<std::uint16_t, Octets> data) {
  return [data = std::move(data)](sd_bus_message* m) {
    return variant(m, "a{qv}", [&] {
      return append_map(m, data, "{qv}", "qv",
                        [&](std::uint16_t key) { return sd_bus_message_append(m, "q", static_cast<int>(key)); });
    });
  };
}

DbusValue by_uuid(std::map<std::string, Octets> data) {
  return [data = std::move(data)](sd_bus_message* m) {
    return variant(m, "a{sv}", [&] {
      return append_map(m, data, "{sv}", "sv",
                        [&](const std::string& key) { return sd_bus_message_append(m, "s", key.c_str()); });
    });
  };
}

DbusValue by_company_wrong() {
  return [](sd_bus_message* m) { return sd_bus_message_append(m, "v", "a{qv}", 1, 76, "s", "no bytes"); };
}

int append_properties(sd_bus_message* m, const DbusProperties& properties) {
  int result = sd_bus_message_open_container(m, 'a', "{sv}");
  for (const auto& property : properties) {
    if (result < 0) return result;
    result = all([&] { return sd_bus_message_open_container(m, 'e', "sv"); },
                 [&] { return sd_bus_message_append(m, "s", property.first.c_str()); },
                 [&] { return property.second(m); }, [&] { return sd_bus_message_close_container(m); });
  }
  return result < 0 ? result : sd_bus_message_close_container(m);
}

}  // namespace aisle::fakes
