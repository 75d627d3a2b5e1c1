#include "agent/cli/provision_input.hpp"

#include <termios.h>
#include <unistd.h>

#include <cstdio>
#include <iostream>

#include "agent/provision/shelf.hpp"

namespace aisle::cli {
namespace {

// The terminal shows nothing of what is typed, as long as this lives.
class Silence {
 public:
  Silence() {
    if (tcgetattr(STDIN_FILENO, &before_) != 0) return;
    termios silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    set_ = tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent) == 0;
  }
  ~Silence() {
    if (!set_) return;
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
    std::fputc('\n', stderr);
  }
  Silence(const Silence&) = delete;
  Silence& operator=(const Silence&) = delete;

 private:
  termios before_{};
  bool set_ = false;
};

std::string ask(const char* question, bool secret) {
  std::fprintf(stderr, "%s: ", question);
  std::fflush(stderr);
  std::string line;
  if (secret) {
    const Silence silence;
    std::getline(std::cin, line);
  } else {
    std::getline(std::cin, line);
  }
  const auto first = line.find_first_not_of(" \t\r");
  if (first == std::string::npos) return "";
  return line.substr(first, line.find_last_not_of(" \t\r") - first + 1);
}

struct Question {
  std::string& answer;
  const char* flag;
  const char* text;
  bool needed = true;
};

void take(std::string& to, const std::string& from) {
  if (!from.empty()) to = from;
}

}  // namespace

Result<provision::Claim> read_claim(const ClaimInput& input) {
  provision::Claim claim;
  if (!input.file.empty()) {
    const auto text = provision::read_text(input.file);
    if (!text) return tl::unexpected(text.error().within("--claim"));
    auto parsed = provision::parse_claim(*text, input.file);
    if (!parsed) return parsed;
    claim = *std::move(parsed);
  }
  take(claim.store, input.set.store);
  take(claim.gateway, input.set.gateway);
  take(claim.broker, input.set.broker);
  take(claim.url, input.set.url);
  take(claim.token, input.set.token);
  if (!input.ca_file.empty()) {
    auto ca = provision::read_text(input.ca_file);
    if (!ca) return tl::unexpected(ca.error().within("--ca"));
    claim.ca = *std::move(ca);
  }
  const Question questions[] = {{claim.store, "--store", "Store"},
                                {claim.gateway, "--gateway", "Gateway"},
                                {claim.url, "--url", "Cloud, as https://HOST:PORT"},
                                {claim.broker, "--broker", "Broker, as HOST:PORT (empty: the cloud says)", false},
                                {claim.token, "--token", "Claim (not shown)"}};
  const bool terminal = isatty(STDIN_FILENO) == 1;
  for (const Question& question : questions) {
    if (!question.answer.empty()) continue;
    // A claim file that names no broker leaves that to the cloud.
    if (!question.needed && (!terminal || !input.file.empty())) continue;
    if (!terminal) return fail("{} is missing; give it, or --claim FILE, or run this at a terminal", question.flag);
    question.answer = ask(question.text, &question.answer == &claim.token);
  }
  if (auto checked = provision::check_claim(claim); !checked) return tl::unexpected(checked.error());
  return claim;
}

}  // namespace aisle::cli
