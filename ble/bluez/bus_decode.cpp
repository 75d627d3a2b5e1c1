#include "ble/bluez/bus_decode.hpp"

#include <algorithm>
#include <utility>

#include "ble/bluez/message_reader.hpp"

namespace aisle::bluez {
namespace {

constexpr std::size_t kMaxElements = 256;     // of one array property; an advert has room for fewer
constexpr std::size_t kMaxBytes = 1650;       // of one byte array: more than any AD structure holds
constexpr std::size_t kMaxObjects = 100'000;  // of one GetManagedObjects answer
constexpr std::size_t kMaxText = 512;         // longer strings are no UUID, address or path of ours

std::string bounded(std::string_view text) {
  return std::string(text.size() <= kMaxText ? text : std::string_view());
}

std::vector<std::string> read_texts(MessageReader& in, char type) {
  std::vector<std::string> out;
  const char element[] = {type, 0};
  in.for_each(element, [&] {
    const auto text = in.text(type);
    if (out.size() < kMaxElements && text.size() <= kMaxText) out.emplace_back(text);
  });
  return out;
}

std::uint16_t read_key(MessageReader& in, std::uint16_t) {
  return in.basic<std::uint16_t>('q');
}
std::string read_key(MessageReader& in, const std::string&) {
  return std::string(in.text());
}

// a{qv} or a{sv} whose variants are byte arrays; other entries are left out.
template <class Key>
std::map<Key, Bytes> read_byte_map(MessageReader& in, const char* dictionary, const char* entry) {
  std::map<Key, Bytes> out;
  in.for_each_entry(dictionary, entry, [&] {
    Key key = read_key(in, Key());
    const bool are_bytes = in.if_variant("ay", [&] {
      const ByteSpan bytes = in.bytes();
      const ByteSpan kept = bytes.first(std::min(bytes.size(), kMaxBytes));
      if (out.size() < kMaxElements) out.emplace(std::move(key), Bytes(kept.begin(), kept.end()));
    });
    if (!are_bytes) in.skip("v");
  });
  return out;
}

template <class Integer>
bool if_integer(MessageReader& in, char type, Value& out) {
  const char contents[] = {type, 0};
  return in.if_variant(contents, [&] { out = static_cast<std::int64_t>(in.basic<Integer>(type)); });
}

// Each reads a variant of the signature that it is named after; false: it is of another, nothing was read.
bool if_n(MessageReader& in, Value& out) {
  return if_integer<std::int16_t>(in, 'n', out);
}
bool if_as(MessageReader& in, Value& out) {
  return in.if_variant("as", [&] { out = read_texts(in, 's'); });
}
bool if_a_qv(MessageReader& in, Value& out) {
  return in.if_variant("a{qv}", [&] { out = read_byte_map<std::uint16_t>(in, "{qv}", "qv"); });
}
bool if_a_sv(MessageReader& in, Value& out) {
  return in.if_variant("a{sv}", [&] { out = read_byte_map<std::string>(in, "{sv}", "sv"); });
}

// What every advert brings, without asking for its signature.
bool read_expected(MessageReader& in, std::string_view name, Value& out) {
  if (name == "RSSI") return if_n(in, out);
  if (name == "ManufacturerData") return if_a_qv(in, out);
  if (name == "ServiceData") return if_a_sv(in, out);
  return name == "UUIDs" && if_as(in, out);
}

void read_any(MessageReader& in, Value& out) {
  const std::string_view contents = in.variant();
  bool read = false;
  if (contents == "b") read = in.if_variant("b", [&] { out = in.basic<int>('b') != 0; });
  if (contents == "s") read = in.if_variant("s", [&] { out = bounded(in.text()); });
  if (contents == "as") read = if_as(in, out);
  if (contents == "a{qv}") read = if_a_qv(in, out);
  if (contents == "a{sv}") read = if_a_sv(in, out);
  if (contents == "n") read = if_n(in, out);
  if (contents == "y") read = if_integer<std::uint8_t>(in, 'y', out);
  if (contents == "q") read = if_integer<std::uint16_t>(in, 'q', out);
  if (contents == "i") read = if_integer<std::int32_t>(in, 'i', out);
  if (contents == "u") read = if_integer<std::uint32_t>(in, 'u', out);
  if (!read) in.skip("v");
}

Properties read_properties(MessageReader& in) {
  Properties out;
  out.reserve(4);  // an advert changes few
  in.for_each_entry("{sv}", "sv", [&] {
    Property property;
    property.name = bounded(in.text());
    if (!read_expected(in, property.name, property.value)) read_any(in, property.value);
    if (out.size() < kMaxElements) out.push_back(std::move(property));
  });
  return out;
}

Object read_object(MessageReader& in) {
  Object object;
  object.path = in.text('o');
  in.for_each_entry("{sa{sv}}", "sa{sv}", [&] {
    Interface interface;
    interface.name = bounded(in.text());
    interface.properties = read_properties(in);
    if (object.interfaces.size() < kMaxElements) object.interfaces.push_back(std::move(interface));
  });
  return object;
}

std::vector<Object> read_objects(MessageReader& in) {
  std::vector<Object> out;
  in.for_each_entry("{oa{sa{sv}}}", "oa{sa{sv}}", [&] {
    Object object = read_object(in);
    if (out.size() < kMaxObjects) out.push_back(std::move(object));
  });
  return out;
}

std::string_view text_of(const char* text) {
  return text != nullptr ? text : std::string_view();
}

}  // namespace

std::optional<Signal> decode_signal(sd_bus_message* message) {
  MessageReader in(message);
  Signal signal;
  signal.sender = text_of(sd_bus_message_get_sender(message));
  const std::string_view member = text_of(sd_bus_message_get_member(message));
  if (member == "PropertiesChanged") {
    auto& body = signal.body.emplace<PropertiesChanged>();
    body.path = text_of(sd_bus_message_get_path(message));
    body.interface = bounded(in.text());
    body.changed = read_properties(in);
    body.invalidated = read_texts(in, 's');
  } else if (member == "InterfacesAdded") {
    signal.body = InterfacesAdded{read_object(in)};
  } else if (member == "InterfacesRemoved") {
    auto& body = signal.body.emplace<InterfacesRemoved>();
    body.path = in.text('o');
    body.interfaces = read_texts(in, 's');
  } else if (member == "NameOwnerChanged") {
    auto& body = signal.body.emplace<NameOwnerChanged>();
    body.name = bounded(in.text());
    in.skip("s");  // the old owner
    body.new_owner = bounded(in.text());
  }
  if (!in.ok()) return std::nullopt;
  return signal;
}

std::optional<Reply> decode_reply(sd_bus_message* message, ReplyKind kind) {
  MessageReader in(message);
  Reply reply;
  switch (kind) {
    case ReplyKind::text:
      reply = bounded(in.text());
      break;
    case ReplyKind::objects:
      reply = read_objects(in);
      break;
    case ReplyKind::nothing:
      break;
  }
  if (!in.ok()) return std::nullopt;
  return reply;
}

}  // namespace aisle::bluez
