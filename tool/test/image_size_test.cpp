// SPDX-License-Identifier: ISC
#include "../src/image_size.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace mirage::tool {
namespace {

// A package `net/carpet` with one header, and an image with a device of it.
class image_size : public testing::Test {
 protected:
  image_size() : sources_(std::filesystem::path(testing::TempDir()) / "image_size") {
    const auto headers = sources_ / "net/carpet/include/mirage";
    std::filesystem::create_directories(headers);
    std::ofstream(headers / "carpet.hpp") << "// a carpet\n";
    what_.packages.push_back({.name = "carpet",
                              .version = "1.0.0",
                              .summary = {},
                              .targets = {},
                              .wishes = {},
                              .debian = {},
                              .folder = sources_ / "net/carpet",
                              .floor = "net"});
    graph_device device;
    device.id = "carpet_0";
    device.header = "mirage/carpet.hpp";
    what_.image.devices.push_back(device);
  }
  ~image_size() override { std::filesystem::remove_all(sources_); }

  std::filesystem::path sources_;
  plan what_;
};

TEST_F(image_size, symbols_are_their_packages) {
  const auto sizes = sizes_by_origin(
      "0000000000001000 0000000000000010 t mirage::carpet::fly()\t././net/carpet/src/carpet.cpp:4\n"
      "0000000000001010 0000000000000020 t void mirage::roll<int>()\tmirage/include/mirage/carpet.hpp:8\n"
      "0000000000001030 0000000000000040 t (anonymous namespace)::carpet_0::carpet_0()\tmirage/main.cpp:9\n"
      "0000000000001070 0000000000000005 t walk()\tunikernel.hpp:9\n"
      "0000000000001080 0000000000000007 T br_sha2small_round\n"
      "0000000000001090 0000000000000008 t "
      "std::sort()\t/usr/lib/gcc/x86_64-linux-gnu/12/include/c++/12/algo.h:3\n"
      "00000000000010a0 t a_label\n"
      "0000000000002000 0000000000000100 r mirage_crunch_htdocs\thtdocs.cpp:0\n"
      "0000000000002100 0000000000000030 r entries\tmirage/build/virtio/crunch/htdocs.cpp:7\n"
      "0000000000003000 0000000000000200 b zeros\t./net/carpet/src/carpet.cpp:2\n",
      what_);
  EXPECT_EQ(sizes.at("net/carpet").bytes[section_sizes::text], 0x70);
  EXPECT_EQ(sizes.at("net/carpet").bytes[section_sizes::bss], 0x200);
  EXPECT_EQ(sizes.at("net/carpet").in_file(), 0x70);
  EXPECT_EQ(sizes.at("unikernel").in_file(), 5);
  EXPECT_EQ(sizes.at("libbearssl").in_file(), 7);
  EXPECT_EQ(sizes.at("libstdc++").in_file(), 8);
  EXPECT_EQ(sizes.at("files of htdocs").bytes[section_sizes::rodata], 0x130);
  EXPECT_EQ(sizes.size(), 5U);
}

TEST_F(image_size, several_names_of_the_same_bytes_count_once) {
  const auto sizes = sizes_by_origin(
      "0000000000001000 0000000000000010 t one()\tunikernel.hpp:1\n"
      "0000000000001000 0000000000000010 t other()\t./net/carpet/src/carpet.cpp:4\n"
      "0000000000001008 0000000000000010 t overlapping()\tunikernel.hpp:3\n",
      what_);
  EXPECT_EQ(sizes.at("unikernel").in_file(), 0x18);
  EXPECT_FALSE(sizes.contains("net/carpet"));
}

TEST(image_sections, those_that_are_loaded_count) {
  const auto all = sizes_of_sections(
      "dist/x.virtio.debug  :\n"
      "section              size      addr\n"
      ".rodata                10   1052672\n"
      ".eh_frame               2   1052700\n"
      ".text                 400   2163724\n"
      ".init_array             8   2564000\n"
      ".data                  30   2564856\n"
      ".bss                20552   2568192\n"
      ".debug_info       1841479         0\n"
      "Total             1862481\n");
  EXPECT_EQ(all.bytes[section_sizes::rodata], 12);
  EXPECT_EQ(all.bytes[section_sizes::text], 400);
  EXPECT_EQ(all.bytes[section_sizes::data], 38);
  EXPECT_EQ(all.bytes[section_sizes::bss], 20552);
  EXPECT_EQ(all.in_file(), 450);
}

}  // namespace
}  // namespace mirage::tool
