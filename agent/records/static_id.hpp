// Beacons that always send the same identifier, as customers and assets name them.
#pragma once

#include "agent/model/records.hpp"
#include "agent/records/fields.hpp"

namespace aisle::records {

// {"kind":"ibeacon","uuid","major","minor"} | {"kind":"altbeacon","id1","id2","id3"} |
// {"kind":"eddystone_uid","namespace","instance"}, with the unknown fields checked.
void read_static_id(Fields& fields, StaticId& out);

}  // namespace aisle::records
