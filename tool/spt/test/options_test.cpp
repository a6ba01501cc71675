// SPDX-License-Identifier: ISC
#include "../src/options.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "mirage/core/command_line.hpp"

namespace mirage::tender {
namespace {

result<options, std::string> read(std::vector<const char*> words) { return read_options(words); }

TEST(tender_options, name_the_image_its_devices_and_its_arguments) {
  const auto given =
      read({"--mem=64", "--net:service=tap0", "--net-mac:service=02:00:00:00:00:07",
            "--block:storage=disk.img", "--block-sector-size:storage=4096", "hello.spt", "--port=1", "a b"});
  ASSERT_TRUE(given.has_value()) << given.error();
  EXPECT_EQ(given->memory_size, std::uint64_t{64} << 20);
  EXPECT_EQ(given->networks.at("service"), "tap0");
  EXPECT_EQ(given->addresses.at("service"), mac_address("02:00:00:00:00:07"));
  EXPECT_EQ(given->disks.at("storage"), "disk.img");
  EXPECT_EQ(given->block_sizes.at("storage"), 4096U);
  EXPECT_EQ(given->image, "hello.spt");
  EXPECT_EQ(given->arguments, "--port=1 \"a b\"");
}

TEST(tender_options, of_memory_are_also_written_as_for_virtual_machines) {
  for (const auto& words : {std::vector{"--memory", "8", "x"}, std::vector{"--memory=8", "x"}}) {
    const auto given = read(words);
    ASSERT_TRUE(given.has_value()) << given.error();
    EXPECT_EQ(given->memory_size, std::uint64_t{8} << 20);
    EXPECT_EQ(given->image, "x");
  }
}

TEST(tender_options, behind_the_image_are_the_unikernels) {
  const auto given = read({"--net:service=tap3", "hello.spt", "--", "--net:service=tap4", "--"});
  ASSERT_TRUE(given.has_value()) << given.error();
  EXPECT_EQ(given->networks.at("service"), "tap3");
  EXPECT_EQ(given->arguments, "--net:service=tap4 --");
  EXPECT_EQ(given->memory_size, std::uint64_t{512} << 20);
}

TEST(tender_options, say_what_is_attached_to_a_device) {
  const auto given = read({"--net:service=tap3", "--block:storage=a/b", "--dry-run", "x"});
  ASSERT_TRUE(given.has_value()) << given.error();
  EXPECT_TRUE(given->dry_run);
  EXPECT_EQ(tap_of(*given, "service"), "tap3");
  EXPECT_EQ(tap_of(*given, "inside"), "inside");
  EXPECT_EQ(file_of(*given, "storage"), "a/b");
  EXPECT_EQ(file_of(*given, "disk"), "disk.img");
}

TEST(tender_options, that_are_wrong_get_a_sentence) {
  const auto expect = [](std::vector<const char*> words, std::string_view why) {
    const auto given = read(std::move(words));
    ASSERT_FALSE(given.has_value()) << why;
    EXPECT_TRUE(given.error().contains(why)) << given.error();
  };
  expect({}, "no image is named");
  expect({"--bogus", "x"}, "behind a `--`");
  expect({"--mem=1", "x"}, "2 to 65536");
  expect({"--mem=many", "x"}, "2 to 65536");
  expect({"--memory", "x"}, "2 to 65536");
  expect({"--memory"}, "behind a `--`");
  expect({"--net:service", "x"}, "no value");
  expect({"--net:a-b=tap0", "x"}, "letters and digits");
  expect({"--net-mac:a=01:00:00:00:00:00", "x"}, "MAC address");
  expect({"--block-sector-size:a=1000", "x"}, "512, 1024");
}

TEST(tender_options, arguments_arrive_as_they_were_typed) {
  const std::vector<const char*> words{"--hello=Moin moin", "",      "it's", "\"quoted\"",
                                       "back\\slash",       "plain", "\t"};
  command_line_words room{};
  const auto split = split_command_line(joined(words), room);
  ASSERT_TRUE(split.has_value());
  EXPECT_TRUE(std::ranges::equal(*split, words, [](std::string_view a, const char* b) { return a == b; }));
}

}  // namespace
}  // namespace mirage::tender
