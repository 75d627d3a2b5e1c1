// The states of the cloud connection, as `status` shows them under `sync.state`. sync/README.md says what each means.
#pragma once

#include <string_view>

namespace aisle::sync::state {

// Names are text, for `Disconnected::state`.
inline constexpr const char* kConnecting = "connecting";
inline constexpr const char* kOnline = "online";
inline constexpr const char* kStopped = "stopped";
inline constexpr const char* kClosed = "closed";  // on request

inline constexpr const char* kDns = "dns";
inline constexpr const char* kConnectionRefused = "refused";
inline constexpr const char* kUnreachable = "unreachable";
inline constexpr const char* kLost = "lost";
inline constexpr const char* kSilent = "silent";

inline constexpr const char* kCredentials = "credentials";
inline constexpr const char* kCertificateUntrusted = "certificate untrusted";
inline constexpr const char* kCertificateExpired = "certificate expired";
inline constexpr const char* kCertificateNotYetValid = "certificate not yet valid";
inline constexpr const char* kCertificateOfAnotherHost = "certificate of another host";
inline constexpr const char* kOwnCertificateRefused = "own certificate refused";
inline constexpr const char* kTls = "tls";

inline constexpr const char* kLoginRefused = "login refused";
inline constexpr const char* kNotAuthorised = "not authorised";
inline constexpr const char* kServerBusy = "server busy";
inline constexpr const char* kTakenOver = "taken over";
inline constexpr const char* kProtocol = "protocol";
inline constexpr const char* kAnotherMachine = "another machine";

}  // namespace aisle::sync::state
