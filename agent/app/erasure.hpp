// The order to erase a customer, and the account of it.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "agent/base/hex.hpp"
#include "agent/model/event.hpp"
#include "agent/store/store.hpp"

namespace aisle::app {

struct EraseOrder {
  std::string customer;
  Bytes nonce;  // 16 to 64 bytes, known to who ordered it
};

// {"customer_id":…,"nonce":"hex"}. Error: what is expected.
[[nodiscard]] Result<EraseOrder> erase_order(const nlohmann::json& args);

// HMAC-SHA256(nonce, customer id), hex: says who it was only to those who know both.
[[nodiscard]] std::string receipt_of(const EraseOrder& order);
// {"receipt","counts":{…}}
[[nodiscard]] Json erased_data(const EraseOrder& order, const store::Erased& erased);
// `privacy.erased`; `signature`: of the command that ordered it, "" for none.
[[nodiscard]] Event erased_event(UnixTime now, const EraseOrder& order, const store::Erased& erased,
                                 const std::string& signature);

}  // namespace aisle::app
