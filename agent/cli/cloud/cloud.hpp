// A reference cloud: answers sync requests from files, pushes deltas when they change, prints the feed. On one loop.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "agent/base/log.hpp"
#include "agent/base/loop.hpp"
#include "agent/cli/cloud/cloud_dataset.hpp"
#include "agent/cli/cloud/feed_log.hpp"
#include "sync/core/transport.hpp"

namespace aisle::cloud {

struct CloudOptions {
  std::string prefix = "aisle/v1";
  std::string store;
  std::map<Dataset, std::string> files;
  std::optional<seal::BoxPublic> seal_for{};  // keys travel sealed for this gateway; none: packed
};

class Cloud final : private sync::TransportListener {
 public:
  // `print` is given each fresh event: its payload and the same parsed.
  using Print = std::function<void(const std::string& payload, const nlohmann::json& event)>;
  Cloud(CloudOptions options, Loop& loop, Random& random, sync::Transport& transport, Print print, const Log& log);
  // Loads every file, then connects. Error: a file that cannot be read.
  Status start();
  void stop(std::function<void()> done);
  [[nodiscard]] const FeedLog& feed() const { return feed_; }

 private:
  void on_connected(const sync::Connected& connected) override;
  void on_disconnected(const sync::Disconnected& why) override;
  void on_acknowledged(std::uint64_t token, int reason) override;
  void on_message(const sync::InMessage& message) override;
  void on_subscribed(const std::vector<std::pair<std::string, bool>>& granted) override;

  void on_event(const sync::InMessage& message);
  void on_request(const std::string& gateway, std::string_view dataset, const std::string& payload);
  void watch_files();
  void send(const std::string& topic, const nlohmann::json& message);

  CloudOptions options_;
  Loop& loop_;
  sync::Transport& transport_;
  Print print_;
  const Log& log_;
  std::map<Dataset, CloudDataset> datasets_;
  FeedLog feed_;
  std::uint64_t token_ = 0;
  bool connected_ = false;
  std::function<void()> stopped_;
  std::string last_trouble_;
};

}  // namespace aisle::cloud
