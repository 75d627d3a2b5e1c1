#include "ble/bluez/bus_decode.hpp"

#include <algorithm>
#include <utility>

namespace aisle::bluez {
namespace {

constexpr std::size_t kMaxElements = 256;     // of one array property; an advert has room for fewer
constexpr std::size_t kMaxBytes = 1650;       // of one byte array: more than any AD structure holds
constexpr std::size_t kMaxObjects = 100'000;  // of one GetManagedObjects answer
constexpr std::size_t kMaxText = 512;         // longer strings are no UUID, address or path of ours

// What the variant at the cursor holds. Only where a variant is certain: sdbus-c++ 1.2 cannot peek at plain types.
std::string variant_signature(const sdbus::Message& message) {
#ifdef AISLE_SDBUS_2
  const auto type = message.peekType();
  return type.second != nullptr ? type.second : "";
#else
  std::string type;
  std::string contents;
  message.peekType(type, contents);
  return contents;
#endif
}

void skip_variant(sdbus::Message& message) {
  sdbus::Variant unused;
  message >> unused;
}

template <class T>
T read(sdbus::Message& message) {
  T value{};
  message >> value;
  return value;
}

std::string read_text(sdbus::Message& message) {
  auto text = read<std::string>(message);
  if (text.size() > kMaxText) text.clear();
  return text;
}

// Calls `each` for every element while the container lasts; it must consume the element.
template <class Each>
void for_each_entry(sdbus::Message& message, const char* array, const char* entry, const Each& each) {
  message.enterContainer(array);
  while (message.enterDictEntry(entry)) {
    each();
    message.exitDictEntry();
  }
  message.clearFlags();
  message.exitContainer();
}

template <class Element>
std::vector<std::string> read_texts(sdbus::Message& message) {
  std::vector<std::string> out;
  for (auto& text : read<std::vector<Element>>(message)) {
    if (out.size() < kMaxElements && text.size() <= kMaxText) out.emplace_back(std::move(text));
  }
  return out;
}

Bytes read_bytes(sdbus::Message& message) {
  const auto raw = read<std::vector<std::uint8_t>>(message);
  Bytes out(std::min(raw.size(), kMaxBytes));
  std::transform(raw.begin(), raw.begin() + static_cast<std::ptrdiff_t>(out.size()), out.begin(),
                 [](std::uint8_t octet) { return std::byte{octet}; });
  return out;
}

// a{qv} or a{sv} whose variants are byte arrays; other entries are left out.
template <class Key>
std::map<Key, Bytes> read_byte_map(sdbus::Message& message, const char* array, const char* entry) {
  std::map<Key, Bytes> out;
  for_each_entry(message, array, entry, [&] {
    Key key = read<Key>(message);
    if (variant_signature(message) != "ay") {
      skip_variant(message);
      return;
    }
    message.enterVariant("ay");
    Bytes bytes = read_bytes(message);
    message.exitVariant();
    if (out.size() < kMaxElements) out.emplace(std::move(key), std::move(bytes));
  });
  return out;
}

template <class Integer>
std::int64_t read_integer(sdbus::Message& message) {
  return static_cast<std::int64_t>(read<Integer>(message));
}

// The contents of a variant whose signature is known to be `signature`; false: not one of ours, nothing was read.
bool read_contents(sdbus::Message& message, const std::string& signature, Value& out) {
  const auto inside = [&](auto&& read_it) {
    message.enterVariant(signature.c_str());
    out = read_it();
    message.exitVariant();
    return true;
  };
  if (signature == "n") return inside([&] { return read_integer<std::int16_t>(message); });
  if (signature == "b") return inside([&] { return read<bool>(message); });
  if (signature == "s") return inside([&] { return read_text(message); });
  if (signature == "as") return inside([&] { return read_texts<std::string>(message); });
  if (signature == "a{qv}") return inside([&] { return read_byte_map<std::uint16_t>(message, "{qv}", "qv"); });
  if (signature == "a{sv}") return inside([&] { return read_byte_map<std::string>(message, "{sv}", "sv"); });
  if (signature == "y") return inside([&] { return read_integer<std::uint8_t>(message); });
  if (signature == "q") return inside([&] { return read_integer<std::uint16_t>(message); });
  if (signature == "i") return inside([&] { return read_integer<std::int32_t>(message); });
  if (signature == "u") return inside([&] { return read_integer<std::uint32_t>(message); });
  return false;
}

Properties read_properties(sdbus::Message& message) {
  Properties out;
  for_each_entry(message, "{sv}", "sv", [&] {
    Property property;
    property.name = read_text(message);
    if (!read_contents(message, variant_signature(message), property.value)) skip_variant(message);
    if (out.size() < kMaxElements) out.push_back(std::move(property));
  });
  return out;
}

std::vector<Interface> read_interfaces(sdbus::Message& message) {
  std::vector<Interface> out;
  for_each_entry(message, "{sa{sv}}", "sa{sv}", [&] {
    Interface interface;
    interface.name = read_text(message);
    interface.properties = read_properties(message);
    if (out.size() < kMaxElements) out.push_back(std::move(interface));
  });
  return out;
}

Object read_object(sdbus::Message& message) {
  Object object;
  object.path = read<sdbus::ObjectPath>(message);
  object.interfaces = read_interfaces(message);
  return object;
}

std::vector<Object> read_objects(sdbus::Message& message) {
  std::vector<Object> out;
  for_each_entry(message, "{oa{sa{sv}}}", "oa{sa{sv}}", [&] {
    Object object = read_object(message);
    if (out.size() < kMaxObjects) out.push_back(std::move(object));
  });
  return out;
}

}  // namespace

Signal decode_signal(sdbus::Message& message) {
  Signal signal;
  signal.sender = message.getSender();
  const std::string member = message.getMemberName();
  if (member == "PropertiesChanged") {
    PropertiesChanged body;
    body.path = message.getPath();
    body.interface = read_text(message);
    body.changed = read_properties(message);
    body.invalidated = read_texts<std::string>(message);
    signal.body = std::move(body);
  } else if (member == "InterfacesAdded") {
    signal.body = InterfacesAdded{read_object(message)};
  } else if (member == "InterfacesRemoved") {
    InterfacesRemoved body;
    body.path = read<sdbus::ObjectPath>(message);
    body.interfaces = read_texts<std::string>(message);
    signal.body = std::move(body);
  } else if (member == "NameOwnerChanged") {
    NameOwnerChanged body;
    body.name = read_text(message);
    read_text(message);  // the old owner
    body.new_owner = read_text(message);
    signal.body = std::move(body);
  }
  return signal;
}

Reply decode_reply(sdbus::Message& message, ReplyKind kind) {
  switch (kind) {
    case ReplyKind::text:
      return read_text(message);
    case ReplyKind::objects:
      return read_objects(message);
    case ReplyKind::nothing:
      break;
  }
  return std::monostate{};
}

}  // namespace aisle::bluez
