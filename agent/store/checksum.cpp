#include "agent/store/checksum.hpp"

#include "agent/base/crc32c.hpp"

namespace aisle::store {
namespace {

// With its length, so that no byte can move from one field to the next.
void add(Crc32c& crc, const std::string& text) {
  crc.add(static_cast<std::uint64_t>(text.size())).add(text);
}

}  // namespace

std::uint32_t checksum(const OutboxEvent& event, std::uint64_t passed) {
  Crc32c crc;
  add(crc, event.epoch);
  add(crc, event.type);
  add(crc, event.payload);
  crc.add(event.sequence).add(static_cast<std::uint64_t>(event.recorded_ms)).add(event.ledger ? 1U : 0U).add(passed);
  return crc.value();
}

std::uint32_t checksum(const Draft& draft) {
  Crc32c crc;
  add(crc, draft.epoch);
  add(crc, draft.type);
  add(crc, draft.boot);
  add(crc, draft.body);
  crc.add(draft.sequence).add(static_cast<std::uint64_t>(draft.boot_us)).add(draft.ledger ? 1U : 0U);
  return crc.value();
}

}  // namespace aisle::store
