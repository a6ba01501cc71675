// SPDX-License-Identifier: ISC
// What is attached to a virtual machine for the devices of its image: networks and disks, in the order of the
// manifest, which is the order in which the image takes them.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace mirage::deployment {

/// A device of the manifest that wants something attached.
struct wanted_device {
  std::string kind;  // network, block, console
  std::string name;  // of config.cpp; may be empty

  bool operator==(const wanted_device&) const = default;
};

struct image_manifest {
  std::string name = {};
  std::string target = {};
  std::string image = {};  // the file, relative to the project: dist/hello.virtio
  std::vector<wanted_device> devices = {};
  std::vector<std::string> arguments = {};  // names of boot arguments
};
/// Of mirage/manifest.json; the error is a sentence.
std::expected<image_manifest, std::string> parse_manifest(std::string_view json);

/// `-p [ADDRESS:]HOST:GUEST[/udp]`: a port of the host that leads to one of the guest.
struct forwarded_port {
  std::string address = "127.0.0.1";
  std::uint16_t host = 0;
  std::uint16_t guest = 0;
  bool udp = false;

  static std::expected<forwarded_port, std::string> parse(std::string_view text);
  bool operator==(const forwarded_port&) const = default;
};

/// What the command line says of them.
struct device_options {
  std::vector<std::string> ports = {};     // -p
  std::vector<std::string> networks = {};  // --network, one an interface: user, tap:NAME, none
  std::vector<std::string> macs = {};      // of the networks; those without one have QEMU's usual addresses
  std::vector<std::string> disks = {};     // --disk NAME=FILE; without one, the file is the name
  std::string new_disk_size = {};  // --create-disks: makes the files that are not there; as of QEMU: 64M
  std::string capture = {};        // --pcap, of the first network
};

/// A disk's file and how long it is to be if it does not exist.
struct disk_file {
  std::string path;
  std::uint64_t size = 0;  // 0: it must exist
};

struct attached_devices {
  std::vector<std::string> words;           // of QEMU's command line
  std::vector<std::string> boot_arguments;  // that the image needs besides those of the user
  std::vector<disk_file> files;
};

/// `in_memory`: the machine has virtio devices in memory (microvm), not on PCI. `given` are the boot
/// arguments of the user. The error is a sentence.
std::expected<attached_devices, std::string> attach(const image_manifest& image, const device_options& wanted,
                                                    bool in_memory, const std::vector<std::string>& given);

/// Makes the file, full of holes, where there is none; never touches one that is there.
std::expected<void, std::string> ensure_exists(const disk_file& disk);

}  // namespace mirage::deployment
