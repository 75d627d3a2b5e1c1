#include "agent/model/ids.hpp"
#include "agent/records/fields.hpp"

namespace aisle::records {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxCodes = 100'000;
constexpr Words<int, 4> kStates = {{{"placed", 0}, {"ready", 1}, {"collected", 2}, {"cancelled", 3}}};
constexpr Words<int, 3> kAssuranceWords = {{{"static", 0}, {"rotating", 1}, {"challenge", 2}}};

void read_lease(Fields& fields, Lease& out) {
  fields.text("id", out.id, Need::required);
  fields.text("offer_id", out.offer, Need::required);
  if (fields.text("gateway", out.gateway, Need::required) && !is_site_id(out.gateway))
    fields.fail_at("gateway", fmt::format("a gateway id expected, not {}", describe(out.gateway)));
  const bool units = fields.integer("units", out.units, 1, kMaxExact, Need::optional);
  const bool listed = fields.texts("codes", out.codes, kMaxCodes);
  if (units == listed) fields.fail_at(units ? "codes" : "units", "either units or codes expected");
  fields.integer("fence", out.fence, 0, kMaxExact, Need::required);
  fields.time("expires", out.expires, Need::required);
}

void read_stock(Fields& fields, std::string& id) {
  std::string text;
  std::int64_t quantity = 0;
  UnixTime time{};
  fields.text("sku", id, Need::required);
  // Below zero where more was sold than was counted.
  fields.integer("quantity", quantity, -kMaxExact, kMaxExact, Need::required);
  fields.time("as_of", time, Need::required);
  fields.text("zone", text, Need::optional);
}

void read_order(Fields& fields, std::string& id) {
  std::string text;
  int choice = 0;
  std::optional<UnixTime> due;
  fields.text("id", id, Need::required);
  fields.text("customer_id", text, Need::required);
  fields.choice("state", choice, kStates, Need::required);
  fields.text("pickup_zone", text, Need::optional);
  fields.time("due", due);
  fields.choice("min_assurance", choice, kAssuranceWords, Need::optional);
}

template <class T>
Parsed<std::string> id_of(const Parsed<T>& parsed, std::string id) {
  if (!parsed) return tl::unexpected(parsed.error());
  return id;
}

}  // namespace

Parsed<Lease> parse_lease(const json& record, const ParseContext& context) {
  return parse_record<Lease>(record_id(Dataset::leases, record), record, context, read_lease);
}

Parsed<std::string> check_other(Dataset dataset, const json& record, const ParseContext& context) {
  const std::string id = record_id(dataset, record);
  switch (dataset) {
    case Dataset::leases:
      return id_of(parse_lease(record, context), id);
    case Dataset::inventory:
      return parse_record<std::string>(id, record, context, read_stock);
    case Dataset::orders:
      return parse_record<std::string>(id, record, context, read_order);
    case Dataset::offers:
      return id_of(parse_offer(record, context), id);
    case Dataset::customers:
      return id_of(parse_customer(record, context), id);
    case Dataset::assets:
      return id_of(parse_asset(record, context), id);
    case Dataset::keys:
      return id_of(parse_keys(record, context), id);
  }
  return tl::unexpected(RecordError{id, "", "no such dataset"});
}

std::string record_id(Dataset dataset, const json& record) {
  if (!record.is_object() || dataset == Dataset::keys) return {};
  const auto found = record.find(dataset == Dataset::inventory ? "sku" : "id");
  return found != record.end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace aisle::records
