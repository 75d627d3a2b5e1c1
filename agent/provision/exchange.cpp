#include "agent/provision/exchange.hpp"

#include <httplib.h>

#include <array>
#include <nlohmann/json.hpp>

#include "agent/provision/openssl.hpp"
#include "agent/provision/url.hpp"
#include "sync/core/states.hpp"
#include "sync/mqtt/probe.hpp"

namespace aisle::provision {
namespace {

using nlohmann::json;

constexpr time_t kConnectS = 15, kAnswerS = 30;
constexpr std::size_t kMaxAnswer = 256 * 1024;
constexpr std::size_t kMaxReason = 300;

// It comes from elsewhere and goes to a terminal.
std::string printable(std::string_view text) {
  std::string out;
  for (const char c : text.substr(0, kMaxReason)) out += c >= ' ' && c < '\x7f' ? c : '?';
  return out;
}

std::string reason_of(const std::string& body) {
  const auto answer = json::parse(body, nullptr, false);
  if (answer.is_object() && answer.contains("error") && answer["error"].is_string())
    return printable(answer["error"].get<std::string>());
  return "it gives no reason";
}

// Which step to a connection fails; the library does not tell.
std::string no_connection(const Url& url) {
  const auto reached = sync::reach(url.host, url.port, seconds{kConnectS});
  if (reached) return "the connection broke off";
  const std::string& what = reached.error().state;
  if (what == sync::state::kDns)
    return fmt::format("no host of the name {} is known; check it, and that this machine has a name server", url.host);
  if (what == sync::state::kConnectionRefused)
    return fmt::format("refused: nobody listens at {} port {}", url.host, url.port);
  return fmt::format("{} port {} cannot be reached; check the network and any firewall", url.host, url.port);
}

std::string trouble(httplib::Error error, const httplib::SSLClient& client, const Url& url) {
  const long verdict = client.get_openssl_verify_result();
  switch (error) {
    case httplib::Error::Connection:
    case httplib::Error::ConnectionTimeout:
      return no_connection(url);
    case httplib::Error::SSLServerVerification:
      if (verdict != X509_V_OK)
        return fmt::format("its certificate is not trusted: {}", X509_verify_cert_error_string(verdict));
      return "its certificate is for another host";
    case httplib::Error::SSLConnection:
      return "no TLS connection; it may be no HTTPS there, or refuse our certificate";
    case httplib::Error::SSLLoadingCerts:
      return "the authorities to know it by cannot be read";
    case httplib::Error::Read:
      return fmt::format("no answer within {} s, or it broke off", kAnswerS);
    case httplib::Error::Canceled:
      return fmt::format("it answers more than {} bytes", kMaxAnswer);
    default:
      return httplib::to_string(error);
  }
}

struct Identity {
  const std::string& certificate;
  const GatewayKey& key;
};

Status show(httplib::SSLClient& client, const Identity& own) {
  const CertificatePtr certificate = certificate_of(own.certificate);
  SSL_CTX* context = client.ssl_context();
  if (certificate && SSL_CTX_use_certificate(context, certificate.get()) == 1 &&
      SSL_CTX_use_PrivateKey(context, own.key.get()) == 1)
    return {};
  return fail("the certificate in force and its key do not belong together");
}

Result<Grant> post(const CloudAddress& cloud, const char* what, const json& order, const Identity* own) {
  const auto url = parse_url(cloud.url);
  if (!url) return tl::unexpected(url.error());
  httplib::SSLClient client(url->host, url->port);
  if (!client.is_valid()) return fail("this machine's OpenSSL does not do TLS");
  SSL_CTX_set_min_proto_version(client.ssl_context(), TLS1_2_VERSION);
  if (!cloud.ca_file.empty()) client.set_ca_cert_path(cloud.ca_file);
  client.enable_server_certificate_verification(true);
  client.set_connection_timeout(kConnectS);
  client.set_read_timeout(kAnswerS);
  client.set_write_timeout(kAnswerS);
  if (own != nullptr) {
    if (auto shown = show(client, *own); !shown) return tl::unexpected(shown.error());
  }
  httplib::Request request;
  request.method = "POST";
  request.path = url->path + what;
  request.body = order.dump();
  request.headers = {{"Content-Type", "application/json"}, {"Accept", "application/json"}};
  std::string body;
  request.content_receiver = [&body](const char* data, std::size_t size, std::uint64_t, std::uint64_t) {
    if (body.size() + size > kMaxAnswer) return false;
    body.append(data, size);
    return true;
  };
  const auto answer = client.send(request);
  const std::string where = cloud.url + what;
  if (!answer) return fail("{}: {}", where, trouble(answer.error(), client, *url));
  if (answer->status != 200) return fail("{}: refused ({}): {}", where, answer->status, reason_of(body));
  auto grant = parse_grant(body);
  if (!grant) return tl::unexpected(grant.error().within(where));
  return grant;
}

}  // namespace

Result<Grant> parse_grant(std::string_view text) {
  const auto answer = json::parse(text, nullptr, false);
  if (!answer.is_object()) return fail("a JSON object expected as the answer");
  Grant out;
  const std::array<std::pair<const char*, std::string*>, 4> members{{{"certificate", &out.certificate},
                                                                     {"ca", &out.authorities},
                                                                     {"command_key", &out.command_key},
                                                                     {"broker", &out.broker}}};
  for (const auto& [name, member] : members) {
    const auto found = answer.find(name);
    if (found == answer.end() || found->is_null()) continue;
    if (!found->is_string()) return fail("the answer's \"{}\": a text expected", name);
    *member = found->get<std::string>();
  }
  if (out.certificate.empty()) return fail("the answer holds no \"certificate\"");
  return out;
}

Result<Grant> HttpsExchange::claim(const CloudAddress& cloud, const Claim& claim, const std::string& request) {
  return post(cloud, "/claim",
              {{"token", claim.token}, {"store", claim.store}, {"gateway", claim.gateway}, {"csr", request}}, nullptr);
}

Result<Grant> HttpsExchange::renew(const CloudAddress& cloud, const std::string& certificate, const GatewayKey& key,
                                   const std::string& request) {
  const Identity own{certificate, key};
  return post(cloud, "/renew", {{"csr", request}}, &own);
}

}  // namespace aisle::provision
