#include "agent/store/page_cipher.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

#include "tests/fakes/sealed.hpp"

namespace aisle::store {
namespace {

using Page = std::array<std::byte, kPageBytes>;

// As SQLite makes them: the reserved bytes are zero.
Page page_of(unsigned char fill) {
  Page page{};
  std::fill_n(page.begin(), kPageBytes - seal::kSealBytes, std::byte{fill});
  return page;
}

class PageCipherTest : public testing::Test {
 protected:
  Page sealed(PagePlace place, std::uint32_t number, const Page& page) {
    Page out{};
    cipher_.seal(place, number, page, out);
    return out;
  }
  PageCipher cipher_{fakes::master_key()};
  Page out_{};
};

TEST_F(PageCipherTest, OpensWhatItSealed) {
  const Page page = page_of(0x5a);
  const Page resting = sealed(PagePlace::database, 7, page);
  const std::array<std::byte, 4> plain{page[0], page[1], page[2], page[3]};
  EXPECT_EQ(std::search(resting.begin(), resting.end(), plain.begin(), plain.end()), resting.end());
  ASSERT_TRUE(cipher_.open(PagePlace::database, 7, resting, out_));
  EXPECT_EQ(out_, page);
  EXPECT_NE(sealed(PagePlace::database, 7, page), resting) << "the same page never rests the same twice";
}

TEST_F(PageCipherTest, APageIsOfOnePlaceAndOneKey) {
  const Page resting = sealed(PagePlace::database, 7, page_of(1));
  EXPECT_FALSE(cipher_.open(PagePlace::database, 8, resting, out_));
  EXPECT_FALSE(cipher_.open(PagePlace::log, 7, resting, out_));
  EXPECT_FALSE(PageCipher(fakes::master_key(8)).open(PagePlace::database, 7, resting, out_));
}

TEST_F(PageCipherTest, AnyAlteredBitIsFound) {
  const Page resting = sealed(PagePlace::log, 3, page_of(2));
  for (std::size_t bit = 0; bit < kPageBytes * 8; bit += 61) {
    Page altered = resting;
    altered.at(bit / 8) ^= std::byte{1} << (bit % 8);
    ASSERT_FALSE(cipher_.open(PagePlace::log, 3, altered, out_)) << "bit " << bit;
  }
}

TEST_F(PageCipherTest, TheFirstPageSaysThatItIsSealedAndForWhichKey) {
  Page page = page_of(3);
  std::memcpy(page.data(), kPlainMark.data(), kPlainMark.size());
  Page resting = sealed(PagePlace::database, 1, page);
  EXPECT_EQ(std::memcmp(resting.data(), kMarkName.data(), kMarkName.size()), 0);
  EXPECT_TRUE(std::ranges::equal(std::span(resting).first<16>(), cipher_.mark()));
  EXPECT_NE(PageCipher(fakes::master_key(8)).mark(), cipher_.mark());
  resting[9] ^= std::byte{1};  // the mark is no part of the page
  ASSERT_TRUE(cipher_.open(PagePlace::database, 1, resting, out_));
  EXPECT_EQ(out_, page);
}

TEST_F(PageCipherTest, APageThatWasNeverWrittenIsZeros) {
  ASSERT_TRUE(cipher_.open(PagePlace::database, 9, Page{}, out_));
  EXPECT_EQ(out_, Page{});
}

TEST_F(PageCipherTest, ChecksumsOfFramesDoNotShow) {
  FrameHeader header{};
  for (std::size_t i = 0; i < header.size(); ++i) header.at(i) = static_cast<std::byte>(i);
  FrameHeader resting = header;
  cipher_.seal(resting);
  EXPECT_TRUE(std::equal(header.begin(), header.begin() + 8, resting.begin())) << "page number and size stay";
  for (std::size_t i = 8; i < header.size(); i += 8)
    EXPECT_FALSE(std::equal(header.begin() + static_cast<std::ptrdiff_t>(i),
                            header.begin() + static_cast<std::ptrdiff_t>(i) + 8,
                            resting.begin() + static_cast<std::ptrdiff_t>(i)));
  cipher_.open(resting);
  EXPECT_EQ(resting, header);
}

}  // namespace
}  // namespace aisle::store
