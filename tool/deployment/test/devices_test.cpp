// SPDX-License-Identifier: ISC
#include "mirage/deployment/devices.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

namespace {

using namespace mirage::deployment;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::string_view website = R"({
  "name": "website",
  "devices": [
    {"id": "network_0", "module": "network", "attach": "network"},
    {"id": "stack_0", "module": "stack"},
    {"id": "block_0", "module": "block", "attach": "block my disk.img"}
  ],
  "arguments": [{"name": "port"}, {"name": "ipv4"}, {"name": "ipv4-gateway"}]
})";

TEST(manifest, tells_what_to_attach) {
  const auto image = parse_manifest(website);
  ASSERT_TRUE(image);
  EXPECT_THAT(image->devices,
              ElementsAre(wanted_device{"network", ""}, wanted_device{"block", "my disk.img"}));
  EXPECT_THAT(image->arguments, ElementsAre("port", "ipv4", "ipv4-gateway"));
  EXPECT_FALSE(parse_manifest("{"));
  EXPECT_FALSE(parse_manifest("[]"));
}

TEST(forwarded_port, is_written_as_for_containers) {
  EXPECT_EQ(forwarded_port::parse("8080:80"), (forwarded_port{.host = 8080, .guest = 80}));
  EXPECT_EQ(forwarded_port::parse("53:53/udp"), (forwarded_port{.host = 53, .guest = 53, .udp = true}));
  EXPECT_EQ(forwarded_port::parse("0.0.0.0:1:2/tcp"),
            (forwarded_port{.address = "0.0.0.0", .host = 1, .guest = 2}));
  for (const std::string_view text :
       {"", "80", "80:", ":80", "a:b", "0:80", "80:0", "80:65536", "8080:80/sctp"})
    EXPECT_FALSE(forwarded_port::parse(text)) << text;
}

std::string joined(const attached_devices& what) {
  std::string line;
  for (const auto& word : what.words) line += word + " ";
  return line;
}

TEST(attach, makes_a_network_of_its_own_and_gives_the_guest_its_address) {
  const auto made =
      attach(*parse_manifest(website), {.ports = {"8080:80", "53:53/udp"}}, true, {"--port=80"});
  ASSERT_TRUE(made) << made.error();
  EXPECT_EQ(
      joined(*made),
      "-netdev user,id=net0,net=10.0.2.0/24,hostfwd=tcp:127.0.0.1:8080-:80,hostfwd=udp:127.0.0.1:53-:53 "
      "-device virtio-net-device,bus=virtio-mmio-bus.0,netdev=net0,mac=52:54:00:12:34:56 "
      "-drive if=none,id=disk0,format=raw,discard=unmap,file=my disk.img "
      "-device virtio-blk-device,bus=virtio-mmio-bus.1,drive=disk0 ");
  EXPECT_THAT(made->boot_arguments, ElementsAre("--ipv4=10.0.2.15/24", "--ipv4-gateway=10.0.2.2"));
}

TEST(attach, leaves_the_addresses_to_who_gives_some) {
  const auto image = *parse_manifest(website);
  EXPECT_THAT(attach(image, {}, true, {"--ipv4=10.0.2.99/24"})->boot_arguments, IsEmpty());
  EXPECT_THAT(attach(image, {}, true, {"--ipv4", "10.0.2.99/24"})->boot_arguments, IsEmpty());
  EXPECT_THAT(attach(image, {}, true, {"--ipv4-gateway=10.0.2.3"})->boot_arguments,
              ElementsAre("--ipv4=10.0.2.15/24"));
  EXPECT_THAT(attach(image, {.networks = {"tap:tap0"}}, true, {})->boot_arguments, IsEmpty());
}

TEST(attach, takes_a_tap_and_captures) {
  const auto made =
      attach(*parse_manifest(website), {.networks = {"tap:tap7"}, .capture = "a,b.pcap"}, false, {});
  ASSERT_TRUE(made) << made.error();
  EXPECT_THAT(made->words, Contains("tap,id=net0,ifname=tap7,script=no,downscript=no,vhost=off"));
  EXPECT_THAT(made->words, Contains("filter-dump,id=capture,netdev=net0,file=a,,b.pcap"));
  EXPECT_THAT(made->words, Contains(HasSubstr("virtio-net-pci,disable-legacy=on,netdev=net0")));
}

TEST(attach, finds_the_file_of_a_disk) {
  const auto made =
      attach(*parse_manifest(website), {.disks = {"my disk.img=other.img"}, .new_disk_size = "1M"}, true, {});
  ASSERT_TRUE(made) << made.error();
  ASSERT_EQ(made->files.size(), 1u);
  EXPECT_EQ(made->files[0].path, "other.img");
  EXPECT_EQ(made->files[0].size, 1u << 20U);
}

TEST(attach, says_what_is_wrong) {
  const auto image = *parse_manifest(website);
  const image_manifest nothing;
  EXPECT_THAT(attach(image, {.ports = {"80"}}, true, {}).error(), HasSubstr("80 says no ports"));
  EXPECT_THAT(attach(image, {.networks = {"bridge"}}, true, {}).error(), HasSubstr("bridge is no network"));
  EXPECT_THAT(attach(image, {.ports = {"1:1"}, .networks = {"tap:x"}}, true, {}).error(),
              HasSubstr("user-mode"));
  EXPECT_THAT(attach(nothing, {.ports = {"1:1"}}, true, {}).error(), HasSubstr("user-mode"));
  EXPECT_THAT(attach(nothing, {.capture = "x"}, true, {}).error(), HasSubstr("no network"));
  EXPECT_THAT(attach(image, {.disks = {"x"}}, true, {}).error(), HasSubstr("NAME=FILE"));
  for (const char* size : {"M", "64X", "0", "-1", "99999999999999T"})
    EXPECT_THAT(attach(image, {.new_disk_size = size}, true, {}).error(), HasSubstr("is no size")) << size;
}

TEST(ensure_exists, makes_a_file_of_holes_and_never_touches_one_that_is_there) {
  char folder[] = "/tmp/launcher_devices_XXXXXX";
  ASSERT_NE(::mkdtemp(folder), nullptr);
  const std::string path = std::string(folder) + "/disk.img";
  EXPECT_THAT(ensure_exists({.path = path}).error(), HasSubstr("--create-disks"));
  EXPECT_TRUE(ensure_exists({.path = path, .size = 1 << 20}));
  EXPECT_TRUE(ensure_exists({.path = path, .size = 2 << 20}));
  struct stat found{};
  EXPECT_EQ(::stat(path.c_str(), &found), 0);
  EXPECT_EQ(found.st_size, 1 << 20);
  EXPECT_EQ(found.st_blocks, 0);
  ::unlink(path.c_str());
  EXPECT_THAT(ensure_exists({.path = path + "/x", .size = 1}).error(), HasSubstr("cannot make the disk"));
  ::rmdir(folder);
}

}  // namespace
