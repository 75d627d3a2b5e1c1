// The parts of an offer's record: when, for whom, how often, and what it gives.
#pragma once

#include "agent/model/records.hpp"
#include "agent/records/fields.hpp"

namespace aisle::records {

inline constexpr std::int64_t kTenYears = 3653LL * 86400;
inline constexpr std::int64_t kThirtyDays = 30LL * 86400;

void read_hours(Fields& fields, std::vector<HourRange>& out);
void read_days(Fields& fields, std::uint8_t& out);
void read_caps(Fields& fields, const Offer& offer, std::vector<Cap>& out);
void read_coupon(Fields& fields, std::optional<Coupon>& out);
// Keeps the canonical text.
void read_reward(Fields& fields, std::string& out);

}  // namespace aisle::records
