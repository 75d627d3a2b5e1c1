#include "agent/update/fetch.hpp"

#include <httplib.h>

#include <filesystem>

#include "agent/base/durable_file.hpp"
#include "agent/base/sha256.hpp"
#include "agent/provision/url.hpp"
#include "agent/update/folder.hpp"

namespace aisle::update {
namespace {

constexpr time_t kConnectS = 15, kSilenceS = 60;
constexpr int kFound = 200;

// What the server sends beyond the package's length is not read.
template <class Client>
Result<std::string> get(Client& client, const provision::Url& url, const Package& package) {
  client.set_connection_timeout(kConnectS);
  client.set_read_timeout(kSilenceS);
  client.set_write_timeout(kSilenceS);
  std::string body;
  bool too_long = false;
  int status = 0;  // 0: none came
  const auto answer = client.Get(
      url.path.empty() ? "/" : url.path, {{"Accept-Encoding", "identity"}},
      [&](const httplib::Response& response) {
        status = response.status;
        return status == kFound;
      },
      [&](const char* data, std::size_t size) {
        too_long = body.size() + size > package.bytes;
        if (!too_long) body.append(data, size);
        return !too_long;
      });
  if (too_long) return fail("it is longer than the {} bytes that were announced", package.bytes);
  if (status != 0 && status != kFound) return fail("answered with {}", status);
  if (!answer) return fail("{}", httplib::to_string(answer.error()));
  if (body.size() != package.bytes) return fail("{} of {} bytes came", body.size(), package.bytes);
  if (to_hex(sha256(body)) != package.sha256) return fail("it is another one than was announced (SHA-256)");
  return body;
}

Result<std::string> get_any(const provision::Url& url, const Package& package) {
  if (url.tls) {
    httplib::SSLClient client(url.host, url.port);
    if (!client.is_valid()) return fail("this machine's OpenSSL does not do TLS");
    client.enable_server_certificate_verification(true);
    return get(client, url, package);
  }
  httplib::Client client(url.host, url.port);
  return get(client, url, package);
}

Result<std::string> download_patiently(const Package& package, UnixTime expires, const FetchOptions& options) {
  for (int attempt = 1;; ++attempt) {
    auto bytes = download(package);
    if (bytes || attempt >= options.attempts) return bytes;
    if (options.now() > expires) return tl::unexpected(bytes.error().within("the command has expired"));
    options.pause(attempt);
  }
}

struct Wanted {
  Package package;
  UnixTime expires;
};

Result<Wanted> wanted(const HandOver& hand_over, const FetchOptions& options) {
  const auto text = read_small_file(hand_over.path(names::kRequest), sync::kMaxCommandBytes);
  if (!text) return tl::unexpected(text.error());
  const auto command = command_from(*text);
  if (!command) return tl::unexpected(command.error());
  if (options.now() > command->expires) return fail("the command has expired");
  const auto order = parse_order(command->args);
  if (!order) return tl::unexpected(order.error());
  const auto due = due_for(*order, *command, options.site);
  if (!due) return fail("{}: {}", due.error().reason, due.error().detail);
  return Wanted{due->package, command->expires};
}

// What a power cut has left of a package.
void sweep(const HandOver& hand_over) {
  std::error_code ignored;
  std::vector<std::filesystem::path> goes;
  for (const auto& entry : std::filesystem::directory_iterator(hand_over.path(""), ignored)) {
    const std::string begin = fmt::format(".{}.", names::kPackage);
    if (entry.path().filename().string().starts_with(begin)) goes.push_back(entry.path());
  }
  for (const auto& path : goes) std::filesystem::remove(path, ignored);
}

bool is_requested(const HandOver& hand_over) {
  std::error_code ignored;
  return std::filesystem::exists(hand_over.path(names::kRequest), ignored);
}

}  // namespace

Result<std::string> download(const Package& package) {
  const auto url = provision::parse_web_url(package.url);
  if (!url) return tl::unexpected(url.error());
  auto bytes = get_any(*url, package);
  if (!bytes) return tl::unexpected(bytes.error().within(package.url));
  return bytes;
}

Result<bool> give_up(HandOver& hand_over, const std::string& why) {
  if (!is_requested(hand_over)) return false;
  Outcome outcome = hand_over.requested();
  outcome.state = State::refused;
  outcome.why = why;
  if (auto ended = hand_over.end(outcome); !ended) return tl::unexpected(ended.error());
  return true;
}

Result<bool> fetch(HandOver& hand_over, const FetchOptions& options) {
  if (!is_requested(hand_over)) return false;
  const auto lock = hand_over.lock();
  if (!lock) return tl::unexpected(lock.error());
  sweep(hand_over);
  const auto want = wanted(hand_over, options);
  if (!want) return give_up(hand_over, want.error().message());
  const auto bytes = download_patiently(want->package, want->expires, options);
  if (!bytes) return give_up(hand_over, bytes.error().message());
  auto written = write_durably(hand_over.path(names::kPackage), *bytes, "");
  if (written) written = hand_over.ready();
  if (!written) return give_up(hand_over, written.error().message());
  return true;
}

}  // namespace aisle::update
