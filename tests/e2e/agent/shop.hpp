// A site with a real broker and a reference cloud that prints the feed.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "tests/e2e/site.hpp"
#include "tests/e2e/walk.hpp"
#include "tests/fakes/mosquitto_broker.hpp"

namespace aisle::e2e {

// Signs commands: RFC 8032, 7.1, TEST 2.
inline constexpr const char* kSeed = "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb";
inline constexpr const char* kPublic = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c";

// The broker keeps as many messages as there are and logs who subscribes.
[[nodiscard]] fakes::BrokerOptions patient_broker(bool persistence = false);

class Shop {
 public:
  explicit Shop(fakes::BrokerOptions options = patient_broker()) : broker(std::move(options)) {}

  // Configures for our broker and imports the walkers, their offers and a key.
  void stock(const Walk& walk, Settings setup = {}) const;
  // Only the files, for a cloud to serve: customers.jsonl, offers.jsonl, keys.jsonl, walk.jsonl.
  void write_files(const Walk& walk, Settings setup = {}) const;

  // Starts `aislectl cloud` and waits until it has subscribed; false if it does not. Its feed goes to feed.jsonl.
  [[nodiscard]] bool open_cloud(const std::vector<std::string>& more = {});
  // The same with the three files.
  [[nodiscard]] bool open_serving_cloud();
  void close_cloud() { cloud_ = {}; }
  [[nodiscard]] std::vector<json> feed() const { return parse_lines(fakes::read_file(site.file("feed.jsonl"))); }
  // Events of the feed of one type, as they came.
  [[nodiscard]] std::vector<json> feed_of(const std::string& type) const;
  // The last sync.applied of a dataset, or null.
  [[nodiscard]] json last_applied(const std::string& dataset) const;
  // The payload retained on the gateway's status topic; null when there is none.
  [[nodiscard]] json retained_status() const;

  Site site;
  fakes::MosquittoBroker broker;

 private:
  [[nodiscard]] std::size_t subscriptions() const;

  fakes::Process cloud_;
};

// What is the same in a replay and in the daemon's feed: visits, zones and offers in the order of their sequence, each
// with type, time and data but for the measured latency.
[[nodiscard]] std::vector<json> decisions_of(std::vector<json> events);

}  // namespace aisle::e2e
