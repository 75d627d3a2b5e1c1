// The other end of one TLS handshake, which asks for a certificate, tells what it got, and then closes.
#pragma once

#include <netinet/in.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <future>
#include <string>

namespace aisle::sync {

class TlsPeer {
 public:
  struct Seen {
    bool done = false;  // the handshake
    int version = 0;
    std::string offered;  // the list of ALPN, as on the wire
    bool proven = false;  // the client has shown a certificate, any, and that it has the key
  };

  // `name`.pem and `name`.key; speaks `newest` and everything older that OpenSSL still does.
  TlsPeer(const std::string& name, int newest) : listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto* generic = static_cast<sockaddr*>(static_cast<void*>(&address));
    socklen_t size = sizeof address;
    if (bind(listener_, generic, size) == 0 && listen(listener_, 4) == 0 && getsockname(listener_, generic, &size) == 0)
      port_ = ntohs(address.sin_port);
    seen_ = std::async(std::launch::async, [this, name, newest] { return serve(name, newest); });
  }
  ~TlsPeer() {
    if (seen_.valid()) seen_.wait();
    close(listener_);
  }
  TlsPeer(const TlsPeer&) = delete;
  TlsPeer& operator=(const TlsPeer&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }
  // Waits for the handshake; once.
  [[nodiscard]] Seen seen() { return seen_.get(); }

 private:
  static constexpr int kPatience = 20'000;  // ms

  static int note_offer(SSL* /*connection*/, const unsigned char** /*out*/, unsigned char* /*out_size*/,
                        const unsigned char* in, unsigned size, void* object) {
    static_cast<Seen*>(object)->offered.assign(in, in + size);
    return SSL_TLSEXT_ERR_NOACK;
  }

  Seen serve(const std::string& name, int newest) {
    Seen seen;
    pollfd waiting{listener_, POLLIN, 0};
    if (poll(&waiting, 1, kPatience) <= 0) return seen;
    const int socket = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    SSL_CTX* context = SSL_CTX_new(TLS_server_method());
    SSL_CTX_set_cipher_list(context, "ALL:@SECLEVEL=0");
    SSL_CTX_set_min_proto_version(context, TLS1_VERSION);
    SSL_CTX_set_max_proto_version(context, newest);
    SSL_CTX_use_certificate_chain_file(context, (name + ".pem").c_str());
    SSL_CTX_use_PrivateKey_file(context, (name + ".key").c_str(), SSL_FILETYPE_PEM);
    SSL_CTX_set_alpn_select_cb(context, note_offer, &seen);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, [](int /*good*/, X509_STORE_CTX* /*store*/) { return 1; });
    SSL* connection = SSL_new(context);
    SSL_set_fd(connection, socket);
    seen.done = SSL_accept(connection) == 1;
    seen.version = SSL_version(connection);
    seen.proven = seen.done && SSL_get0_peer_certificate(connection) != nullptr;
    SSL_free(connection);
    SSL_CTX_free(context);
    close(socket);
    return seen;
  }

  int listener_;
  std::uint16_t port_ = 0;
  std::future<Seen> seen_;
};

}  // namespace aisle::sync
