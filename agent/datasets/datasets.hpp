// From JSON records to what the store keeps and what the pipeline uses: one checked change, applied to both.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "agent/pipeline/pipeline.hpp"
#include "agent/records/records.hpp"
#include "agent/store/store.hpp"

namespace aisle::datasets {

// A change that was checked record by record. What was refused is named; an older record of a refused id goes.
struct CheckedChange {
  store::DatasetChange change;
  // Of `record_deletes`, the customers who are not there again: deleted on purpose, or with a record that was refused.
  // What was decided for those counts on.
  std::vector<std::string> deleted_customers, withdrawn_customers;
  std::vector<records::RecordError> refused;
  std::vector<Customer> customers;
  std::vector<Offer> offers;
  std::vector<Asset> assets;
  std::vector<Lease> leases;
};

struct RawChange {
  Dataset dataset = Dataset::offers;
  bool replace_all = false;
  std::vector<nlohmann::json> deletes;  // ids; for keys {"day","ordinal"?}, a day, or "day/ordinal"
  std::vector<nlohmann::json> upserts;
  // Where the upserts were, for those that have no other name: "line" or "record" and the number of each in its file;
  // none: "upserts[0]", as on the wire.
  std::string place_word{};
  std::vector<std::size_t> places{};

  [[nodiscard]] std::string place(std::size_t index) const;
};

// With the strictness of a file, an id that was there already is refused, and so is another key for the same ordinal
// and day: the first one counts. Gives each record's memory back once it is checked: a set of all customers is not held
// in three forms at once.
[[nodiscard]] CheckedChange check(RawChange raw, const records::ParseContext& context);

// Takes a change over into the running pipeline, in slices. Begin once it is committed.
class Application {
 public:
  // `record_upserts`, which are the store's, are not needed.
  explicit Application(CheckedChange change) : change_(std::move(change)) {}
  // Up to `count` deletes, or upserts, the deletes first; true while more is left. A set that is replaced is emptied by
  // the first step, however large, and customers are then replaced whole.
  bool step(std::size_t count, pipeline::Pipeline& pipeline, Stamp now);

 private:
  void begin(pipeline::Pipeline& pipeline, Stamp now);
  void erase(std::size_t from, std::size_t to, pipeline::Pipeline& pipeline, Stamp now);
  void upsert(std::size_t from, std::size_t to, pipeline::Pipeline& pipeline, Stamp now);
  [[nodiscard]] std::size_t deletes() const;
  [[nodiscard]] std::size_t upserts() const;

  CheckedChange change_;
  bool begun_ = false;
  std::size_t erased_ = 0, upserted_ = 0;
};

// All of it at once.
void apply(CheckedChange change, pipeline::Pipeline& pipeline, Stamp now);

// Takes rows of the store into the pipeline; bodies that no longer parse are counted and left out.
std::size_t load_records(Dataset dataset, const std::vector<store::RecordRow>& rows,
                         const records::ParseContext& context, pipeline::Pipeline& pipeline, Stamp now);
void load_spends(const std::vector<store::LeaseSpendRow>& rows, pipeline::Pipeline& pipeline);
void load_keys(const std::vector<store::KeyRow>& rows, pipeline::Pipeline& pipeline);

// Takes out what is gone, without forgetting what was decided for them.
void withdraw(Dataset dataset, const store::Gone& gone, pipeline::Pipeline& pipeline, Stamp now);

// Refusals of a snapshot's pages: how many, and the first hundred.
struct Refusals {
  std::vector<records::RecordError> named;
  std::size_t count = 0;
  void add(const std::vector<records::RecordError>& more);
  [[nodiscard]] std::string text() const;
  // None where it is no such text.
  [[nodiscard]] static Refusals from(const std::string& text);
};

[[nodiscard]] Json refused_json(const std::vector<records::RecordError>& refused);

}  // namespace aisle::datasets
