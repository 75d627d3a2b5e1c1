#include "agent/records/static_id.hpp"

namespace aisle::records {
namespace {

constexpr Words<AssetKind, 4> kKinds = {{{"staff", AssetKind::staff},
                                         {"trolley", AssetKind::trolley},
                                         {"sensor", AssetKind::sensor},
                                         {"reference", AssetKind::reference}}};

void read_asset(Fields& fields, Asset& out) {
  fields.text("id", out.id, Need::required);
  fields.choice("kind", out.kind, kKinds, Need::required);
  EidKey eid;
  const auto read_eid = [&](Fields& entry) {
    entry.secret("key", eid.key);
    entry.integer("k", eid.k, 0, 15, Need::required);
  };
  if (fields.object("eid", Need::optional, read_eid)) out.eid = eid;
  Key128 irk{};
  if (fields.find("irk") != nullptr && fields.secret("irk", irk)) out.irk = irk;
  StaticId static_id;
  if (fields.object("static", Need::optional, [&](Fields& entry) { read_static_id(entry, static_id); }))
    out.static_id = static_id;
  if (!out.eid && !out.irk && !out.static_id) fields.fail_at("eid", "one of eid, irk and static expected");
  fields.text("zone", out.zone, Need::optional);
}

}  // namespace

Parsed<Asset> parse_asset(const nlohmann::json& record, const ParseContext& context) {
  return parse_record<Asset>(record_id(Dataset::assets, record), record, context, read_asset);
}

}  // namespace aisle::records
