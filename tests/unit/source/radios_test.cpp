// Several radios as one source, with radios that do as the test says.
#include "ble/source/radios.hpp"

#include <gmock/gmock.h>

#include <condition_variable>

namespace aisle {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class FakeSource final : public AdvertSource {
 public:
  Status start(SourceSink& sink) override {
    if (refuses) return fail("no room");
    sink_ = &sink;
    return {};
  }
  void stop() override {
    ++stops;
    sink_ = nullptr;
    if (on_stop) on_stop();
  }
  [[nodiscard]] SourceStatus status() const override { return state; }

  void say(bool up, const std::string& why = "") { sink_->offer(ReceiverState{{}, GatewayId(), up, why}); }
  bool hear(std::uint8_t device, std::int8_t rssi, SteadyTime at) {
    Advert advert{};
    advert.at.mono = at;
    advert.address = {{0x40, 0, 0, 0, 0, device}, true};
    advert.rssi = Dbm{rssi};
    return sink_->offer(std::move(advert));
  }
  [[nodiscard]] bool started() const { return sink_ != nullptr; }

  SourceStatus state{"bluez", "hearing", ""};
  bool refuses = false;
  int stops = 0;
  std::function<void()> on_stop;
  const Witnesses* others = nullptr;

 private:
  SourceSink* sink_ = nullptr;
};

// What came, as "g1 up", "door down: why" and "g1 -50".
class Kept final : public SourceSink {
 public:
  bool offer(SourceItem item) override {
    if (const auto* advert = std::get_if<Advert>(&item))
      items.push_back(std::string(advert->receiver.view()) + " " + std::to_string(int{advert->rssi.value}) +
                      (advert->louder ? " louder" : ""));
    if (const auto* state = std::get_if<ReceiverState>(&item))
      items.push_back(std::string(state->receiver.view()) + (state->up ? " up" : " down: " + state->why));
    return !full;
  }
  bool wait_and_put(SourceItem item) override { return offer(std::move(item)); }
  std::vector<std::string> items;
  bool full = false;
};

class RadiosTest : public testing::Test {
 protected:
  // One radio for each receiver.
  void plug(const std::vector<const char*>& receivers) {
    for (const char* receiver : receivers) {
      radios_.add("hci" + std::to_string(fakes_.size()), GatewayId(receiver), [this](const Witnesses& others) {
        auto fake = std::make_unique<FakeSource>();
        fake->others = &others;
        fakes_.push_back(fake.get());
        return fake;
      });
    }
  }
  void start(const std::vector<const char*>& receivers) {
    plug(receivers);
    ASSERT_TRUE(radios_.start(kept_));
  }
  [[nodiscard]] std::vector<std::string> told() { return std::exchange(kept_.items, {}); }
  [[nodiscard]] std::size_t testimonies(std::size_t radio, SteadyTime since = SteadyTime{}) const {
    std::vector<Testimony> out;
    fakes_[radio]->others->heard_since(since, out);
    return out.size();
  }

  std::vector<FakeSource*> fakes_;
  Kept kept_;
  Radios radios_;
};

TEST_F(RadiosTest, AdvertsAndStatesCarryTheReceiverOfTheirRadio) {
  start({"g1", "door"});
  fakes_[0]->say(true);
  fakes_[1]->say(false, "no adapter");
  fakes_[0]->hear(1, -50, {});
  fakes_[1]->hear(1, -60, {});
  EXPECT_THAT(told(), ElementsAre("g1 up", "door down: no adapter", "g1 -50", "door -60"));
  kept_.full = true;
  EXPECT_FALSE(fakes_[0]->hear(1, -50, {})) << "the radio counts what was dropped";
}

TEST_F(RadiosTest, AnAdvertCountsOnceForAReceiverThatSeveralRadiosHearFor) {
  start({"g1", "g1", "door"});
  const SteadyTime now{seconds(1000)};
  fakes_[0]->hear(1, -60, now);
  fakes_[1]->hear(1, -65, now + milliseconds(1));
  fakes_[2]->hear(1, -70, now + milliseconds(1));
  EXPECT_THAT(told(), ElementsAre("g1 -60", "door -70"));
  fakes_[1]->hear(1, -65, now + milliseconds(100));
  fakes_[0]->hear(1, -60, now + milliseconds(101));
  EXPECT_THAT(told(), ElementsAre("g1 -65", "g1 -60 louder"));
}

TEST_F(RadiosTest, ASharedReceiverIsUpWhileOneRadioHears) {
  start({"g1", "g1"});
  fakes_[0]->say(true);
  fakes_[1]->say(true);
  EXPECT_THAT(told(), ElementsAre("g1 up"));
  fakes_[0]->say(false, "no adapter");
  EXPECT_THAT(told(), IsEmpty());
  fakes_[1]->say(false, "mute");
  EXPECT_THAT(told(), ElementsAre("g1 down: mute"));
  fakes_[0]->say(true);
  fakes_[1]->say(true);
  EXPECT_THAT(told(), ElementsAre("g1 up"));
}

TEST_F(RadiosTest, ARadioThatHasNotSpokenYetMayStillHear) {
  start({"g1", "g1"});
  fakes_[0]->say(false, "no adapter");
  EXPECT_THAT(told(), IsEmpty());
  fakes_[1]->say(true);
  EXPECT_THAT(told(), ElementsAre("g1 up"));
}

TEST_F(RadiosTest, AllDownIsDownOnce) {
  start({"g1", "g1"});
  fakes_[0]->say(false, "no bluetoothd");
  fakes_[1]->say(false, "no bluetoothd");
  fakes_[0]->say(false, "no adapter");
  EXPECT_THAT(told(), ElementsAre("g1 down: no bluetoothd"));
}

TEST_F(RadiosTest, AfterARestartEverythingIsToldAnew) {
  start({"g1", "g1"});
  fakes_[0]->say(true);
  radios_.stop();
  (void)told();
  ASSERT_TRUE(radios_.start(kept_));
  fakes_[1]->say(false, "no adapter");
  EXPECT_THAT(told(), IsEmpty()) << "the first one has not spoken";
  fakes_[0]->say(true);
  EXPECT_THAT(told(), ElementsAre("g1 up"));
}

TEST_F(RadiosTest, OneThatCannotStartStopsTheOthersAndIsNamed) {
  plug({"g1", "door"});
  fakes_[1]->refuses = true;
  const auto started = radios_.start(kept_);
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().message(), "hci1: no room");
  EXPECT_FALSE(fakes_[0]->started());
}

// Each stop waits for the other's: one after the other they would never end.
TEST_F(RadiosTest, TheyStopAtTheSameTime) {
  start({"g1", "door"});
  std::mutex mutex;
  std::condition_variable changed;
  int stopping = 0;
  bool together = true;
  for (auto* fake : fakes_) {
    fake->on_stop = [&] {
      std::unique_lock lock(mutex);
      ++stopping;
      changed.notify_all();
      together = changed.wait_for(lock, seconds(10), [&] { return stopping >= 2; }) && together;
    };
  }
  radios_.stop();
  for (auto* fake : fakes_) fake->on_stop = {};
  EXPECT_TRUE(together);
}

TEST_F(RadiosTest, ARadioLearnsWhatTheOthersHearNotWhatItHearsItself) {
  start({"g1", "door", "g1"});
  fakes_[0]->hear(1, -50, SteadyTime{seconds(10)});
  EXPECT_EQ(testimonies(0), 0U);
  std::vector<Testimony> heard;
  fakes_[2]->others->heard_since(SteadyTime{seconds(10)}, heard);
  ASSERT_EQ(heard.size(), 1U);
  EXPECT_TRUE(heard[0].same_receiver);
  EXPECT_EQ(heard[0].radio, 0U);
  EXPECT_EQ(heard[0].device.address.bytes[5], 1);
  EXPECT_EQ(heard[0].device.level_dbm, -50);
  heard.clear();
  fakes_[1]->others->heard_since(SteadyTime{seconds(10)}, heard);
  ASSERT_EQ(heard.size(), 1U);
  EXPECT_FALSE(heard[0].same_receiver);
  EXPECT_EQ(testimonies(1, SteadyTime{seconds(11)}), 0U) << "too old";
}

TEST_F(RadiosTest, ASingleRadioSpeaksForItself) {
  start({"door"});
  fakes_[0]->state = {"bluez", "mute", "silent", {{"adverts", 7}}, {"active", "why"}};
  const auto status = radios_.status();
  EXPECT_EQ(status.state, "mute");
  EXPECT_EQ(status.detail, "silent");
  EXPECT_THAT(status.radios, IsEmpty());
}

TEST_F(RadiosTest, SeveralAreListedBesideTheirSum) {
  start({"g1", "door"});
  fakes_[0]->state = {"hci", "hearing", "hci0, from the kernel", {{"adverts", 7}}, {"active", "why"}};
  fakes_[1]->state = {"hci", "no adapter", "gone", {{"adverts", 5}}, {"none", "no adapter"}};
  const auto status = radios_.status();
  EXPECT_EQ(status.source, "hci");
  EXPECT_EQ(status.state, "degraded");
  ASSERT_EQ(status.radios.size(), 2U);
  EXPECT_EQ(status.radios[1].adapter, "hci1");
  EXPECT_EQ(status.radios[1].receiver, "door");
  EXPECT_EQ(status.radios[1].state, "no adapter");
  EXPECT_EQ(status.radios[1].detail, "gone");
  EXPECT_EQ(status.radios[1].counters, (StatusCounters{{"adverts", 5}}));
}

}  // namespace
}  // namespace aisle
