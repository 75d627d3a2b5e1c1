#include "agent/base/loop.hpp"

#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>

namespace aisle {

TimerId TimerQueue::add(SteadyTime due, Task task) {
  const TimerId id = next_id_++;
  timers_.emplace(Key{due, id}, std::move(task));
  due_.emplace(id, due);
  return id;
}

void TimerQueue::cancel(TimerId id) {
  const auto it = due_.find(id);
  if (it == due_.end()) return;
  timers_.erase(Key{it->second, id});
  due_.erase(it);
}

Task TimerQueue::take_due(SteadyTime now) {
  if (timers_.empty() || next_due() > now) return {};
  const auto first = timers_.begin();
  Task task = std::move(first->second);
  due_.erase(first->first.second);
  timers_.erase(first);
  return task;
}

EpollLoop::EpollLoop(const Clock& clock)
    : clock_(clock), epoll_fd_(epoll_create1(EPOLL_CLOEXEC)), wake_fd_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  epoll_event event{};
  // Each write is an edge, so nobody need read the count.
  event.events = EPOLLIN | EPOLLET;
  event.data.fd = wake_fd_;
  // Without these two descriptors nothing can run: out of descriptors at start is fatal.
  if (epoll_fd_ < 0 || wake_fd_ < 0 || epoll_ctl(epoll_fd_, EPOLL_CTL_ADD, wake_fd_, &event) != 0) std::abort();
}

EpollLoop::~EpollLoop() {
  close(wake_fd_);
  close(epoll_fd_);
}

void EpollLoop::post(Task task) {
  bool first = false;
  {
    const std::scoped_lock lock(mutex_);
    first = posted_.empty();
    posted_.push_back(std::move(task));
  }
  if (first) wake();
}

void EpollLoop::wake() const {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = write(wake_fd_, &one, sizeof one);
}

TimerId EpollLoop::after(Duration delay, Task task) {
  return timers_.add(clock_.steady() + std::max(delay, Duration{0}), std::move(task));
}

void EpollLoop::cancel(TimerId id) {
  timers_.cancel(id);
}

void EpollLoop::watch(int fd, std::uint32_t events, FdHandler handler) {
  epoll_event event{};
  event.events = events;
  event.data.fd = fd;
  const bool known = watches_.contains(fd);
  watches_[fd] = std::make_shared<FdHandler>(std::move(handler));
  epoll_ctl(epoll_fd_, known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, &event);
}

void EpollLoop::unwatch(int fd) {
  if (watches_.erase(fd) > 0) epoll_ctl(epoll_fd_, EPOLL_CTL_DEL, fd, nullptr);
}

void EpollLoop::stop() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  wake();
}

bool EpollLoop::run_posted() {
  std::vector<Task> tasks;
  bool go_on = true;
  {
    const std::scoped_lock lock(mutex_);
    tasks.swap(posted_);
    go_on = !stopping_ || !tasks.empty();
  }
  for (auto& task : tasks) task();
  return go_on;
}

void EpollLoop::run_timers() {
  const SteadyTime now = clock_.steady();
  while (Task task = timers_.take_due(now)) task();
}

void EpollLoop::wait_for_work() {
  int timeout_ms = -1;
  {
    const std::scoped_lock lock(mutex_);
    if (!posted_.empty() || stopping_) timeout_ms = 0;
  }
  if (timeout_ms < 0 && !timers_.empty()) {
    const auto left = std::chrono::ceil<milliseconds>(timers_.next_due() - clock_.steady()).count();
    timeout_ms = static_cast<int>(std::clamp<std::int64_t>(left, 0, 60'000));
  }
  std::array<epoll_event, 16> ready{};
  const int count = epoll_wait(epoll_fd_, ready.data(), static_cast<int>(ready.size()), timeout_ms);
  for (int i = 0; i < count; ++i) {
    const auto& event = ready[static_cast<std::size_t>(i)];
    if (event.data.fd == wake_fd_) continue;
    const auto it = watches_.find(event.data.fd);
    if (it == watches_.end()) continue;
    const auto handler = it->second;  // survives an unwatch from inside the handler
    (*handler)(event.events);
  }
}

bool EpollLoop::run_once() {
  wait_for_work();
  if (!run_posted()) return false;
  run_timers();
  return true;
}

void EpollLoop::run() {
  while (run_once()) {
  }
}

LoopThread::LoopThread(const Clock& clock, const std::string& name) : loop_(clock), thread_([this] { loop_.run(); }) {
  pthread_setname_np(thread_.native_handle(), name.substr(0, 15).c_str());
}

LoopThread::~LoopThread() {
  stop();
}

void LoopThread::stop() {
  if (!thread_.joinable()) return;
  loop_.stop();
  thread_.join();
}

void VirtualLoop::run_posted() {
  while (!posted_.empty()) {
    Task task = std::move(posted_.front());
    posted_.pop_front();
    task();
  }
}

void VirtualLoop::run_for(Duration span) {
  const SteadyTime end = clock_.steady() + span;
  run_posted();
  while (!timers_.empty() && timers_.next_due() <= end) {
    if (timers_.next_due() > clock_.steady()) clock_.advance(timers_.next_due() - clock_.steady());
    if (Task task = timers_.take_due(clock_.steady())) task();
    run_posted();
  }
  if (end > clock_.steady()) clock_.advance(end - clock_.steady());
}

}  // namespace aisle
