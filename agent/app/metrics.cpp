#include "agent/app/metrics.hpp"

#include <fmt/format.h>

#include <string_view>
#include <utility>
#include <vector>

#include "agent/base/time.hpp"

namespace aisle::app {
namespace {

constexpr const char* kCounter = "counter";
constexpr const char* kGauge = "gauge";

struct Metric {
  const char* path;  // JSON pointer
  const char* name;  // after "aisle_"
  const char* type;
  const char* help;
};
// An object whose members differ by a label.
struct Family {
  Metric metric;
  const char* label;
};

constexpr Metric kOfStatus[] = {
    {"/clock_trusted", "clock_trusted", kGauge, "Whether the time is known"},
    {"/clock_jumps", "clock_jumps_total", kCounter, "Jumps of the system's clock"},
    {"/customers_usable", "customers_usable", kGauge, "Whether customers were confirmed lately enough to be resolved"},
    {"/queue/waiting", "queue_items", kGauge, "Adverts that wait for the core loop"},
    {"/queue/dropped", "queue_dropped_total", kCounter, "Adverts that found the queue full"},
    {"/adverts/adverts", "adverts_total", kCounter, "Adverts worked on"},
    {"/adverts/resolved", "adverts_resolved_total", kCounter, "Of a consenting customer or an asset"},
    {"/adverts/unresolved", "adverts_unresolved_total", kCounter, "Of nobody known"},
    {"/adverts/unknown", "adverts_unknown_total", kCounter, "Without a beacon that is understood"},
    {"/adverts/malformed", "adverts_malformed_total", kCounter, "With a decode error"},
    {"/identity/customers", "customers", kGauge, "Customers with proximity consent"},
    {"/identity/without_consent", "customers_without_consent", kGauge, "Customers without it"},
    {"/identity/keys", "day_keys", kGauge, "Day keys held"},
    {"/identity/assets", "assets", kGauge, "Assets"},
    {"/identity/bytes", "identity_bytes", kGauge, "Memory of the tables of who is who"},
    {"/presence/tracked", "presence_tracked", kGauge, "Customers whose place is followed"},
    {"/presence/visits_open", "visits_open", kGauge, "Visits that go on"},
    {"/presence/forgotten", "presence_forgotten_total", kCounter, "Customers forgotten by the bound"},
    {"/presence/unknown_receiver", "unknown_receiver_total", kCounter, "Sightings by gateways that no zone names"},
    {"/offers/offers", "offers", kGauge, "Offers in force"},
    {"/offers/decided", "offers_decided_total", kCounter, "Offers made, holdouts included"},
    {"/offers/holdouts", "offers_held_out_total", kCounter, "Of these, held out"},
    {"/offers/none", "offers_none_total", kCounter, "Questions without an offer"},
    {"/leases/units", "lease_units", kGauge, "Units of the leases held"},
    {"/leases/spent", "lease_units_spent", kGauge, "Of these, given out"},
    {"/events/sequence", "events_total", kCounter, "Events of this epoch"},
    {"/events/pending", "events_uncommitted", kGauge, "Events that are not on the disk yet"},
    {"/events/lost", "events_lost_total", kCounter, "Events that could not be stored"},
    {"/database/commits", "database_commits_total", kCounter, "Transactions"},
    {"/database/failed_commits", "database_failed_commits_total", kCounter, "Transactions that failed"},
    {"/sync/connects", "sync_connects_total", kCounter, "Connections to the broker"},
    {"/sync/disconnects", "sync_disconnects_total", kCounter, "Connections that ended"},
    {"/sync/in_flight", "sync_in_flight", kGauge, "Events published and not acknowledged"},
    {"/sync/published", "sync_published_total", kCounter, "Events published"},
    {"/sync/acknowledged", "sync_acknowledged_total", kCounter, "Events acknowledged"},
    {"/sync/resent", "sync_resent_total", kCounter, "Events published again"},
    {"/sync/refused", "sync_refused_total", kCounter, "Events that the broker refused for good"},
    {"/commands/received", "commands_received_total", kCounter, "Commands of the cloud"},
    {"/commands/executed", "commands_executed_total", kCounter, "Of these, carried out"},
    {"/commands/repeated", "commands_repeated_total", kCounter, "Of these, done before"},
    {"/records_refused", "records_refused_total", kCounter, "Records of datasets that were refused"}};

constexpr Metric kOfOutbox[] = {
    {"/rows", "outbox_events", kGauge, "Events that wait for the broker"},
    {"/bytes", "outbox_bytes", kGauge, "Their size"},
    {"/dead_letters", "outbox_dead_letters", kGauge, "Events that the broker has refused"},
    {"/damaged", "outbox_damaged", kGauge, "Events that the disk has altered"},
    {"/waiting_for_time", "outbox_waiting_for_time", kGauge, "Events that wait for the clock"}};

constexpr Metric kTimes[] = {
    {"/started", "start_timestamp_seconds", kGauge, "When the daemon started, on its clock"},
    {"/time", "clock_timestamp_seconds", kGauge, "The daemon's clock"},
    {"/certificate/until", "certificate_expiry_timestamp_seconds", kGauge, "When our client certificate expires"}};

constexpr Family kFamilies[] = {
    {{"/adverts/by_kind", "adverts_by_kind_total", kCounter, "Adverts by their first beacon"}, "kind"},
    {{"/adverts/refused_by", "adverts_refused_total", kCounter, "Adverts refused"}, "reason"},
    {{"/presence/zones", "customers_present", kGauge, "Customers in the zone"}, "zone"},
    {{"/offers/refused", "offers_refused_total", kCounter, "Refusals of offers by the first reason"}, "reason"},
    {{"/events/not_recorded", "events_not_recorded_total", kCounter, "Not made while the disk took nothing"}, "type"},
    {{"/commands/ignored", "commands_ignored_total", kCounter, "Commands ignored"}, "reason"},
    {{"/commands/refused", "commands_refused_total", kCounter, "Commands refused"}, "reason"},
    {{"/source/counters", "source_count", "untyped", "What the source counts, over all radios"}, "counter"}};

// Of each dataset.
constexpr Metric kOfDataset[] = {
    {"/count", "dataset_records", kGauge, "Records in force"},
    {"/gaps", "dataset_gaps_total", kCounter, "Gaps seen in the deltas"},
    {"/requests", "dataset_requests_total", kCounter, "Requests for changes"},
    {"/malformed", "dataset_malformed_total", kCounter, "Messages that were not understood"}};

using Labels = std::vector<std::pair<std::string_view, std::string>>;

class Page {
 public:
  void begin(const Metric& metric) { begin(metric.name, metric.type, metric.help); }
  void begin(std::string_view name, std::string_view type, std::string_view help) {
    name_ = fmt::format("aisle_{}", name);
    head_ = fmt::format("# HELP {0} {1}.\n# TYPE {0} {2}\n", name_, help, type);
  }
  void sample(const Json& value, const Labels& labels = {}) {
    if (value.is_boolean()) return put(value.get<bool>() ? "1" : "0", labels);
    if (value.is_number()) put(value.dump(), labels);
  }
  void time(const Json& value, const Labels& labels = {}) {
    const auto at = value.is_string() ? parse_rfc3339(value.get<std::string>()) : Result<UnixTime>(fail("no time"));
    if (at) put(fmt::format("{:.3f}", static_cast<double>(at->time_since_epoch().count()) / 1e6), labels);
  }
  [[nodiscard]] std::string text() { return std::move(text_); }

 private:
  // A family without a sample is not told of at all.
  void put(std::string_view value, const Labels& labels) {
    text_ += std::exchange(head_, {}) + name_;
    char before = '{';
    for (const auto& [label, text] : labels) {
      text_ += fmt::format("{}{}=\"{}\"", before, label, escaped(text));
      before = ',';
    }
    text_ += fmt::format("{} {}\n", labels.empty() ? "" : "}", value);
  }
  static std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
      if (c == '\\' || c == '"') out += '\\';
      out += c == '\n' ? std::string("\\n") : std::string(1, c);
    }
    return out;
  }

  std::string text_, head_, name_;
};

Json at(const Json& tree, const std::string& path) {
  const Json::json_pointer pointer(path);
  return tree.contains(pointer) ? tree.at(pointer) : Json();
}

std::string word(const Json& value) {
  return value.is_string() ? value.get<std::string>() : std::string();
}

void put_states(Page& page, const Json& status) {
  page.begin("info", kGauge, "Which gateway this is");
  page.sample(1, {{"version", word(at(status, "/version"))},
                  {"store", word(at(status, "/store"))},
                  {"gateway", word(at(status, "/gateway"))}});
  page.begin("source_state", kGauge, "The state of hearing, 1 for the one that holds");
  page.sample(1, {{"source", word(at(status, "/source/kind"))}, {"state", word(at(status, "/source/state"))}});
  page.begin("sync_state", kGauge, "The state of the connection to the broker, 1 for the one that holds");
  page.sample(1, {{"state", word(at(status, "/sync/state"))}});
  page.begin("sync_online", kGauge, "Whether it is online");
  page.sample(at(status, "/sync/state") == "online");
}

void put_families(Page& page, const Json& status) {
  for (const auto& family : kFamilies) {
    page.begin(family.metric);
    const Json members = at(status, family.metric.path);
    for (const auto& entry : members.items()) page.sample(entry.value(), {{family.label, entry.key()}});
  }
  page.begin("events_dropped_total", kCounter, "Events that will not be delivered");
  const Json dropped = at(status, "/events/dropped");
  for (const auto& reason : dropped.items()) {
    for (const auto& type : reason.value().items())
      page.sample(type.value(), {{"reason", reason.key()}, {"type", type.key()}});
  }
}

void put_latency(Page& page, const Json& status) {
  page.begin("decision_latency_microseconds", kGauge, "From the advert to the committed decision, of the latest ones");
  page.sample(at(status, "/decision_latency/p50_us"), {{"quantile", "0.5"}});
  page.sample(at(status, "/decision_latency/p99_us"), {{"quantile", "0.99"}});
}

// By number and receiver: an adapter may be named by its address.
void put_radios(Page& page, const Json& status) {
  const Json radios = at(status, "/source/radios");
  const auto labels = [&](std::size_t i) {
    return Labels{{"radio", std::to_string(i)}, {"receiver", word(at(radios[i], "/receiver"))}};
  };
  page.begin("radio_hearing", kGauge, "Whether the radio hears");
  for (std::size_t i = 0; i < radios.size(); ++i) page.sample(at(radios[i], "/state") == "hearing", labels(i));
  page.begin("radio_count", "untyped", "What the radio counts");
  for (std::size_t i = 0; i < radios.size(); ++i) {
    const Json counters = at(radios[i], "/counters");
    for (const auto& counter : counters.items()) {
      auto of = labels(i);
      of.emplace_back("counter", counter.key());
      page.sample(counter.value(), of);
    }
  }
}

void put_datasets(Page& page, const Json& status) {
  const Json datasets = at(status, "/datasets");
  for (const auto& metric : kOfDataset) {
    page.begin(metric);
    for (const auto& entry : datasets.items()) page.sample(at(entry.value(), metric.path), {{"dataset", entry.key()}});
  }
  page.begin("dataset_confirmed_timestamp_seconds", kGauge, "When the cloud last said that it is current");
  for (const auto& entry : datasets.items()) page.time(at(entry.value(), "/confirmed"), {{"dataset", entry.key()}});
}

}  // namespace

std::string metrics_text(const Json& status, const Json& outbox) {
  Page page;
  put_states(page, status);
  for (const auto& metric : kOfStatus) {
    page.begin(metric);
    page.sample(at(status, metric.path));
  }
  for (const auto& metric : kOfOutbox) {
    page.begin(metric);
    page.sample(at(outbox, metric.path));
  }
  for (const auto& metric : kTimes) {
    page.begin(metric);
    page.time(at(status, metric.path));
  }
  put_families(page, status);
  put_latency(page, status);
  put_radios(page, status);
  put_datasets(page, status);
  return page.text();
}

}  // namespace aisle::app
