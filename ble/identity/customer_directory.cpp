#include "ble/identity/customer_directory.hpp"

#include <algorithm>

namespace aisle::identity {
void CustomerDirectory::upsert(const Customer& customer) {
  std::uint32_t slot = pool_.find(customer.id);
  if (slot == kNone) {
    slot = pool_.add(PackedCustomer(customer));
  } else {
    withdraw(slot);
    record_bytes_ -= pool_[slot].bytes();
    pool_[slot] = PackedCustomer(customer);
  }
  record_bytes_ += pool_[slot].bytes();
  if (!now_) return;
  if (customer.proximity && customer.proximity->current(*now_)) enroll(slot, customer);
  queue_.schedule(customer.proximity, slot, *now_);
}

bool CustomerDirectory::erase(std::string_view id) {
  const std::uint32_t slot = pool_.find(id);
  if (slot == kNone) return false;
  withdraw(slot);
  queue_.remove(slot);
  record_bytes_ -= pool_[slot].bytes();
  pool_.erase(slot);
  return true;
}

void CustomerDirectory::clear() {
  for (std::uint32_t slot = 0; statics_ != nullptr && slot < pool_.slots(); ++slot) {
    if (!pool_.used(slot)) continue;
    for (const StaticId& id : pool_[slot].unpack().static_ids) statics_->release(static_key(id), slot);
  }
  tokens_.release_all();
  pool_.clear();
  queue_.clear();
  sweep_ = kNone;
  enrolled_ = 0;
  record_bytes_ = 0;
}

const PackedCustomer* CustomerDirectory::find(std::string_view id) const {
  const std::uint32_t slot = pool_.find(id);
  return slot == kNone ? nullptr : &pool_[slot];
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
  const PackedCustomer& customer = pool_[slot];
  const auto proximity = customer.proximity();
  const bool current = proximity && proximity->current(*now_);
  if (current && !customer.enrolled()) {
    enroll(slot, customer.unpack());
  } else if (!current && customer.enrolled()) {
    ended.emplace_back(customer.id());
    withdraw(slot);
  }
  queue_.schedule(proximity, slot, *now_);
}

void CustomerDirectory::enroll(std::uint32_t slot, const Customer& customer) {
  pool_[slot].set_enrolled(true);
  ++enrolled_;
  for (const auto& device : customer.devices) tokens_.claim(device.ordinal, slot, device.tx_offset_db);
  if (statics_ == nullptr) return;
  for (const StaticId& id : customer.static_ids) statics_->claim(static_key(id), slot);
}

void CustomerDirectory::withdraw(std::uint32_t slot) {
  if (!pool_[slot].enrolled()) return;
  pool_[slot].set_enrolled(false);
  --enrolled_;
  const Customer customer = pool_[slot].unpack();
  for (const auto& device : customer.devices) {
    if (const auto left = tokens_.release(device.ordinal, slot)) give_device_to(*left, device.ordinal);
  }
  if (statics_ == nullptr) return;
  for (const StaticId& id : customer.static_ids) statics_->release(static_key(id), slot);
}

void CustomerDirectory::give_device_to(std::uint32_t slot, std::uint32_t ordinal) {
  const auto devices = pool_[slot].unpack().devices;
  const auto found = std::ranges::find_if(devices, [&](const auto& device) { return device.ordinal == ordinal; });
  if (found != devices.end()) tokens_.set_tx_offset(ordinal, found->tx_offset_db);
}

}  // namespace aisle::identity
