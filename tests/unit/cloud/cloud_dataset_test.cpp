#include "agent/cli/cloud/cloud_dataset.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "tests/fakes/temp_dir.hpp"

namespace aisle::cloud {
namespace {

using nlohmann::json;

class CloudDatasetTest : public testing::Test {
 protected:
  static std::string offer(int number, int version = 1) {
    return fmt::format(R"({{"id":"o-{:04}","version":{},"text":"{}"}})", number, version, std::string(80, 'x')) + "\n";
  }
  void write(const std::string& text) { std::ofstream(directory_.file("set.jsonl"), std::ios::trunc) << text; }
  CloudDataset make(Dataset dataset = Dataset::offers) { return {dataset, directory_.file("set.jsonl"), random_}; }
  // What a gateway asks that has nothing.
  static json nothing(std::size_t max_bytes = 100'000) {
    return {{"epoch", nullptr}, {"cursor", 0}, {"snapshot", nullptr}, {"page", 0}, {"max_bytes", max_bytes}};
  }

  fakes::TempDir directory_;
  SeededRandom random_{3};
};

TEST_F(CloudDatasetTest, WhoHasNothingGetsASnapshotInPages) {
  std::string all;
  for (int i = 0; i < 100; ++i) all += offer(i);
  write(all);
  auto dataset = make();
  ASSERT_TRUE(dataset.load());
  auto answer = dataset.answer(nothing(2000));
  ASSERT_EQ(answer.size(), 1U);
  const json first = answer[0];
  const auto pages = first["pages"].get<std::size_t>();
  EXPECT_GT(pages, 5U);
  EXPECT_EQ(first["page"], 0);
  EXPECT_EQ(first["to"], 1);
  std::size_t records = first["upserts"].size();
  for (std::size_t page = 1; page < pages; ++page) {
    answer = dataset.answer({{"epoch", first["epoch"]},
                             {"cursor", 0},
                             {"snapshot", first["snapshot"]},
                             {"page", page},
                             {"max_bytes", 2000}});
    ASSERT_EQ(answer.size(), 1U);
    EXPECT_EQ(answer[0]["page"], page);
    EXPECT_EQ(answer[0]["snapshot"], first["snapshot"]);
    EXPECT_LT(answer[0].dump().size(), 2500U);
    records += answer[0]["upserts"].size();
  }
  EXPECT_EQ(records, 100U);
}

TEST_F(CloudDatasetTest, AChangeIsADeltaOfWhatDiffers) {
  write(offer(1) + offer(2) + offer(3));
  auto dataset = make();
  const auto first = dataset.load();
  ASSERT_TRUE(first);
  EXPECT_FALSE(*first) << "there is nothing to push at first";
  write(offer(1) + offer(2, 2) + offer(4));
  EXPECT_TRUE(dataset.changed_on_disk());
  const auto changed = dataset.load();
  ASSERT_TRUE(changed && *changed);
  const json delta = **changed;
  EXPECT_EQ(delta["from"], 1);
  EXPECT_EQ(delta["to"], 2);
  EXPECT_EQ(delta["deletes"], json::array({"o-0003"}));
  ASSERT_EQ(delta["upserts"].size(), 2U);
  EXPECT_EQ(delta["upserts"][0]["id"], "o-0002");
  EXPECT_EQ(delta["upserts"][1]["id"], "o-0004");
  EXPECT_FALSE(dataset.changed_on_disk());

  const auto same = dataset.load();
  ASSERT_TRUE(same);
  EXPECT_FALSE(*same) << "nothing changed";
  EXPECT_EQ(dataset.count(), 3U);
}

TEST_F(CloudDatasetTest, AnswersDependOnTheCursor) {
  write(offer(1));
  auto dataset = make();
  ASSERT_TRUE(dataset.load());
  const std::string epoch = dataset.answer(nothing())[0]["epoch"];
  for (int version = 2; version <= 4; ++version) {
    write(offer(1, version) + std::string(static_cast<std::size_t>(version), '\n'));
    ASSERT_TRUE(dataset.load());
  }
  const auto ask = [&](const json& of, std::uint64_t cursor) {
    return dataset.answer(
        {{"epoch", of}, {"cursor", cursor}, {"snapshot", nullptr}, {"page", 0}, {"max_bytes", 100'000}});
  };
  const auto current = ask(epoch, 4);
  ASSERT_EQ(current.size(), 1U);
  EXPECT_EQ(current[0]["from"], 4);
  EXPECT_EQ(current[0]["to"], 4);
  EXPECT_TRUE(current[0]["upserts"].empty());

  const auto behind = ask(epoch, 2);
  ASSERT_EQ(behind.size(), 2U);
  EXPECT_EQ(behind[0]["from"], 2);
  EXPECT_EQ(behind[1]["to"], 4);

  EXPECT_TRUE(ask("another", 2)[0].contains("snapshot"));
  EXPECT_TRUE(ask(epoch, 99)[0].contains("snapshot")) << "a cursor that we never gave";
  EXPECT_TRUE(dataset.answer(json::object())[0].contains("snapshot"));
  EXPECT_TRUE(dataset.answer({{"epoch", 5}, {"cursor", -1}, {"max_bytes", "x"}})[0].contains("snapshot"));
}

TEST_F(CloudDatasetTest, ABrokenFileLeavesTheSetInForce) {
  write(offer(1) + offer(2));
  auto dataset = make();
  ASSERT_TRUE(dataset.load());
  for (const char* text : {"not json\n", "{\"version\":1}\n"}) {
    write(text);
    const auto broken = dataset.load();
    ASSERT_FALSE(broken) << text;
    EXPECT_NE(broken.error().message().find("set.jsonl"), std::string::npos);
    EXPECT_EQ(dataset.count(), 2U);
  }
}

TEST_F(CloudDatasetTest, KeysTravelPackedByDay) {
  write(R"({"ordinal":7,"day":20779,"key":"75c734c6dd1a782de7a965da5eb93125"})"
        "\n"
        R"({"ordinal":258,"day":20779,"key":"00000000000000000000000000000001"})"
        "\n"
        R"({"ordinal":7,"day":20780,"key":"00000000000000000000000000000002"})"
        "\n");
  auto dataset = make(Dataset::keys);
  ASSERT_TRUE(dataset.load());
  const auto upserts = dataset.answer(nothing())[0]["upserts"];
  ASSERT_EQ(upserts.size(), 2U);
  std::size_t keys = 0;
  for (const auto& record : upserts) {
    const auto parsed = records::parse_keys(record, {});
    ASSERT_TRUE(parsed) << record;
    for (const auto& key : *parsed) {
      ++keys;
      if (key.day == 20779 && key.ordinal == 7) {
        EXPECT_EQ(to_hex(key.key), "75c734c6dd1a782de7a965da5eb93125");
      }
    }
  }
  EXPECT_EQ(keys, 3U);
}

}  // namespace
}  // namespace aisle::cloud
