// A broker with TLS, with certificates of the test's own authority.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tests/fakes/certificates.hpp"
#include "tests/fakes/temp_dir.hpp"
#include "tests/integration/mqtt/mqtt_fixture.hpp"

namespace aisle::sync {

class TlsTest : public MqttTest {
 protected:
  // A broker whose certificate is server.pem, signed by `authority`.
  void start(const fakes::CertificateOptions& server = {}, std::vector<std::string> lines = {}) {
    authority.issue(file("server"), "the broker", server);
    lines.insert(lines.end(), {"certfile " + file("server.pem"), "keyfile " + file("server.key")});
    broker = std::make_unique<fakes::MosquittoBroker>(fakes::BrokerOptions{.lines = std::move(lines)});
    ASSERT_TRUE(broker->start());
  }
  // The same one that lets in only whose certificate `authority` has signed.
  void start_mutual() { start({}, {"cafile " + file("ca.pem"), "require_certificate true"}); }
  // It comes back with another certificate.
  void restart_with(const fakes::CertificateOptions& server) {
    broker->stop();
    authority.issue(file("server"), "the broker", server);
    ASSERT_TRUE(broker->start());
  }
  MosquittoOptions secure(const std::string& host = "127.0.0.1", int protocol = 5) {
    auto with = options(*broker, "s1_g1", protocol);
    with.host = host;
    with.tls.enabled = true;
    with.tls.ca = file("ca.pem");
    return with;
  }
  MosquittoOptions with_own(const std::string& name) {
    auto with = secure();
    with.tls.cert = file(name + ".pem");
    with.tls.key = file(name + ".key");
    return with;
  }
  // The next attempt of a client that there is already.
  bool connects(const std::shared_ptr<Client>& client) {
    on_loop([&] { client->transport.connect(std::nullopt); });
    return eventually([client] { return client->connected; });
  }
  [[nodiscard]] std::string file(const std::string& name) const { return directory.file(name); }

  fakes::TempDir directory;
  fakes::Authority authority{directory.file("ca")};
  std::unique_ptr<fakes::MosquittoBroker> broker;
};

}  // namespace aisle::sync
