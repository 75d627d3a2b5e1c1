#include "ble/recording/readers.hpp"

namespace aisle::recording {
namespace {

class CaptureReader final : public RecordingReader {
 public:
  explicit CaptureReader(std::unique_ptr<PacketReader> packets) : packets_(std::move(packets)) {}

  SourceItem next() override {
    while (next_report_ == reports_.size() && !ended_) read_packet();
    if (next_report_ == reports_.size()) return SourceEnd{error_};
    AdvReport& report = reports_[next_report_++];
    if (report.rssi.value < -127) report.rssi = Dbm{};  // no radio's value: unknown
    ++stats_.adverts;
    return Advert{stamp_, GatewayId{}, report.address, report.rssi, std::move(report.payload), SteadyTime{}};
  }

  [[nodiscard]] const RecordingStats& stats() const override { return stats_; }

 private:
  void read_packet() {
    reports_.clear();
    next_report_ = 0;
    const auto more = packets_->next(packet_);
    if (!more || !*more) return end(more ? std::string{} : more.error().message());
    ++stats_.records;
    if (!packet_.at) return skip("its time is not within 1970 to 2100");
    const Status decoded = decoder_.decode(packet_, reports_);
    if (!decoded) skip(decoded.error().message());
    if (!reports_.empty()) stamp_ = stamps_.stamp(*packet_.at, stats_);
  }

  void skip(const std::string& why) {
    ++stats_.skipped;
    if (stats_.first_problem.empty()) stats_.first_problem = fmt::format("record {}: {}", stats_.records, why);
  }

  void end(const std::string& error) {
    ended_ = true;
    decoder_.flush(reports_);
    if (error.empty()) return;
    stats_.truncated = true;
    error_ = fmt::format("record {}: {}", stats_.records + 1, error);
    if (stats_.first_problem.empty()) stats_.first_problem = error_;
  }

  std::unique_ptr<PacketReader> packets_;
  LinkDecoder decoder_;
  StampKeeper stamps_;
  Packet packet_;
  Stamp stamp_;
  std::vector<AdvReport> reports_;  // of the packet read last
  std::size_t next_report_ = 0;
  bool ended_ = false;
  std::string error_;
  RecordingStats stats_;
};

}  // namespace

std::unique_ptr<RecordingReader> make_capture_reader(std::unique_ptr<PacketReader> packets) {
  return std::make_unique<CaptureReader>(std::move(packets));
}

}  // namespace aisle::recording
