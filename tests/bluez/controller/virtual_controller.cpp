#include "tests/bluez/controller/virtual_controller.hpp"

#include <time.h>

#include <utility>

#include "tests/bluez/controller/controller_core.hpp"

namespace aisle::rig {
namespace {

constexpr seconds kPatience{30};
constexpr seconds kLoadGrace{10};

}  // namespace

VirtualController::VirtualController(const ControllerOptions& options, PipeFactory pipes)
    : thread_(std::make_unique<LoopThread>(clock_, "controller")),
      core_(std::make_shared<Core>(thread_->loop(), options, std::move(pipes))) {}

// The core goes on its own thread, with its timers and watches.
VirtualController::~VirtualController() {
  thread_->loop().post([core = std::move(core_)]() mutable { core.reset(); });
  thread_->stop();
}

// The promise outlives a caller that has lost its patience.
template <class T>
T VirtualController::ask(std::function<T(Core&)> question, T otherwise) const {
  auto promise = std::make_shared<std::promise<T>>();
  auto answer = promise->get_future();
  thread_->loop().post(
      [core = core_, promise, question = std::move(question)] { promise->set_value(question(*core)); });
  return answer.wait_for(kPatience) == std::future_status::ready ? answer.get() : std::move(otherwise);
}

void VirtualController::tell(std::function<void(Core&)> order) const {
  ask<bool>(
      [order = std::move(order)](Core& core) {
        order(core);
        return true;
      },
      false);
}

Status VirtualController::plug() {
  return ask<Status>([](Core& core) { return core.plug(); }, fail("the controller does not answer"));
}

void VirtualController::unplug() {
  tell([](Core& core) { core.unplug(); });
}

Outcome VirtualController::advertise(const Advertisement& advert) {
  return ask<Outcome>([advert](Core& core) { return core.hear(advert); }, Outcome::unplugged);
}

void VirtualController::overhear(Advertisement advert) {
  thread_->loop().post([core = core_, advert = std::move(advert)] { core->hear(advert); });
}

void VirtualController::hardware_error(std::uint8_t code) {
  tell([code](Core& core) { core.send(hardware_error_event(code)); });
}

void VirtualController::mute(bool on) {
  tell([on](Core& core) { core.radio().mute(on); });
}

void VirtualController::hang(bool on) {
  tell([on](Core& core) { core.set_hung(on); });
}

void VirtualController::refuse(std::uint16_t opcode, std::uint8_t status) {
  tell([opcode, status](Core& core) { core.refuse(opcode, status); });
}

void VirtualController::brown_out() {
  tell([](Core& core) { core.brown_out(); });
}

void VirtualController::set_loss(double share) {
  tell([share](Core& core) { core.radio().set_loss(share); });
}

void VirtualController::set_command_delay(Duration delay) {
  tell([delay](Core& core) { core.set_command_delay(delay); });
}

void VirtualController::raw_event(Bytes event) {
  event.insert(event.begin(), kEventPacket);
  raw_packet(std::move(event));
}

void VirtualController::raw_packet(Bytes packet) {
  tell([packet = std::move(packet)](Core& core) { core.send(packet); });
}

ProgramId VirtualController::start(std::unique_ptr<Program> program) {
  // Shared, because tasks are copyable.
  const auto kept = std::make_shared<std::unique_ptr<Program>>(std::move(program));
  const auto promise = std::make_shared<std::promise<ProgramReport>>();
  ProgramId id = 0;
  {
    const std::scoped_lock lock(mutex_);
    id = next_program_++;
    reports_[id] = promise->get_future();
  }
  tell([id, kept, promise](Core& core) { core.start(id, std::move(*kept), std::move(*promise)); });
  return id;
}

ProgramId VirtualController::start_load(LoadSpec spec) {
  return start(make_load(std::move(spec), clock_));
}

void VirtualController::stop(ProgramId id) {
  tell([id](Core& core) { core.stop(id); });
}

ProgramReport VirtualController::wait(ProgramId id, Duration timeout) {
  std::future<ProgramReport> report;
  {
    const std::scoped_lock lock(mutex_);
    const auto known = reports_.find(id);
    if (known == reports_.end()) return {};
    report = std::move(known->second);
    reports_.erase(known);
  }
  return report.wait_for(timeout) == std::future_status::ready ? report.get() : ProgramReport{};
}

ProgramReport VirtualController::load(LoadSpec spec) {
  const Duration timeout = 2 * spec.length + kLoadGrace;
  return wait(start_load(std::move(spec)), timeout);
}

ProgramReport VirtualController::play(std::unique_ptr<Program> program, Duration timeout) {
  return wait(start(std::move(program)), timeout);
}

void VirtualController::on_transmission(Transmission listener) {
  tell([listener = std::move(listener)](Core& core) { core.set_listener(listener); });
}

VirtualControllerState VirtualController::state() const {
  return ask<VirtualControllerState>([](Core& core) { return core.state(); }, {});
}

std::chrono::nanoseconds VirtualController::cpu_time() const {
  return ask<std::chrono::nanoseconds>(
      [](Core&) {
        timespec used{};
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
        return std::chrono::nanoseconds(seconds(used.tv_sec)) + std::chrono::nanoseconds(used.tv_nsec);
      },
      {});
}

}  // namespace aisle::rig
