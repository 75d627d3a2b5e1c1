#include "tests/unit/pipeline/pipeline_rig.hpp"

namespace aisle::pipeline {
namespace {

constexpr std::string_view kUuid = "0102030405060708090a0b0c0d0e0f10";

PipelineOptions options(const Clock* latency_clock) {
  PipelineOptions out;
  out.gateway = "g1";
  out.timezone = "Europe/Madrid";
  out.latency_clock = latency_clock;
  out.resolver.allow_static = true;
  out.presence.store = "s1";
  presence::ZoneSpec zone;
  zone.id = "coffee";
  zone.receivers = {presence::ZoneReceiver{GatewayId("g1")}};
  out.zones = {zone};
  return out;
}

}  // namespace

Stamp after(Duration offset) {
  return {SteadyTime{kStart.time_since_epoch() + offset}, kStart + offset};
}

Bytes ibeacon(std::uint16_t minor) {
  return from_hex(fmt::format("0201061aff4c000215{}0001{:04x}c5", kUuid, minor)).value();
}

Customer customer(const std::string& id, std::uint16_t minor) {
  Customer out;
  out.id = id;
  out.proximity = Consent{kStart - std::chrono::hours{24}, std::nullopt, "test"};
  out.offers = out.proximity;
  out.static_ids = {IBeaconId{from_hex_fixed<16>(kUuid).value(), 1, minor}};
  return out;
}

Offer offer(const std::string& id, Trigger trigger) {
  Offer out;
  out.id = id;
  out.version = 3;
  out.content["en"] = {"Latte", "Half price"};
  out.zones = {"coffee"};
  out.trigger = trigger;
  out.priority = 5;
  return out;
}

PipelineTest::PipelineTest(const Clock* latency_clock) {
  auto made = Pipeline::create(options(latency_clock));
  if (made) pipeline_ = std::move(*made);
  pipeline_->advance(after(Duration{0}));
}

void PipelineTest::hear(Duration offset, std::uint16_t minor, int rssi, SteadyTime arrived) {
  Advert advert;
  advert.at = after(offset);
  advert.address.random = true;
  advert.rssi = Dbm{static_cast<std::int8_t>(rssi)};
  advert.payload = Payload(ibeacon(minor));
  advert.arrived = arrived;
  pipeline_->on_item(advert);
}

void PipelineTest::hear_payload(Duration offset, Bytes payload) {
  Advert advert;
  advert.at = after(offset);
  advert.rssi = Dbm{-50};
  advert.payload = Payload(payload);
  pipeline_->on_item(advert);
}

void PipelineTest::hear_steadily(seconds from, seconds to, std::uint16_t minor) {
  for (seconds at = from; at < to; at += seconds{2}) hear(at, minor);
}

std::vector<Event> PipelineTest::take() {
  last_ = pipeline_->take_output();
  return last_.events;
}

std::vector<std::string> PipelineTest::types(const std::vector<Event>& events) {
  std::vector<std::string> out;
  for (const auto& event : events) out.push_back(event.type);
  return out;
}

const Event* PipelineTest::find(const std::vector<Event>& events, const std::string& type) {
  for (const auto& event : events) {
    if (event.type == type) return &event;
  }
  return nullptr;
}

}  // namespace aisle::pipeline
