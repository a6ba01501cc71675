// SPDX-License-Identifier: ISC
#include "mirage/deployment/devices.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <nlohmann/json.hpp>

namespace mirage::deployment {

namespace {

using json = nlohmann::json;

// QEMU's user-mode network: the guest's address and the gateway in each, 10.0.2.0/24 and so on.
constexpr unsigned first_user_network = 2;

std::string text_of(const json& from, const char* member) {
  const auto place = from.find(member);
  return place != from.end() && place->is_string() ? place->get<std::string>() : std::string{};
}

template <class Number>
bool take_number(std::string_view text, Number& into) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), into);
  return error == std::errc{} && end == text.data() + text.size();
}

std::expected<std::uint64_t, std::string> parse_size(std::string_view text) {
  constexpr std::string_view units = "KMGT";
  const auto refusal =
      std::unexpected(fmt::format("{} is no size of a disk; write a number and K, M, G or T: 64M", text));
  unsigned shift = 0;
  std::string_view number = text;
  if (const auto unit = units.find(text.empty() ? '0' : text.back()); unit != units.npos) {
    shift = 10 * (static_cast<unsigned>(unit) + 1);
    number.remove_suffix(1);
  }
  std::uint64_t count = 0;
  if (!take_number(number, count) || count == 0 || count > (UINT64_MAX >> 16 >> shift)) return refusal;
  return (count << shift) / 512 * 512;
}

// A value inside an option of QEMU's, where a comma ends it.
std::string option_value(std::string_view text) {
  std::string value;
  for (const char character : text) value += character == ',' ? std::string(",,") : std::string(1, character);
  return value;
}

// Makes the words for the devices, one after another.
class attacher {
 public:
  attacher(const device_options& wanted, bool in_memory) : wanted_(wanted), in_memory_(in_memory) {}

  std::expected<void, std::string> add(const wanted_device& one) {
    if (one.kind == "network") return add_network();
    if (one.kind == "block") return add_disk(one.name);
    if (one.kind == "console") return add_console();
    return std::unexpected(fmt::format("this machine has no device of the kind {}", one.kind));
  }
  attached_devices take() { return std::move(made_); }
  unsigned networks() const { return networks_; }
  bool first_is_user() const { return first_is_user_; }

 private:
  // `what` is the device without the name of its bus: virtio-net, for example.
  void add_device(const std::string& what, const std::string& options) {
    const std::string place = in_memory_ ? fmt::format("-device,bus=virtio-mmio-bus.{}", devices_++)
                                         : std::string("-pci,disable-legacy=on");
    made_.words.insert(made_.words.end(), {"-device", what + place + options});
  }

  std::expected<void, std::string> add_network() {
    const unsigned number = networks_++;
    const std::string kind = number < wanted_.networks.size() ? wanted_.networks[number] : "user";
    const std::string id = fmt::format("net{}", number);
    if (kind == "user") {
      auto backend = user_network(number);
      if (!backend) return std::unexpected(backend.error());
      made_.words.insert(made_.words.end(), {"-netdev", "user,id=" + id + *backend});
      if (number == 0) first_is_user_ = true;
    } else if (kind.starts_with("tap:")) {
      made_.words.insert(made_.words.end(),
                         {"-netdev", fmt::format("tap,id={},ifname={},script=no,downscript=no,vhost=off", id,
                                                 option_value(kind.substr(4)))});
    } else {
      return std::unexpected(fmt::format("{} is no network; write user, or tap:NAME", kind));
    }
    const std::string mac = number < wanted_.macs.size()
                                ? wanted_.macs[number]
                                : fmt::format("52:54:00:12:34:{:02x}", 0x56 + number);
    add_device("virtio-net", fmt::format(",netdev={},mac={}", id, mac));
    if (number == 0 && !wanted_.capture.empty()) {
      made_.words.insert(made_.words.end(),
                         {"-object", fmt::format("filter-dump,id=capture,netdev={},file={}", id,
                                                 option_value(wanted_.capture))});
    }
    return {};
  }

  std::expected<std::string, std::string> user_network(unsigned number) const {
    std::string options = fmt::format(",net=10.0.{}.0/24", first_user_network + number);
    if (number != 0) return options;
    for (const auto& text : wanted_.ports) {
      auto port = forwarded_port::parse(text);
      if (!port) return std::unexpected(port.error());
      options += fmt::format(",hostfwd={}:{}:{}-:{}", port->udp ? "udp" : "tcp", port->address, port->host,
                             port->guest);
    }
    return options;
  }

  std::expected<void, std::string> add_disk(const std::string& name) {
    disk_file file{.path = name};
    for (const auto& text : wanted_.disks) {
      const auto equals = text.find('=');
      if (equals == text.npos) return std::unexpected(fmt::format("--disk {}: write NAME=FILE", text));
      if (text.substr(0, equals) == name) file.path = text.substr(equals + 1);
    }
    if (!wanted_.new_disk_size.empty()) {
      auto size = parse_size(wanted_.new_disk_size);
      if (!size) return std::unexpected(size.error());
      file.size = *size;
    }
    const std::string id = fmt::format("disk{}", made_.files.size());
    made_.words.insert(made_.words.end(),
                       {"-drive", fmt::format("if=none,id={},format=raw,discard=unmap,file={}", id,
                                              option_value(file.path))});
    add_device("virtio-blk", ",drive=" + id);
    made_.files.push_back(std::move(file));
    return {};
  }

  std::expected<void, std::string> add_console() {
    if (has_console_)
      return std::unexpected("there is one terminal for one console; name only one in config.cpp");
    has_console_ = true;
    add_device("virtio-serial", "");
    made_.words.insert(made_.words.end(), {"-device", "virtconsole,chardev=console"});
    return {};
  }

  const device_options& wanted_;
  bool in_memory_;
  attached_devices made_;
  unsigned devices_ = 0;
  unsigned networks_ = 0;
  bool first_is_user_ = false;
  bool has_console_ = false;
};

bool is_given(const std::vector<std::string>& words, std::string_view name) {
  return std::ranges::any_of(words, [name](std::string_view word) {
    return word.starts_with("--") && word.substr(2).starts_with(name) &&
           (word.size() == name.size() + 2 || word[name.size() + 2] == '=');
  });
}

}  // namespace

std::expected<image_manifest, std::string> parse_manifest(std::string_view text) {
  const json root = json::parse(text, nullptr, false);
  if (!root.is_object())
    return std::unexpected("the manifest is no JSON object; run `mirage configure` again");
  image_manifest made{
      .name = text_of(root, "name"), .target = text_of(root, "target"), .image = text_of(root, "image")};
  if (const auto devices = root.find("devices"); devices != root.end()) {
    for (const auto& each : *devices) {
      const std::string attach = text_of(each, "attach");
      if (attach.empty()) continue;
      const auto space = attach.find(' ');
      made.devices.push_back(
          {.kind = attach.substr(0, space), .name = space == attach.npos ? "" : attach.substr(space + 1)});
    }
  }
  if (const auto arguments = root.find("arguments"); arguments != root.end())
    for (const auto& each : *arguments) made.arguments.push_back(text_of(each, "name"));
  return made;
}

std::expected<forwarded_port, std::string> forwarded_port::parse(std::string_view text) {
  const auto refusal = std::unexpected(
      fmt::format("{} says no ports; write HOST:GUEST, ADDRESS:HOST:GUEST, or HOST:GUEST/udp", text));
  forwarded_port made;
  std::string_view rest = text;
  if (rest.ends_with("/udp")) made.udp = true;
  if (rest.ends_with("/udp") || rest.ends_with("/tcp")) rest.remove_suffix(4);
  const auto last = rest.rfind(':');
  if (last == rest.npos || !take_number(rest.substr(last + 1), made.guest)) return refusal;
  rest = rest.substr(0, last);
  if (const auto colon = rest.rfind(':'); colon != rest.npos) {
    made.address = rest.substr(0, colon);
    rest.remove_prefix(colon + 1);
  }
  if (!take_number(rest, made.host) || made.guest == 0 || made.host == 0) return refusal;
  return made;
}

std::expected<attached_devices, std::string> attach(const image_manifest& image, const device_options& wanted,
                                                    bool in_memory, const std::vector<std::string>& given) {
  attacher all(wanted, in_memory);
  for (const auto& each : image.devices)
    if (auto added = all.add(each); !added) return std::unexpected(added.error());
  if (!wanted.ports.empty() && !all.first_is_user())
    return std::unexpected(
        "ports are forwarded to a user-mode network (--network user), and this image has none");
  if (!wanted.capture.empty() && all.networks() == 0)
    return std::unexpected("there is nothing to capture: the image has no network");
  attached_devices made = all.take();
  const bool takes_address = std::ranges::find(image.arguments, "ipv4") != image.arguments.end();
  if (all.first_is_user() && takes_address && !is_given(given, "ipv4")) {
    made.boot_arguments.push_back("--ipv4=10.0.2.15/24");
    if (!is_given(given, "ipv4-gateway")) made.boot_arguments.push_back("--ipv4-gateway=10.0.2.2");
  }
  return made;
}

std::expected<void, std::string> ensure_exists(const disk_file& disk) {
  if (::access(disk.path.c_str(), F_OK) == 0) return {};
  if (disk.size == 0)
    return std::unexpected(fmt::format(
        "there is no file {} for a disk; make one, or let it be made: --create-disks=64M", disk.path));
  const int file = ::open(disk.path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  const bool made = file >= 0 && ::ftruncate(file, static_cast<off_t>(disk.size)) == 0;
  const int error = errno;
  if (file >= 0) ::close(file);
  if (!made)
    return std::unexpected(fmt::format("cannot make the disk {}: {}", disk.path, std::strerror(error)));
  return {};
}

}  // namespace mirage::deployment
