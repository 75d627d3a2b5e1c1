#include "sync/mqtt/certificate.hpp"

#include <arpa/inet.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <openssl/asn1.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <array>
#include <ctime>
#include <memory>
#include <string_view>

namespace aisle::sync {
namespace {

constexpr std::size_t kMaxText = 128;
constexpr int kMaxNames = 8;

std::string printable(std::string_view text) {
  std::string out;
  for (const char c : text.substr(0, kMaxText)) out += c >= ' ' && c < '\x7f' && c != '"' ? c : '?';
  return out;
}

std::string time_text(const std::tm& time) {
  return fmt::format("{:%Y-%m-%d %H:%M} UTC", time);
}

std::string time_text(const ASN1_TIME* time) {
  std::tm parts{};
  return ASN1_TIME_to_tm(time, &parts) == 1 ? time_text(parts) : std::string("?");
}

std::string_view bytes_of(const ASN1_STRING* text) {
  const void* data = ASN1_STRING_get0_data(text);
  return {static_cast<const char*>(data), static_cast<std::size_t>(ASN1_STRING_length(text))};
}

std::string address_text(std::string_view bytes) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const int family = bytes.size() == sizeof(in6_addr) ? AF_INET6 : AF_INET;
  if (bytes.size() != sizeof(in6_addr) && bytes.size() != sizeof(in_addr)) return "?";
  inet_ntop(family, bytes.data(), text.data(), text.size());
  return text.data();
}

std::string subject_text(const X509* certificate) {
  std::array<char, kMaxText> text{};
  const X509_NAME* subject = X509_get_subject_name(certificate);
  if (X509_NAME_get_text_by_NID(subject, NID_commonName, text.data(), text.size()) < 0) return "no name";
  return printable(text.data());
}

std::string host_names(const X509* certificate) {
  const std::unique_ptr<GENERAL_NAMES, decltype(&GENERAL_NAMES_free)> names(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)),
      GENERAL_NAMES_free);
  std::string out;
  for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()) && i < kMaxNames; ++i) {
    int kind = 0;
    const void* value = GENERAL_NAME_get0_value(sk_GENERAL_NAME_value(names.get(), i), &kind);
    if (kind != GEN_DNS && kind != GEN_IPADD) continue;
    const std::string_view bytes = bytes_of(static_cast<const ASN1_STRING*>(value));
    out += (out.empty() ? "" : ", ") + (kind == GEN_DNS ? printable(bytes) : address_text(bytes));
  }
  return out;
}

}  // namespace

CertificateFacts facts_of(const x509_st* certificate) {
  CertificateFacts facts;
  facts.subject = subject_text(certificate);
  facts.names = host_names(certificate);
  facts.from = time_text(X509_get0_notBefore(certificate));
  facts.until = time_text(X509_get0_notAfter(certificate));
  return facts;
}

CertificateLife life_of(const x509_st* certificate) {
  constexpr std::int64_t kDay = 86'400;
  const auto between = [](const ASN1_TIME* from, const ASN1_TIME* until) {
    int days = 0, rest = 0;
    return ASN1_TIME_diff(&days, &rest, from, until) == 1 ? days * kDay + rest : std::int64_t{0};
  };
  const ASN1_TIME* until = X509_get0_notAfter(certificate);
  return {between(X509_get0_notBefore(certificate), until), between(nullptr, until)};
}

std::string certificate_clock() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  return time_text(parts);
}

}  // namespace aisle::sync
