// TLS with a certificate that the test signs itself.
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <cstdio>

#include "tests/integration/mqtt/mqtt_fixture.hpp"

namespace aisle::sync {
namespace {

struct Validity {
  long from = -3600;  // seconds from now
  long until = 3600;
};

// Writes NAME.pem and NAME.key: self-signed, for localhost and 127.0.0.1.
void make_certificate(const std::string& name, Validity validity) {
  EVP_PKEY* key = EVP_EC_gen("P-256");
  X509* certificate = X509_new();
  X509_set_version(certificate, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate), validity.from);
  X509_gmtime_adj(X509_getm_notAfter(certificate), validity.until);
  X509_NAME* subject = X509_get_subject_name(certificate);
  const std::string common = "localhost";
  std::vector<unsigned char> bytes(common.begin(), common.end());
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, bytes.data(), static_cast<int>(bytes.size()), -1, 0);
  X509_set_issuer_name(certificate, subject);
  X509_set_pubkey(certificate, key);
  X509_EXTENSION* names = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1");
  X509_add_ext(certificate, names, -1);
  X509_EXTENSION_free(names);
  X509_sign(certificate, key, EVP_sha256());
  if (std::FILE* file = std::fopen((name + ".pem").c_str(), "w")) {
    PEM_write_X509(file, certificate);
    std::fclose(file);
  }
  if (std::FILE* file = std::fopen((name + ".key").c_str(), "w")) {
    PEM_write_PrivateKey(file, key, nullptr, nullptr, 0, nullptr, nullptr);
    std::fclose(file);
  }
  X509_free(certificate);
  EVP_PKEY_free(key);
}

class TlsTest : public MqttTest {
 protected:
  void start(Validity validity) {
    const std::string name = directory.directory() + "/server";
    make_certificate(name, validity);
    broker = std::make_unique<fakes::MosquittoBroker>(
        fakes::BrokerOptions{.lines = {"certfile " + name + ".pem", "keyfile " + name + ".key"}});
    ASSERT_TRUE(broker->start());
  }
  MosquittoOptions secure(const std::string& host) {
    auto with = options(*broker, "s1_g1");
    with.host = host;
    with.tls.enabled = true;
    with.tls.ca = directory.directory() + "/server.pem";
    return with;
  }

  fakes::MosquittoBroker directory;  // never started: its directory holds the certificates
  std::unique_ptr<fakes::MosquittoBroker> broker;
};

TEST_F(TlsTest, ConnectsWhereTheCertificateNamesTheHost) {
  start({});
  auto by_address = connected_client(secure("127.0.0.1"), {"a"});
  on_loop([&] { by_address->transport.publish(1, out("a", std::string(300'000, 'x'))); });
  EXPECT_TRUE(eventually([&] { return by_address->messages.size() == 1; }));
  on_loop([&] { by_address->transport.disconnect(); });
  EXPECT_TRUE(eventually([&] { return !by_address->ends.empty(); }));
  EXPECT_TRUE(connected_client(secure("localhost"))->connected);
}

TEST_F(TlsTest, AnUnknownAuthorityIsATlsProblem) {
  start({});
  auto with = secure("127.0.0.1");
  make_certificate(directory.directory() + "/other", {});
  with.tls.ca = directory.directory() + "/other.pem";
  EXPECT_EQ(attempt(with).state, "tls");
  with.tls.ca = "";  // the system's, which do not know it either
  EXPECT_EQ(attempt(with).state, "tls");
  with.tls.ca = directory.directory() + "/missing.pem";
  EXPECT_EQ(attempt(with).state, "tls");
}

TEST_F(TlsTest, ACertificateThatIsNotYetValidIsATlsProblemThatSaysSo) {
  start({3600, 7200});
  const Disconnected why = attempt(secure("127.0.0.1"));
  EXPECT_EQ(why.state, "tls");
  EXPECT_THAT(why.detail, ::testing::HasSubstr("certificate"));
}

TEST_F(TlsTest, APlainBrokerIsNotMistakenForASecureOne) {
  broker = std::make_unique<fakes::MosquittoBroker>();
  ASSERT_TRUE(broker->start());
  make_certificate(directory.directory() + "/server", {});
  EXPECT_NE(attempt(secure("127.0.0.1")).state, "");
  EXPECT_FALSE(clients.back()->connected);
}

}  // namespace
}  // namespace aisle::sync
