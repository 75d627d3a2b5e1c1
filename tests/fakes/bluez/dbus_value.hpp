// D-Bus property values to send, right and wrong ones alike.
#pragma once

#include <systemd/sd-bus.h>

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace aisle::fakes {

using Octets = std::vector<std::uint8_t>;
// Appends itself to a message as one variant; a negative errno on failure.
using DbusValue = std::function<int(sd_bus_message*)>;
using DbusProperties = std::vector<std::pair<std::string, DbusValue>>;

DbusValue boolean(bool value);
DbusValue int16(std::int16_t value);
DbusValue text(std::string value);
DbusValue texts(std::vector<std::string> values);
DbusValue octets(Octets value);                              // ay
DbusValue by_company(std::map<std::uint16_t, Octets> data);  // a{qv}: ManufacturerData
DbusValue by_uuid(std::map<std::string, Octets> data);       // a{sv}: ServiceData
// a{qv} whose variant holds a string where bytes belong.
DbusValue by_company_wrong();

// a{sv}
int append_properties(sd_bus_message* message, const DbusProperties& properties);

}  // namespace aisle::fakes
