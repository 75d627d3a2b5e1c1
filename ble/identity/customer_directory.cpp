#include "ble/identity/customer_directory.hpp"

#include <algorithm>
#include <utility>

namespace aisle::identity {
namespace {

// What a string or vector of strings allocates; short strings are held inline.
std::size_t allocated(const std::string& text) {
  return text.capacity() > std::string().capacity() ? text.capacity() + 1 : 0;
}
std::size_t allocated(const std::vector<std::string>& texts) {
  std::size_t sum = texts.capacity() * sizeof(std::string);
  for (const std::string& text : texts) sum += allocated(text);
  return sum;
}
std::size_t allocated(const Customer& c) {
  std::size_t sum = allocated(c.id) + allocated(c.language) + allocated(c.segments) + allocated(c.interests) +
                    allocated(c.list) + c.devices.capacity() * sizeof(aisle::Device) +
                    c.static_ids.capacity() * sizeof(StaticId);
  for (const auto* consent : {&c.proximity, &c.offers, &c.analytics}) {
    if (*consent) sum += allocated((*consent)->ref);
  }
  return sum;
}

}  // namespace

void CustomerDirectory::upsert(Customer customer) {
  std::uint32_t slot = pool_.find(customer.id);
  if (slot == kNone) {
    slot = pool_.add(Entry{std::move(customer), false});
  } else {
    withdraw(slot);
    record_bytes_ -= allocated(pool_[slot].customer);
    pool_[slot].customer = std::move(customer);
  }
  record_bytes_ += allocated(pool_[slot].customer);
  if (!now_) return;
  const auto& consent = pool_[slot].customer.proximity;
  if (consent && consent->current(*now_)) enroll(slot);
  queue_.schedule(consent, slot, *now_);
}

bool CustomerDirectory::erase(std::string_view id) {
  const std::uint32_t slot = pool_.find(id);
  if (slot == kNone) return false;
  withdraw(slot);
  queue_.remove(slot);
  record_bytes_ -= allocated(pool_[slot].customer);
  pool_.erase(slot);
  return true;
}

void CustomerDirectory::clear() {
  for (std::uint32_t slot = 0; statics_ != nullptr && slot < pool_.slots(); ++slot) {
    if (!pool_.used(slot)) continue;
    for (const StaticId& id : pool_[slot].customer.static_ids) statics_->release(static_key(id), slot);
  }
  tokens_.release_all();
  pool_.clear();
  queue_.clear();
  sweep_ = kNone;
  enrolled_ = 0;
  record_bytes_ = 0;
}

const Customer* CustomerDirectory::find(std::string_view id) const {
  const std::uint32_t slot = pool_.find(id);
  return slot == kNone ? nullptr : &pool_[slot].customer;
}

bool CustomerDirectory::advance(UnixTime now) {
  const bool everybody = !now_ || queue_.before_a_past_change(now) || (sweeping() && now < *now_);
  now_ = now;
  if (!everybody) return false;
  queue_.forget_past();
  sweep_ = pool_.slots() == 0 ? kNone : 0;
  return true;
}

std::size_t CustomerDirectory::work(std::size_t count, std::vector<std::string>& ended) {
  std::size_t done = 0;
  for (; sweeping() && done < count; ++done) {
    if (pool_.used(sweep_)) reconsider(sweep_, ended);
    if (++sweep_ == pool_.slots()) sweep_ = kNone;
  }
  if (!now_) return done;
  for (; done < count; ++done) {
    const auto slot = queue_.take_due(*now_);
    if (!slot) break;
    reconsider(*slot, ended);
  }
  return done;
}

void CustomerDirectory::reconsider(std::uint32_t slot, std::vector<std::string>& ended) {
  const Entry& entry = pool_[slot];
  const bool current = entry.customer.proximity && entry.customer.proximity->current(*now_);
  if (current && !entry.enrolled) {
    enroll(slot);
  } else if (!current && entry.enrolled) {
    ended.push_back(entry.customer.id);
    withdraw(slot);
  }
  queue_.schedule(entry.customer.proximity, slot, *now_);
}

void CustomerDirectory::enroll(std::uint32_t slot) {
  Entry& entry = pool_[slot];
  entry.enrolled = true;
  ++enrolled_;
  for (const auto& device : entry.customer.devices) tokens_.claim(device.ordinal, slot, device.tx_offset_db);
  if (statics_ == nullptr) return;
  for (const StaticId& id : entry.customer.static_ids) statics_->claim(static_key(id), slot);
}

void CustomerDirectory::withdraw(std::uint32_t slot) {
  Entry& entry = pool_[slot];
  if (!entry.enrolled) return;
  entry.enrolled = false;
  --enrolled_;
  for (const auto& device : entry.customer.devices) {
    if (const auto left = tokens_.release(device.ordinal, slot)) give_device_to(*left, device.ordinal);
  }
  if (statics_ == nullptr) return;
  for (const StaticId& id : entry.customer.static_ids) statics_->release(static_key(id), slot);
}

void CustomerDirectory::give_device_to(std::uint32_t slot, std::uint32_t ordinal) {
  const auto& devices = pool_[slot].customer.devices;
  const auto found = std::ranges::find_if(devices, [&](const auto& device) { return device.ordinal == ordinal; });
  if (found != devices.end()) tokens_.set_tx_offset(ordinal, found->tx_offset_db);
}

}  // namespace aisle::identity
