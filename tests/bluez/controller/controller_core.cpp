#include "tests/bluez/controller/controller_core.hpp"

#include <sys/epoll.h>

#include <utility>

namespace aisle::rig {
namespace {

constexpr Duration kFlushDelay{5'000};       // of reports that wait for others to share an event
constexpr Duration kShortestAdvert{20'000};  // advertising interval, the specification's minimum
constexpr std::size_t kUnknownKept = 16;

std::uint16_t opcode_of(ByteSpan command) {
  ByteCursor cursor(command);
  return static_cast<std::uint16_t>(cursor.u16(ByteOrder::little));
}

}  // namespace

VirtualController::Core::Core(EpollLoop& loop, const ControllerOptions& options, PipeFactory pipes)
    : loop_(loop),
      options_(options),
      pipes_(std::move(pipes)),
      hci_(options.bdaddr, options.extended, options.seed),
      radio_(options, hci_, [this](ByteSpan packet) { send(packet); }),
      runner_(
          loop, [this](const Advertisement& advert) { return hear(advert); },
          [this](ProgramId id, const ProgramReport& report) { finished(id, report); }),
      command_delay_(options.command_delay) {
  hci_.legacy = options.legacy;
  hci_.low_energy = options.low_energy;
  hci_.classic = options.classic || !options.low_energy;
}

VirtualController::Core::~Core() {
  unplug();
}

Status VirtualController::Core::plug() {
  if (pipe_) return fail("the controller is plugged in already");
  auto pipe = pipes_();
  if (!pipe) return tl::unexpected(pipe.error());
  pipe_.emplace(std::move(*pipe));
  ++plugging_;
  loop_.watch(pipe_->fd(), EPOLLIN, [this](std::uint32_t) { readable(); });
  readable();
  return {};
}

void VirtualController::Core::unplug() {
  if (!pipe_) return;
  loop_.unwatch(pipe_->fd());
  pipe_.reset();
  index_.reset();
  radio_.stop(loop_.clock().steady());
  hci_.power_up();
  follow_advertising();
}

void VirtualController::Core::refuse(std::uint16_t opcode, std::uint8_t status) {
  if (status == 0) {
    refused_.erase(opcode);
  } else {
    refused_[opcode] = status;
  }
}

void VirtualController::Core::brown_out() {
  hci_.power_up();
  radio_.follow_scan(loop_.clock().steady());
  follow_advertising();
}

Outcome VirtualController::Core::hear(const Advertisement& advert) {
  if (!pipe_) return Outcome::unplugged;
  const Outcome outcome = radio_.hear(advert, loop_.clock().steady());
  if (radio_.waiting()) flush_later();
  return outcome;
}

void VirtualController::Core::flush_later() {
  if (std::exchange(flush_set_, true)) return;
  loop_.after(kFlushDelay, [weak = weak_from_this()] {
    const auto self = weak.lock();
    if (!self) return;
    self->flush_set_ = false;
    self->radio_.flush();
  });
}

void VirtualController::Core::send(ByteSpan packet) {
  if (!pipe_ || !pipe_->write(packet)) ++lost_packets_;
}

void VirtualController::Core::readable() {
  bool closed = false;
  while (pipe_) {
    const auto packet = pipe_->read(closed);
    if (packet) {
      take_packet(*packet);
    } else if (closed) {
      unplug();
    } else {
      return;
    }
  }
}

// Data packets are passed over: there are no connections.
void VirtualController::Core::take_packet(ByteSpan packet) {
  if (packet.front() == kVendorPacket && packet.size() >= 4) {  // ff 00 index[2]: the kernel has made its controller
    const unsigned low = std::to_integer<unsigned>(packet[2]);
    const unsigned high = std::to_integer<unsigned>(packet[3]);
    index_ = static_cast<std::uint16_t>(low | high << 8U);
  }
  if (packet.front() != kCommandPacket) return;
  ++commands_;
  if (hung_) return;
  const ByteSpan command = packet.subspan(1);
  if (command_delay_ == Duration{0}) return execute(command);
  loop_.after(command_delay_,
              [weak = weak_from_this(), kept = Bytes(command.begin(), command.end()), plugging = plugging_] {
                const auto self = weak.lock();
                if (self && self->pipe_ && self->plugging_ == plugging && !self->hung_) self->execute(kept);
              });
}

void VirtualController::Core::execute(ByteSpan command) {
  const auto refused = refused_.find(opcode_of(command));
  if (refused != refused_.end()) {
    return send(command_complete(refused->first, Bytes{static_cast<std::byte>(refused->second)}));
  }
  const auto reply = execute_command(hci_, command);
  if (!reply) {
    ++malformed_;
    return;
  }
  if (!reply->known) note_unknown(reply->opcode);
  radio_.follow_scan(loop_.clock().steady());
  follow_advertising();
  send(reply->packet);
}

void VirtualController::Core::note_unknown(std::uint16_t opcode) {
  ++unknown_;
  if (last_unknown_.size() == kUnknownKept) last_unknown_.erase(last_unknown_.begin());
  last_unknown_.push_back(opcode);
}

void VirtualController::Core::start(ProgramId id, std::unique_ptr<Program> program,
                                    std::promise<ProgramReport> report) {
  reports_[id] = std::move(report);
  runner_.start(id, std::move(program));
}

void VirtualController::Core::finished(ProgramId id, const ProgramReport& report) {
  const auto waiting = reports_.find(id);
  if (waiting == reports_.end()) return;
  waiting->second.set_value(report);
  reports_.erase(waiting);
}

void VirtualController::Core::set_listener(Transmission listener) {
  listener_ = std::move(listener);
  follow_advertising();
}

// Each enabled set that somebody listens to has a timer; the timer of one that is not ends by itself.
void VirtualController::Core::follow_advertising() {
  if (!listener_) return;
  for (const auto& [handle, set] : hci_.advertising) {
    if (set.enabled && !transmitting_.contains(handle)) transmit(handle);
  }
}

void VirtualController::Core::transmit(std::uint8_t handle) {
  transmitting_.erase(handle);
  const auto found = hci_.advertising.find(handle);
  if (!listener_ || found == hci_.advertising.end() || !found->second.enabled) return;
  const AdvertisingSet& set = found->second;
  Advertisement advert;
  advert.address = set.address;
  advert.kind = set.kind;
  advert.payload = set.data;
  if (answers_scan_request(set.kind)) advert.scan_response = set.scan_response;
  listener_(advert);
  transmitting_[handle] = loop_.after(std::max(set.interval, kShortestAdvert), [weak = weak_from_this(), handle] {
    if (const auto self = weak.lock()) self->transmit(handle);
  });
}

VirtualControllerState VirtualController::Core::state() const {
  const RadioCounts& counts = radio_.counts();
  const auto of = [&](Outcome outcome) { return counts.adverts[static_cast<std::size_t>(outcome)]; };
  VirtualControllerState out;
  out.plugged = pipe_.has_value();
  out.index = index_;
  out.muted = radio_.muted();
  out.hung = hung_;
  out.scanning = hci_.scan.enabled;
  out.active = hci_.scan.active;
  out.filter_duplicates = hci_.scan.filter_duplicates;
  out.scan_interval = hci_.scan.interval;
  out.scan_window = hci_.scan.window;
  out.scanning_time = radio_.scanning(loop_.clock().steady());
  out.scan_starts = hci_.scan.starts;
  out.commands = commands_;
  out.unknown_commands = unknown_;
  out.malformed_commands = malformed_;
  out.resets = hci_.resets;
  out.reported = of(Outcome::reported);
  out.not_scanning = of(Outcome::not_scanning);
  out.filtered = of(Outcome::filtered);
  out.lost = of(Outcome::lost);
  out.muted_adverts = of(Outcome::muted);
  out.scan_responses = counts.scan_responses;
  out.lost_packets = lost_packets_;
  out.programs = reports_.size();
  out.last_unknown = last_unknown_;
  out.own = hci_.advertising;
  return out;
}

}  // namespace aisle::rig
