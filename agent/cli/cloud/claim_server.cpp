#include "agent/cli/cloud/claim_server.hpp"

#include <httplib.h>

#include <mutex>
#include <thread>

#include "agent/cli/cloud/connection_bound.hpp"
#include "agent/cli/cloud/host_names.hpp"
#include "agent/provision/openssl.hpp"

namespace aisle::cloud {
namespace {

constexpr std::size_t kMaxOrder = 64 * 1024;
// An order with its head lines and the handshake is some 70 KiB at most.
constexpr std::uint64_t kMaxConnection = 128 * 1024;
constexpr seconds kConnectionLife{30};
constexpr const char* kJson = "application/json";

// Shows our certificate, and asks for one of ours without insisting: a claim comes without.
bool set_up(SSL_CTX& context, const Issuer::Server& own, const Issuer& issuer) {
  SSL_CTX_set_verify(&context, SSL_VERIFY_PEER, nullptr);
  return SSL_CTX_set_min_proto_version(&context, TLS1_2_VERSION) == 1 &&
         SSL_CTX_use_certificate(&context, own.certificate.get()) == 1 &&
         SSL_CTX_use_PrivateKey(&context, own.key.get()) == 1 &&
         X509_STORE_add_cert(SSL_CTX_get_cert_store(&context), issuer.certificate()) == 1 &&
         SSL_CTX_add_client_CA(&context, issuer.certificate()) == 1;
}

// By the certificate that the other end has proven to hold.
Holder holder_of(const httplib::Request& request) {
  const std::unique_ptr<X509, provision::Releases<X509_free>> shown(SSL_get1_peer_certificate(request.ssl));
  if (!shown || SSL_get_verify_result(request.ssl) != X509_V_OK) return {};
  return {provision::common_name(X509_get_subject_name(shown.get())),
          provision::fingerprint_of(X509_get0_pubkey(shown.get()))};
}

// The library bounds a body by its length: one in chunks, until the end of the connection, or packed may grow for ever.
bool is_bounded(const httplib::Request& request) {
  return request.has_header("Content-Length") && !request.has_header("Transfer-Encoding") &&
         !request.has_header("Content-Encoding");
}

}  // namespace

struct ClaimServer::Impl {
  Impl(ClaimBook claims, const Issuer::Server& own, const Clock& time, const Log& lines)
      : book(std::move(claims)),
        clock(time),
        log(lines),
        bound{time, kMaxConnection, kConnectionLife},
        server([&](SSL_CTX& context) {
          bound_connections(&context, bound);
          return set_up(context, own, book.issuer());
        }) {}

  void answer(const char* what, httplib::Response& response, const Answer& answer) const {
    response.status = answer.status;
    response.set_content(answer.body, kJson);
    if (answer.status != 200) log.warning("{}: refused: {}", what, answer.body);
  }

  ClaimBook book;
  const Clock& clock;
  const Log& log;
  std::mutex mutex;  // the book
  ConnectionBound bound;
  httplib::SSLServer server;
  std::thread thread;
  int port = -1;
};

ClaimServer::ClaimServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

ClaimServer::~ClaimServer() {
  impl_->server.stop();
  if (impl_->thread.joinable()) impl_->thread.join();
}

std::uint16_t ClaimServer::port() const {
  return static_cast<std::uint16_t>(impl_->port);
}

Result<std::unique_ptr<ClaimServer>> ClaimServer::start(const std::string& listen,
                                                        const std::vector<std::string>& names, ClaimBook book,
                                                        const Clock& clock, const Log& log) {
  const auto colon = listen.rfind(':');
  const std::string host = listen.substr(0, colon), digits = colon == std::string::npos ? "" : listen.substr(colon + 1);
  if (host.empty() || digits.empty() || digits.size() > 5 ||
      digits.find_first_not_of("0123456789") != std::string::npos)
    return fail("--listen: HOST:PORT expected, not \"{}\"", listen);
  const auto own = book.issuer().server(server_names(host, names));
  if (!own) return tl::unexpected(own.error());
  auto impl = std::make_unique<Impl>(std::move(book), *own, clock, log);
  Impl* self = impl.get();
  auto& server = impl->server;
  if (!server.is_valid()) return fail("the HTTPS end cannot be set up");
  server.set_payload_max_length(kMaxOrder);
  server.set_keep_alive_max_count(1);
  server.set_pre_routing_handler([self](const httplib::Request& request, httplib::Response& response) {
    if (is_bounded(request)) return httplib::Server::HandlerResponse::Unhandled;
    self->answer("request", response, refusal(411, "a body of a known length expected, as it is"));
    return httplib::Server::HandlerResponse::Handled;
  });
  server.Post("/claim", [self](const httplib::Request& request, httplib::Response& response) {
    const std::lock_guard lock(self->mutex);
    self->answer("claim", response, self->book.claim(request.body, self->clock.now()));
  });
  server.Post("/renew", [self](const httplib::Request& request, httplib::Response& response) {
    const Holder holder = holder_of(request);
    const std::lock_guard lock(self->mutex);
    self->answer("renewal", response,
                 holder.name.empty() ? refusal(401, "a certificate in force is needed, to be renewed")
                                     : self->book.renew(holder, request.body));
  });
  const int port = std::stoi(digits);
  impl->port = port == 0 ? server.bind_to_any_port(host) : server.bind_to_port(host, port) ? port : -1;
  if (impl->port <= 0) return fail("--listen: {} cannot be listened at", listen);
  impl->thread = std::thread([self] { self->server.listen_after_bind(); });
  return std::unique_ptr<ClaimServer>(new ClaimServer(std::move(impl)));
}

}  // namespace aisle::cloud
