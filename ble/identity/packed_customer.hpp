// A customer's record in one piece of memory: 56 bytes for one of one device, where a Customer takes 430. Whoever keeps
// everybody keeps these.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>

#include "agent/model/records.hpp"

namespace aisle::identity {

class PackedCustomer {
 public:
  // Nobody: the id is empty.
  PackedCustomer() = default;
  explicit PackedCustomer(const Customer& customer);

  // Valid as long as the record is.
  [[nodiscard]] std::string_view id() const;
  [[nodiscard]] std::optional<Consent> proximity() const;
  // All of it but the references of the consents, which are the store's alone.
  [[nodiscard]] Customer unpack() const;

  // Room for a mark of whoever keeps it; not set in a new one. Not of nobody.
  [[nodiscard]] bool enrolled() const;
  void set_enrolled(bool enrolled);

  // Allocated.
  [[nodiscard]] std::size_t bytes() const;

 private:
  std::unique_ptr<std::byte[]> data_;
};

}  // namespace aisle::identity
