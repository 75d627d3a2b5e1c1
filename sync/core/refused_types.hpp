// Which types of event the broker refuses for good, and whether it ends the connection for it, as some do: then every
// one that is asked costs a connection, and with others in flight the answer itself may be lost. On the core loop.
#pragma once

#include <map>
#include <string>

#include "agent/base/time.hpp"

namespace aisle::sync {

class RefusedTypes {
 public:
  // How to go on with an event: like any other, with nothing else in flight, or refused without asking again.
  enum class Treatment { usual, alone, spared };

  [[nodiscard]] Treatment treatment(const std::string& type, SteadyTime now) const;
  // Of the last refusal of a type that is not treated as usual: a reason code of MQTT 5.
  [[nodiscard]] int reason(const std::string& type) const { return refused_.at(type).reason; }
  void connected() { refused_here_ = false; }
  void refused(const std::string& type, int reason, SteadyTime now);
  void accepted(const std::string& type);
  // The connection has ended, and the other end gave no reason.
  void hung_up() { hangs_up_ = hangs_up_ || refused_here_; }
  // Somebody expects other answers: every type is asked again.
  void clear() { refused_.clear(); }

 private:
  struct Last {
    int reason = 0;
    SteadyTime when{};
    bool others_taken = false;  // since then
    bool sure = false;          // and then it was refused again: it is the type, not a broker that was failing
  };

  std::map<std::string, Last> refused_;
  bool refused_here_ = false;  // on this connection, and nothing was taken since
  bool hangs_up_ = false;      // the broker ended the last connection on which it refused something
};

}  // namespace aisle::sync
