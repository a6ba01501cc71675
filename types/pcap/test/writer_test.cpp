// SPDX-License-Identifier: ISC
#include "mirage/pcap/writer.hpp"

#include <gtest/gtest.h>

#include <string>

#include "mirage/test/virtual_node.hpp"

namespace mirage {
namespace {

struct text_output final : pcap::output {
  void append(cbytes part) noexcept override { written += as_text(part); }
  std::string written;
};

const std::string file_header("\x4d\x3c\xb2\xa1\x02\x00\x04\x00\0\0\0\0\0\0\0\0\x00\x00\x04\x00\x01\0\0\0",
                              24);

TEST(pcap_writer, begins_with_the_header_of_the_file) {
  text_output file;
  const pcap::writer capture(file);
  EXPECT_EQ(file.written, file_header);
}

TEST(pcap_writer, a_record_has_seconds_nanoseconds_and_both_lengths) {
  text_output file;
  pcap::writer capture(file);
  capture.record(wall_time{3s + 5ns}, as_bytes("frame"));
  EXPECT_EQ(file.written.substr(24), std::string("\x03\0\0\0\x05\0\0\0\x05\0\0\0\x05\0\0\0frame", 21));
}

TEST(pcap_writer, slices_belong_to_the_frame) {
  test::virtual_node node;
  text_output file;
  pcap::writer capture(file);
  buffer_list slices;
  slices.push_back(buffer::copy_of(as_bytes("and ")));
  slices.push_back(buffer{});
  slices.push_back(buffer::copy_of(as_bytes("back")));
  capture.record(wall_time{1s}, as_bytes("front "), slices);
  EXPECT_EQ(file.written.substr(24), std::string("\x01\0\0\0\0\0\0\0\x0e\0\0\0\x0e\0\0\0front and back", 30));
}

TEST(pcap_writer, what_is_too_long_is_cut_and_says_how_long_it_was) {
  text_output file;
  pcap::writer capture(file);
  const std::string frame(pcap::writer::snap_length + 1, 'x');
  capture.record(wall_time{1s}, as_bytes(frame));
  EXPECT_EQ(file.written.size(), 24u + 16 + pcap::writer::snap_length);
  EXPECT_EQ(file.written.substr(32, 8), std::string("\x00\x00\x04\x00\x01\x00\x04\x00", 8));
}

}  // namespace
}  // namespace mirage
