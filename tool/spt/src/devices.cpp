// SPDX-License-Identifier: ISC
#include "devices.hpp"

#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>

#include "mirage/solo5/manifest.hpp"

namespace mirage::tender {

namespace {

using solo5::entry_type;
using solo5::manifest_entry;

constexpr std::uint32_t usual_block_size = 512;
constexpr std::uint16_t usual_mtu = 1500;

std::unexpected<std::string> no_tap(const std::string& device, const std::string& tap) {
  return fail("the network device " + device + " needs the tap " + tap + ": " + std::strerror(errno) +
              "; make it once and give it to this user:\n  sudo ip tuntap add dev " + tap +
              " mode tap user $USER\n  sudo ip addr add 10.0.0.1/24 dev " + tap + "\n  sudo ip link set " +
              tap + " up\nor name another one with --net:" + device + "=TAP");
}

std::uint16_t mtu_of(const ifreq& interface) {
  ifreq request = interface;
  const int socket = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (socket < 0) return usual_mtu;
  const bool known = ::ioctl(socket, SIOCGIFMTU, &request) == 0;
  ::close(socket);
  return known && request.ifr_mtu > 0 && request.ifr_mtu <= UINT16_MAX
             ? static_cast<std::uint16_t>(request.ifr_mtu)
             : usual_mtu;
}

mac_address random_address() {
  std::array<std::uint8_t, mac_address::size> octets{};
  while (::getrandom(octets.data(), octets.size(), 0) != static_cast<ssize_t>(octets.size())) {
  }
  octets[0] = static_cast<std::uint8_t>((octets[0] & 0xfcU) | 2U);  // one station, locally administered
  return mac_address(octets);
}

// A tap that is not there is made, where this process may, and ends with it.
result<open_device, std::string> open_tap(const std::string& device, const options& given,
                                          manifest_entry& entry) {
  const std::string tap = tap_of(given, device);
  ifreq request{};
  if (tap.size() >= IFNAMSIZ)
    return fail("the name of the tap " + tap +
                " is longer than 15 characters; name another one with --net:" + device + "=TAP");
  tap.copy(request.ifr_name, IFNAMSIZ - 1);
  const int descriptor = ::open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
  if (descriptor < 0) return no_tap(device, tap);
  request.ifr_flags = IFF_TAP | IFF_NO_PI;
  if (::ioctl(descriptor, TUNSETIFF, &request) != 0) return no_tap(device, tap);
  // A tap that outlives its users would stay as the last one left it.
  if (::ioctl(descriptor, TUNSETOFFLOAD, 0) != 0) return no_tap(device, tap);
  const auto address = given.addresses.find(device);
  entry.network.mac = (address == given.addresses.end() ? random_address() : address->second).octets();
  entry.network.mtu = mtu_of(request);
  return open_device{.type = entry_type::network, .descriptor = descriptor};
}

std::unexpected<std::string> no_disk(const std::string& device, const std::string& file,
                                     const std::string& why) {
  return fail("the block device " + device + " needs the file " + file + ": " + why +
              "; make it (truncate -s 16M " + file + "), or name another one with --block:" + device +
              "=FILE");
}

// Written through to the disk, because no call of the unikernel's says when that matters.
result<open_device, std::string> open_disk(const std::string& device, const options& given,
                                           manifest_entry& entry) {
  const std::string file = file_of(given, device);
  const auto chosen = given.block_sizes.find(device);
  const std::uint32_t block = chosen == given.block_sizes.end() ? usual_block_size : chosen->second;
  const int descriptor = ::open(file.c_str(), O_RDWR | O_DSYNC | O_CLOEXEC);
  if (descriptor < 0) return no_disk(device, file, std::strerror(errno));
  struct stat facts{};
  if (::fstat(descriptor, &facts) != 0 || S_ISDIR(facts.st_mode))
    return no_disk(device, file, "it is no file for a disk");
  const off_t end = ::lseek(descriptor, 0, SEEK_END);  // of a block device too
  if (end < static_cast<off_t>(block)) return no_disk(device, file, "it is shorter than a block");
  const std::uint64_t capacity = static_cast<std::uint64_t>(end) / block * block;
  entry.block = {.capacity = capacity, .block_size = static_cast<std::uint16_t>(block)};
  return open_device{
      .type = entry_type::block, .descriptor = descriptor, .capacity = capacity, .block_size = block};
}

template <class Value>
result<void, std::string> check_names(const std::map<std::string, Value>& given, bytes manifest,
                                      std::size_t entries, entry_type type) {
  for (const auto& [name, value] : given) {
    bool found = false;
    for (std::size_t place = 1; place < entries; ++place) {
      const manifest_entry entry = solo5::entry_at(manifest, place);
      found = found || (entry.type == type && name == entry.name.data());
    }
    if (!found)
      return fail("the image has no " + std::string(type == entry_type::block ? "block" : "network") +
                  " device " + name);
  }
  return {};
}

}  // namespace

result<std::vector<open_device>, std::string> open_devices(bytes manifest, std::size_t entries,
                                                           const options& given) {
  MIRAGE_TRY_VOID(check_names(given.networks, manifest, entries, entry_type::network));
  MIRAGE_TRY_VOID(check_names(given.addresses, manifest, entries, entry_type::network));
  MIRAGE_TRY_VOID(check_names(given.disks, manifest, entries, entry_type::block));
  MIRAGE_TRY_VOID(check_names(given.block_sizes, manifest, entries, entry_type::block));
  std::vector<open_device> opened;
  for (std::size_t place = 1; place < entries; ++place) {
    manifest_entry entry = solo5::entry_at(manifest, place);
    const std::string name = entry.name.data();
    MIRAGE_TRY(open_device made, entry.type == entry_type::block ? open_disk(name, given, entry)
                                                                 : open_tap(name, given, entry));
    made.handle = static_cast<std::uint32_t>(place);
    entry.descriptor = made.descriptor;
    entry.attached = 1;
    solo5::store_entry(manifest, place, entry);
    opened.push_back(made);
  }
  return opened;
}

std::string solo5_command(cbytes manifest, std::size_t entries, const options& given) {
  std::string line = "solo5-spt --mem=" + std::to_string(given.memory_size >> 20U);
  for (std::size_t place = 1; place < entries; ++place) {
    const manifest_entry entry = solo5::entry_at(manifest, place);
    const std::string name = entry.name.data();
    const bool is_disk = entry.type == entry_type::block;
    line += is_disk ? " --block:" + name + "=" + file_of(given, name)
                    : " --net:" + name + "=" + tap_of(given, name);
    if (const auto size = given.block_sizes.find(name); size != given.block_sizes.end())
      line += " --block-sector-size:" + name + "=" + std::to_string(size->second);
  }
  line += " " + given.image;
  return given.arguments.empty() ? line : line + " -- " + given.arguments;
}

}  // namespace mirage::tender
