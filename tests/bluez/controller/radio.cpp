#include "tests/bluez/controller/radio.hpp"

#include <algorithm>

#include "agent/model/advert.hpp"
#include "tests/bluez/controller/scan_duty.hpp"

namespace aisle::rig {
namespace {

constexpr std::size_t kMaxReports = 25;  // in one event

LeSubevent subevent(const ControllerOptions& options) {
  return options.extended ? LeSubevent::extended_report : LeSubevent::legacy_report;
}

}  // namespace

Radio::Radio(const ControllerOptions& options, const HciState& state, Send send)
    : options_(options),
      state_(state),
      send_(std::move(send)),
      random_(options.seed),
      loss_(options.loss),
      filter_(options.duplicate_filter),
      event_(subevent(options), std::clamp<std::size_t>(options.reports_per_event, 1, kMaxReports)) {}

Outcome Radio::hear(const Advertisement& advert, SteadyTime now) {
  const Outcome outcome = judge(advert, now);
  ++counts_.adverts[static_cast<std::size_t>(outcome)];
  if (outcome != Outcome::reported) return outcome;
  report({advert.address, advert.kind, false, advert.truncated, advert.rssi, advert.payload});
  if (state_.scan.active && answers_scan_request(advert.kind)) answer_scan_request(advert);
  return outcome;
}

Outcome Radio::judge(const Advertisement& advert, SteadyTime now) {
  if (!possible(advert)) return Outcome::impossible;
  if (!state_.scan.enabled) return Outcome::not_scanning;
  if (!in_the_air(now)) return Outcome::lost;
  if (state_.scan.accept_list_only &&
      std::find(state_.accept_list.begin(), state_.accept_list.end(), advert.address) == state_.accept_list.end()) {
    return Outcome::filtered;
  }
  if (!admitted(advert.address, false, advert.payload)) return Outcome::filtered;
  return muted_ ? Outcome::muted : Outcome::reported;
}

bool Radio::possible(const Advertisement& advert) const {
  if (advert.scan_response && advert.scan_response->size() > kMaxLegacyData) return false;
  if (advert.kind != PduKind::extended_nonconn) return advert.payload.size() <= kMaxLegacyData;
  return options_.extended && advert.payload.size() <= kMaxAdvertData;
}

bool Radio::in_the_air(SteadyTime now) {
  if (loss_ > 0 && random_.unit() < loss_) return false;
  return !options_.model_duty || scanner_hears(now - scan_start_, state_.scan.interval, state_.scan.window);
}

bool Radio::admitted(const Address& address, bool scan_response, ByteSpan data) {
  return !state_.scan.filter_duplicates || filter_.admit(address, scan_response, data);
}

void Radio::answer_scan_request(const Advertisement& advert) {
  if (!advert.scan_response && !options_.scan_responses) return;
  const ByteSpan data = advert.scan_response ? ByteSpan(*advert.scan_response) : ByteSpan();
  if (!admitted(advert.address, true, data)) return;
  ++counts_.scan_responses;
  report({advert.address, advert.kind, true, false, advert.rssi, data});
}

void Radio::report(const Report& report) {
  if (options_.extended) {
    for (const Bytes& fragment : encode_extended_report(report)) add(fragment);
  } else {
    add(encode_legacy_report(report));
  }
  if (event_.full()) flush();
}

void Radio::add(ByteSpan encoded) {
  if (event_.add(encoded)) return;
  flush();
  event_.add(encoded);
}

void Radio::flush() {
  if (!event_.empty()) send_(event_.take());
}

void Radio::follow_scan(SteadyTime now) {
  const bool anew = state_.scan.starts != starts_seen_;
  starts_seen_ = state_.scan.starts;
  if (anew) filter_.clear();
  if (state_.scan.enabled && !scanning_) scan_start_ = now;
  if (!state_.scan.enabled && scanning_) end_scan(now);
  scanning_ = state_.scan.enabled;
}

void Radio::stop(SteadyTime now) {
  if (scanning_) end_scan(now);
  scanning_ = false;
}

void Radio::end_scan(SteadyTime now) {
  counts_.scanning += now - scan_start_;
  event_.clear();
}

Duration Radio::scanning(SteadyTime now) const {
  return counts_.scanning + (scanning_ ? now - scan_start_ : Duration{0});
}

}  // namespace aisle::rig
