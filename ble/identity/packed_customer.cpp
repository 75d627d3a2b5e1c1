#include "ble/identity/packed_customer.hpp"

#include <malloc.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

// Layout: a byte of flags | id | proximity, offers, analytics | devices | tier | language | segments | interests | list
// | static ids. Numbers in base 128, lowest digits first, the top bit set where more follow; texts and lists after
// their size; times as 8 bytes of microseconds, absent where the flags say so.
namespace aisle::identity {
namespace {

constexpr unsigned kEnrolled = 1U;
constexpr std::array<unsigned, 3> kGranted = {2U, 4U, 8U};
constexpr std::array<unsigned, 3> kExpires = {16U, 32U, 64U};
constexpr std::size_t kUsual = 256;  // more than most records take

using Consents = std::array<const std::optional<Consent>*, 3>;
Consents consents_of(const Customer& customer) {
  return {&customer.proximity, &customer.offers, &customer.analytics};
}

class Packer {
 public:
  Packer() { out_.reserve(kUsual); }
  void byte(unsigned value) { out_.push_back(static_cast<std::byte>(value)); }
  void number(std::uint64_t value) {
    for (; value >= 128; value >>= 7U) byte(static_cast<unsigned>(value & 127U) | 128U);
    byte(static_cast<unsigned>(value));
  }
  void bytes(const void* from, std::size_t size) {
    const auto* const begin = static_cast<const std::byte*>(from);
    out_.insert(out_.end(), begin, begin + size);
  }
  template <class T>
  void raw(const T& value) {
    bytes(&value, sizeof value);
  }
  void text(std::string_view text) {
    number(text.size());
    bytes(text.data(), text.size());
  }
  void texts(const std::vector<std::string>& all) {
    number(all.size());
    for (const std::string& one : all) text(one);
  }
  [[nodiscard]] std::unique_ptr<std::byte[]> take() const {
    std::unique_ptr<std::byte[]> data(new std::byte[out_.size()]);
    std::memcpy(data.get(), out_.data(), out_.size());
    return data;
  }

 private:
  std::vector<std::byte> out_;
};

// Only of what a Packer made.
class Unpacker {
 public:
  explicit Unpacker(const std::byte* at) : at_(at) {}
  unsigned byte() { return std::to_integer<unsigned>(*at_++); }
  std::uint64_t number() {
    std::uint64_t value = 0;
    for (unsigned shift = 0;; shift += 7) {
      const std::uint64_t digit = byte();
      value |= (digit & 127U) << shift;
      if (digit < 128) return value;
    }
  }
  template <class T>
  T raw() {
    T value{};
    std::memcpy(&value, at_, sizeof value);
    at_ += sizeof value;
    return value;
  }
  std::string_view text() {
    const auto size = static_cast<std::size_t>(number());
    const void* const begin = at_;
    at_ += size;
    return {static_cast<const char*>(begin), size};
  }
  std::vector<std::string> texts() {
    std::vector<std::string> all(static_cast<std::size_t>(number()));
    for (std::string& one : all) one = text();
    return all;
  }
  std::optional<Consent> consent(unsigned flags, std::size_t which) {
    if ((flags & kGranted[which]) == 0) return std::nullopt;
    Consent consent;
    consent.granted_at = UnixTime(Duration(raw<std::int64_t>()));
    if ((flags & kExpires[which]) != 0) consent.expires_at = UnixTime(Duration(raw<std::int64_t>()));
    return consent;
  }
  StaticId static_id() {
    const unsigned kind = byte();
    if (kind == 0) return raw<IBeaconId>();
    if (kind == 1) return raw<AltBeaconId>();
    return raw<EddystoneUid>();
  }

 private:
  const std::byte* at_;
};

std::int64_t since_epoch(UnixTime time) {
  return std::chrono::duration_cast<Duration>(time.time_since_epoch()).count();
}

unsigned flags_of(const Consents& consents) {
  unsigned flags = 0;
  for (std::size_t i = 0; i < consents.size(); ++i) {
    if (!*consents[i]) continue;
    flags |= kGranted[i] | ((*consents[i])->expires_at ? kExpires[i] : 0U);
  }
  return flags;
}

void pack_consent(Packer& packer, const std::optional<Consent>& consent) {
  if (!consent) return;
  packer.raw(since_epoch(consent->granted_at));
  if (consent->expires_at) packer.raw(since_epoch(*consent->expires_at));
}

}  // namespace

PackedCustomer::PackedCustomer(const Customer& customer) {
  Packer packer;
  packer.byte(flags_of(consents_of(customer)));
  packer.text(customer.id);
  for (const auto* consent : consents_of(customer)) pack_consent(packer, *consent);
  packer.number(customer.devices.size());
  for (const Device& device : customer.devices) {
    packer.number(device.ordinal);
    packer.raw(device.tx_offset_db);
  }
  packer.number(static_cast<std::uint32_t>(customer.tier));
  packer.text(customer.language);
  for (const auto* texts : {&customer.segments, &customer.interests, &customer.list}) packer.texts(*texts);
  packer.number(customer.static_ids.size());
  for (const StaticId& id : customer.static_ids) {
    packer.byte(static_cast<unsigned>(id.index()));
    std::visit([&](const auto& one) { packer.raw(one); }, id);
  }
  data_ = packer.take();
}

std::string_view PackedCustomer::id() const {
  return data_ == nullptr ? std::string_view() : Unpacker(data_.get() + 1).text();
}

std::optional<Consent> PackedCustomer::proximity() const {
  if (data_ == nullptr) return std::nullopt;
  Unpacker unpacker(data_.get());
  const unsigned flags = unpacker.byte();
  static_cast<void>(unpacker.text());
  return unpacker.consent(flags, 0);
}

Customer PackedCustomer::unpack() const {
  Customer customer;
  if (data_ == nullptr) return customer;
  Unpacker unpacker(data_.get());
  const unsigned flags = unpacker.byte();
  customer.id = unpacker.text();
  customer.proximity = unpacker.consent(flags, 0);
  customer.offers = unpacker.consent(flags, 1);
  customer.analytics = unpacker.consent(flags, 2);
  customer.devices.resize(static_cast<std::size_t>(unpacker.number()));
  for (Device& device : customer.devices) {
    device.ordinal = static_cast<std::uint32_t>(unpacker.number());
    device.tx_offset_db = unpacker.raw<std::int8_t>();
  }
  customer.tier = static_cast<int>(static_cast<std::uint32_t>(unpacker.number()));
  customer.language = unpacker.text();
  for (auto* texts : {&customer.segments, &customer.interests, &customer.list}) *texts = unpacker.texts();
  customer.static_ids.resize(static_cast<std::size_t>(unpacker.number()));
  for (StaticId& id : customer.static_ids) id = unpacker.static_id();
  return customer;
}

bool PackedCustomer::enrolled() const {
  return (std::to_integer<unsigned>(data_[0]) & kEnrolled) != 0;
}

void PackedCustomer::set_enrolled(bool enrolled) {
  const unsigned others = std::to_integer<unsigned>(data_[0]) & ~kEnrolled;
  data_[0] = static_cast<std::byte>(others | (enrolled ? kEnrolled : 0U));
}

std::size_t PackedCustomer::bytes() const {
  return data_ == nullptr ? 0 : malloc_usable_size(data_.get()) + sizeof(std::size_t);
}

}  // namespace aisle::identity
