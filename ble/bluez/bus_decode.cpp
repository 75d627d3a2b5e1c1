#include "ble/bluez/bus_decode.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "ble/bluez/message_reader.hpp"

namespace aisle::bluez {
namespace {

constexpr std::size_t kMaxElements = 256;     // of one array property; an advert has room for fewer
constexpr std::size_t kMaxBytes = 1650;       // of one byte array: more than any AD structure holds
constexpr std::size_t kMaxObjects = 100'000;  // of one GetManagedObjects answer
constexpr std::size_t kMaxText = 512;         // longer strings are no UUID, address or path of ours
constexpr const char* kObjectManager = "org.freedesktop.DBus.ObjectManager";

class Raw : public sdbus::Message {
 public:
  static sd_bus_message* of(const sdbus::Message& message) {
    return static_cast<sd_bus_message*>(message.*(&Raw::msg_));
  }
};

std::string_view read_text(MessageReader& in) {
  const auto text = in.text();
  return text.size() > kMaxText ? std::string_view() : text;
}

Texts read_texts(MessageReader& in) {
  Texts out;
  in.for_each("s", [&] {
    const auto text = in.text();
    if (out.size() < kMaxElements && text.size() <= kMaxText) out.push_back(text);
  });
  return out;
}

// Of a{qv} or a{sv} one entry, whose key was read; left out where its variant is no byte array.
template <class Key>
void read_data(MessageReader& in, Key key, std::vector<std::pair<Key, ByteSpan>>& out) {
  ByteSpan data;
  if (!in.variant("ay", [&] { data = in.bytes(); }) || out.size() >= kMaxElements) return;
  out.emplace_back(key, data.first(std::min(data.size(), kMaxBytes)));
}

CompanyData read_companies(MessageReader& in) {
  CompanyData out;
  in.for_each_entry("{qv}", "qv", [&] { read_data(in, in.u16(), out); });
  return out;
}

ServiceData read_services(MessageReader& in) {
  ServiceData out;
  in.for_each_entry("{sv}", "sv", [&] { read_data(in, read_text(in), out); });
  return out;
}

// A property that somebody asks for, its type, and how that is read.
struct Known {
  std::string_view name;
  const char* type;
  Value (*read)(MessageReader& in);
};

Value text_value(MessageReader& in) {
  return read_text(in);
}
Value flag_value(MessageReader& in) {
  return in.boolean();
}

// The most frequent first.
constexpr std::array<Known, 9> kKnown = {{
    {"RSSI", "n", [](MessageReader& in) -> Value { return std::int64_t{in.i16()}; }},
    {"ManufacturerData", "a{qv}", [](MessageReader& in) -> Value { return read_companies(in); }},
    {"ServiceData", "a{sv}", [](MessageReader& in) -> Value { return read_services(in); }},
    {"UUIDs", "as", [](MessageReader& in) -> Value { return read_texts(in); }},
    {"Address", "s", &text_value},
    {"AddressType", "s", &text_value},
    {"Powered", "b", &flag_value},
    {"Discovering", "b", &flag_value},
    {"Modalias", "s", &text_value},
}};

void read_property(MessageReader& in, Properties& out) {
  const auto name = in.text();
  const auto* known =
      std::find_if(kKnown.begin(), kKnown.end(), [&](const Known& candidate) { return candidate.name == name; });
  if (known == kKnown.end()) return in.skip("v");
  Property property{known->name, {}};
  in.variant(known->type, [&] { property.value = known->read(in); });
  if (out.size() < kMaxElements) out.push_back(std::move(property));
}

Properties read_properties(MessageReader& in) {
  Properties out;
  out.reserve(4);  // what an advert changes
  in.for_each_entry("{sv}", "sv", [&] { read_property(in, out); });
  return out;
}

std::vector<Interface> read_interfaces(MessageReader& in) {
  std::vector<Interface> out;
  in.for_each_entry("{sa{sv}}", "sa{sv}", [&] {
    Interface one;
    one.name = read_text(in);
    if (one.name == "org.bluez.Device1" || one.name == "org.bluez.Adapter1") {
      one.properties = read_properties(in);
    } else {
      in.skip("a{sv}");
    }
    if (out.size() < kMaxElements) out.push_back(std::move(one));
  });
  return out;
}

Object read_object(MessageReader& in) {
  const auto path = in.path();
  return {path, read_interfaces(in)};
}

std::vector<Object> read_objects(MessageReader& in) {
  std::vector<Object> out;
  in.for_each_entry("{oa{sa{sv}}}", "oa{sa{sv}}", [&] {
    Object object = read_object(in);
    if (out.size() < kMaxObjects) out.push_back(std::move(object));
  });
  return out;
}

std::string_view or_empty(const char* text) {
  return text != nullptr ? text : "";
}

decltype(Signal::body) read_body(MessageReader& in, sd_bus_message* message) {
  const auto is = [message](const char* interface, const char* member) {
    return sd_bus_message_is_signal(message, interface, member) > 0;
  };
  if (is("org.freedesktop.DBus.Properties", "PropertiesChanged")) {
    PropertiesChanged body{or_empty(sd_bus_message_get_path(message)), read_text(in), read_properties(in), {}};
    body.invalidated = read_texts(in);
    return body;
  }
  if (is(kObjectManager, "InterfacesAdded")) return InterfacesAdded{read_object(in)};
  if (is(kObjectManager, "InterfacesRemoved")) {
    const auto removed = in.path();
    return InterfacesRemoved{removed, read_texts(in)};
  }
  if (is("org.freedesktop.DBus", "NameOwnerChanged")) {
    const auto name = read_text(in);
    in.text();  // the old owner
    return NameOwnerChanged{name, read_text(in)};
  }
  return std::monostate{};
}

}  // namespace

sd_bus_message* raw_of(const sdbus::Message& message) {
  return Raw::of(message);
}

std::optional<Signal> decode_signal(sd_bus_message* message) {
  MessageReader in(message);
  Signal signal{or_empty(sd_bus_message_get_sender(message)), {}};
  signal.body = read_body(in, message);
  if (!in.ok()) return std::nullopt;
  return signal;
}

std::optional<Reply> decode_reply(const sdbus::Message& message, ReplyKind kind) {
  MessageReader in(raw_of(message));
  Reply reply;
  if (kind == ReplyKind::text) reply = std::string(read_text(in));
  if (kind == ReplyKind::objects) reply = read_objects(in);
  if (!in.ok()) return std::nullopt;
  return reply;
}

}  // namespace aisle::bluez
