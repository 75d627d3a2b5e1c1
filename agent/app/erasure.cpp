#include "agent/app/erasure.hpp"

#include "ble/identity/crypto.hpp"

namespace aisle::app {
namespace {

constexpr std::size_t kMaxCustomerBytes = 256;
constexpr std::size_t kMinNonce = 16, kMaxNonce = 64;

}  // namespace

Result<EraseOrder> erase_order(const nlohmann::json& args) {
  const auto text = [&args](const char* name) {
    const auto found = args.find(name);
    return found != args.end() && found->is_string() ? found->get<std::string>() : std::string();
  };
  EraseOrder order;
  order.customer = text("customer_id");
  if (order.customer.empty() || order.customer.size() > kMaxCustomerBytes)
    return fail("\"customer_id\": 1 to {} bytes of text expected", kMaxCustomerBytes);
  auto nonce = from_hex(text("nonce"));
  if (!nonce || nonce->size() < kMinNonce || nonce->size() > kMaxNonce)
    return fail("\"nonce\": {} to {} bytes in hex expected", kMinNonce, kMaxNonce);
  order.nonce = std::move(*nonce);
  return order;
}

std::string receipt_of(const EraseOrder& order) {
  return to_hex(identity::hmac_sha256(order.nonce, std::as_bytes(std::span(order.customer))));
}

Json erased_data(const EraseOrder& order, const store::Erased& erased) {
  return {{"receipt", receipt_of(order)},
          {"counts",
           {{"records", erased.records},
            {"keys", erased.keys},
            {"orders", erased.orders},
            {"decisions", erased.decisions},
            {"visit_numbers", erased.visit_numbers},
            {"events", erased.outbox},
            {"dead_letters", erased.dead_letters}}}};
}

Event erased_event(UnixTime now, const EraseOrder& order, const store::Erased& erased, const std::string& signature) {
  Event event;
  event.type = "privacy.erased";
  event.time = now;
  event.durability = EventClass::ledger;
  event.data = erased_data(order, erased);
  event.data["signature"] = signature.empty() ? Json() : Json(signature);
  return event;
}

}  // namespace aisle::app
