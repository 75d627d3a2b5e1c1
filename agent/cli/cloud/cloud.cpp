#include "agent/cli/cloud/cloud.hpp"

namespace aisle::cloud {
namespace {

constexpr milliseconds kFileWatch{500};
constexpr milliseconds kReconnect{500};

// Splits "g1/sync/offers/request" below the store's prefix.
std::vector<std::string> levels(std::string_view rest) {
  std::vector<std::string> out;
  for (std::size_t at = 0; at <= rest.size();) {
    const auto slash = std::min(rest.find('/', at), rest.size());
    out.emplace_back(rest.substr(at, slash - at));
    at = slash + 1;
  }
  return out;
}

std::string shown(const nlohmann::json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "?";
}

}  // namespace

Cloud::Cloud(CloudOptions options, Loop& loop, Random& random, sync::Transport& transport, Print print, const Log& log)
    : options_(std::move(options)), loop_(loop), transport_(transport), print_(std::move(print)), log_(log) {
  for (const auto& file : options_.files)
    datasets_.emplace(file.first, CloudDataset(file.first, file.second, random, options_.seal_for));
  transport_.set_listener(this);
}

Status Cloud::start() {
  for (auto& entry : datasets_) {
    if (auto loaded = entry.second.load(); !loaded) return tl::unexpected(loaded.error());
  }
  transport_.connect(std::nullopt);
  loop_.after(kFileWatch, [this] { watch_files(); });
  return {};
}

void Cloud::stop(std::function<void()> done) {
  stopped_ = std::move(done);
  if (!connected_) return stopped_();
  transport_.disconnect();
}

void Cloud::on_connected(const sync::Connected&) {
  connected_ = true;
  last_trouble_.clear();
  const std::string base = options_.prefix + "/" + options_.store;
  transport_.subscribe({base + "/+/evt/#", base + "/+/status", base + "/+/sync/+/request", base + "/+/res/#"});
}

void Cloud::on_disconnected(const sync::Disconnected& why) {
  connected_ = false;
  if (stopped_) return stopped_();
  if (why.detail != last_trouble_) log_.warning("no broker: {}: {}", why.state, why.detail);
  last_trouble_ = why.detail;
  loop_.after(kReconnect, [this] {
    if (!stopped_) transport_.connect(std::nullopt);
  });
}

void Cloud::on_acknowledged(std::uint64_t, int reason) {
  if (reason >= 0x80) log_.warning("the broker refused a message with reason 0x{:02x}", reason);
}

void Cloud::on_subscribed(const std::vector<std::pair<std::string, bool>>& granted) {
  for (const auto& topic : granted) {
    if (!topic.second) log_.warning("the broker does not let us subscribe to {}", topic.first);
  }
}

void Cloud::on_message(const sync::InMessage& message) {
  const std::string base = options_.prefix + "/" + options_.store + "/";
  if (!message.topic.starts_with(base)) return;
  const auto parts = levels(std::string_view(message.topic).substr(base.size()));
  if (parts.size() >= 3 && parts[1] == "evt") {
    on_event(message);
  } else if (parts.size() == 4 && parts[1] == "sync" && parts[3] == "request") {
    on_request(parts[0], parts[2], message.payload);
  } else if (parts.size() == 2 && parts[1] == "status") {
    const auto status = nlohmann::json::parse(message.payload, nullptr, false);
    if (status.is_object())
      log_.info("gateway {} is {}{}{}", parts[0], shown(status, "state"), message.retain ? " (retained)" : "",
                status.contains("box_key") ? ", box key " + shown(status, "box_key") : "");
  }
}

void Cloud::on_event(const sync::InMessage& message) {
  const auto event = nlohmann::json::parse(message.payload, nullptr, false);
  switch (feed_.take(event, message.payload)) {
    case FeedLog::Seen::fresh:
      print_(message.payload, event);
      break;
    case FeedLog::Seen::altered:
      log_.error("an id came again with another payload: {}", message.payload);
      break;
    case FeedLog::Seen::malformed:
      log_.warning("no event of ours on {}", message.topic);
      break;
    case FeedLog::Seen::duplicate:
      break;
  }
}

void Cloud::on_request(const std::string& gateway, std::string_view dataset, const std::string& payload) {
  const auto wanted = parse_dataset(dataset);
  const auto request = nlohmann::json::parse(payload, nullptr, false);
  const auto it = wanted ? datasets_.find(*wanted) : datasets_.end();
  if (it == datasets_.end() || !request.is_object()) return;  // not served here: the gateway keeps what it has
  const std::string topic = fmt::format("{}/{}/{}/sync/{}", options_.prefix, options_.store, gateway, dataset);
  for (const auto& message : it->second.answer(request)) send(topic, message);
}

void Cloud::watch_files() {
  if (stopped_) return;
  for (auto& entry : datasets_) {
    if (!entry.second.changed_on_disk()) continue;
    auto delta = entry.second.load();
    if (!delta) {
      log_.warning("{}; the version before stays in force", delta.error().message());
    } else if (*delta && connected_) {
      send(fmt::format("{}/{}/_all/sync/{}", options_.prefix, options_.store, to_string(entry.first)), **delta);
    }
  }
  loop_.after(kFileWatch, [this] { watch_files(); });
}

void Cloud::send(const std::string& topic, const nlohmann::json& message) {
  sync::OutMessage out;
  out.topic = topic;
  out.payload = message.dump();
  out.content_type = "application/json";
  out.utf8_payload = true;
  transport_.publish(++token_, std::move(out));
}

}  // namespace aisle::cloud
