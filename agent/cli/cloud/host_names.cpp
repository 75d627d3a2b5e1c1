#include "agent/cli/cloud/host_names.hpp"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <memory>

#include "agent/cli/cloud/issuer.hpp"

namespace aisle::cloud {
namespace {

std::string name_of_machine() {
  std::array<char, 256> name{};
  return gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

// Empty: none that others could use.
std::string numeric(const sockaddr* address) {
  if (address == nullptr || (address->sa_family != AF_INET && address->sa_family != AF_INET6)) return "";
  const socklen_t size = address->sa_family == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6);
  std::array<char, NI_MAXHOST> text{};
  if (getnameinfo(address, size, text.data(), text.size(), nullptr, 0, NI_NUMERICHOST) != 0) return "";
  const std::string out = text.data();
  return out.find('%') == std::string::npos ? out : "";  // of one link only
}

std::vector<std::string> addresses_of_machine() {
  ifaddrs* found = nullptr;
  if (getifaddrs(&found) != 0) return {};
  const std::unique_ptr<ifaddrs, decltype(&freeifaddrs)> owner(found, freeifaddrs);
  std::vector<std::string> out;
  for (const ifaddrs* next = found; next != nullptr; next = next->ifa_next) out.push_back(numeric(next->ifa_addr));
  return out;
}

}  // namespace

std::vector<std::string> server_names(const std::string& host, const std::vector<std::string>& more) {
  std::vector<std::string> out = more;
  const auto add = [&out](const std::string& name) {
    if (is_host(name) && std::ranges::find(out, name) == out.end()) out.push_back(name);
  };
  if (host == "0.0.0.0" || host == "::") {
    add(name_of_machine());
    for (const auto& address : addresses_of_machine()) add(address);
  }
  if (out.empty() || (host != "0.0.0.0" && host != "::")) out.push_back(host);
  return out;
}

}  // namespace aisle::cloud
