// SPDX-License-Identifier: ISC
// `v1::ethernet`: the header, both ways.
//
// The subject, besides what suite.hpp asks for:
//   using ethernet = ...;                  the implementation under test
//   ethernet& device();
//   std::vector<std::string> take_sent();  the frames that went out since the last call
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mirage/core/sleep.hpp"
#include "mirage/test/suites/suite.hpp"

namespace mirage::test {

/// The six bytes of an address, as text.
inline std::string raw(mac_address address) {
  std::string bytes(mac_address::size, '\0');
  address.store(static_cast<std::byte*>(static_cast<void*>(bytes.data())));
  return bytes;
}
/// Two bytes in network order.
inline std::string raw(std::uint16_t number) {
  return {static_cast<char>(number >> 8), static_cast<char>(number & 0xff)};
}

/// Writes a text as a packet's first bytes; the text must live until then.
inline auto fill_with(std::string_view text) {
  return [text](bytes to) noexcept {
    if (!text.empty()) std::memcpy(to.data(), text.data(), text.size());
    return text.size();
  };
}

/// Notes which layer was called with what.
struct recording_layers {
  void arp(buffer&& packet, const v1::received& how) { note("arp ", packet, how); }
  void ipv4(buffer&& packet, const v1::received& how) { note("ipv4 ", packet, how); }
  void ipv6(buffer&& packet, const v1::received& how) { note("ipv6 ", packet, how); }
  void note(std::string_view what, const buffer& packet, const v1::received& how) {
    calls.push_back(std::string(what) + std::string(packet.text()));
    last = how;
  }
  std::vector<std::string> calls;
  v1::received last;
};

template <class Subject>
class ethernet_suite {
  using ethernet = typename Subject::ethernet;
  static_assert(v1::ethernet<ethernet>);

 public:
  explicit ethernet_suite(Subject& made) : subject(made) {}
  Subject& subject;
  static constexpr duration a_while = Subject::a_while;

  void it_is_a_device() {
    expect_device(subject.device());
    EXPECT_FALSE(subject.device().mac().is_multicast());
    EXPECT_GE(subject.device().capabilities().mtu, 1280u);
  }

  task<> a_frame_has_its_header() {
    const std::string payload = pattern(80);
    buffer_list slices;
    slices.push_back(buffer_of(payload.substr(30)));
    auto sent = subject.device().write(other, 0x0800, {.header = 30},
                                       fill_with(std::string_view(payload).substr(0, 30)), std::move(slices));
    EXPECT_EQ(outcome(sent), "ok");
    co_await expect_sent({raw(other) + raw(subject.device().mac()) + raw(std::uint16_t{0x0800}) + payload});
  }

  task<> fill_has_the_room_that_it_asked_for() {
    std::size_t room = 0;
    auto fill = [&room](bytes to) noexcept {
      room = to.size();
      std::memset(to.data(), 'x', 60);
      return std::size_t{60};
    };
    auto sent = subject.device().write(other, 0x0806, {.header = 300}, fill, {});
    EXPECT_EQ(outcome(sent), "ok");
    EXPECT_GE(room, 300u);
    co_await expect_sent(
        {raw(other) + raw(subject.device().mac()) + raw(std::uint16_t{0x0806}) + std::string(60, 'x')});
  }

  task<> the_payload_is_as_long_as_the_mtu_and_no_longer() {
    const std::size_t mtu = subject.device().capabilities().mtu;
    const std::string payload = pattern(mtu);
    auto sent = subject.device().write(other, 0x86dd, {.header = mtu}, fill_with(payload), {});
    EXPECT_EQ(outcome(sent), "ok");
    co_await expect_sent({raw(other) + raw(subject.device().mac()) + raw(std::uint16_t{0x86dd}) + payload});
    bool filled = false;
    auto fill = [&filled](bytes to) noexcept {
      filled = true;
      return to.size();
    };
    auto refused = subject.device().write(other, 0x86dd, {.header = mtu + 1}, fill, {});
    EXPECT_EQ(error_of(refused), v1::net_error::too_long);
    EXPECT_FALSE(filled);
  }

  void each_type_goes_to_its_layer() {
    recording_layers up;
    input(subject.device().mac(), 0x0806, "one", up);
    input(subject.device().mac(), 0x0800, "two", up);
    input(subject.device().mac(), 0x86dd, "three", up);
    EXPECT_EQ(up.calls, (std::vector<std::string>{"arp one", "ipv4 two", "ipv6 three"}));
    EXPECT_FALSE(up.last.group);
  }

  void other_types_are_dropped() {
    recording_layers up;
    for (const unsigned type : {0x0000U, 0x0100U, 0x05dcU, 0x0801U, 0x88b5U, 0xffffU})
      input(subject.device().mac(), static_cast<std::uint16_t>(type), "payload", up);
    EXPECT_TRUE(up.calls.empty());
  }

  void groups_are_heard_and_told() {
    for (const mac_address& to : {mac_address("ff:ff:ff:ff:ff:ff"), mac_address("01:00:5e:00:00:01"),
                                  mac_address("33:33:00:00:00:01")}) {
      recording_layers up;
      input(to, 0x0800, "x", up);
      ASSERT_EQ(up.calls.size(), 1u);
      EXPECT_TRUE(up.last.group);
    }
  }

  void other_stations_are_not_heard() {
    recording_layers up;
    input(other, 0x0800, "x", up);
    EXPECT_TRUE(up.calls.empty());
  }

  void short_frames_are_dropped() {
    recording_layers up;
    const std::string whole = raw(subject.device().mac()) + raw(other) + raw(std::uint16_t{0x0800});
    for (std::size_t size = 0; size < whole.size(); ++size)
      subject.device().input(buffer_of(whole.substr(0, size)), {}, up);
    EXPECT_TRUE(up.calls.empty());
    subject.device().input(buffer_of(whole), {}, up);
    EXPECT_EQ(up.calls, std::vector<std::string>{"ipv4 "}) << "a header alone is a frame without payload";
  }

  void what_the_driver_knows_is_handed_up() {
    recording_layers up;
    buffer frame = buffer_of(raw(subject.device().mac()) + raw(other) + raw(std::uint16_t{0x0800}) + "x");
    subject.device().input(std::move(frame), {.checksum_verified = true, .segment = 1400}, up);
    EXPECT_TRUE(up.last.checksum_verified);
    EXPECT_EQ(up.last.segment, 1400);
  }

  static std::vector<suite_test<ethernet_suite>> tests() {
    return {
        MIRAGE_SUITE_TEST(ethernet_suite, it_is_a_device),
        MIRAGE_SUITE_TEST(ethernet_suite, a_frame_has_its_header),
        MIRAGE_SUITE_TEST(ethernet_suite, fill_has_the_room_that_it_asked_for),
        MIRAGE_SUITE_TEST(ethernet_suite, the_payload_is_as_long_as_the_mtu_and_no_longer),
        MIRAGE_SUITE_TEST(ethernet_suite, each_type_goes_to_its_layer),
        MIRAGE_SUITE_TEST(ethernet_suite, other_types_are_dropped),
        MIRAGE_SUITE_TEST(ethernet_suite, groups_are_heard_and_told),
        MIRAGE_SUITE_TEST(ethernet_suite, other_stations_are_not_heard),
        MIRAGE_SUITE_TEST(ethernet_suite, short_frames_are_dropped),
        MIRAGE_SUITE_TEST(ethernet_suite, what_the_driver_knows_is_handed_up),
    };
  }

 private:
  static constexpr mac_address other = "02:00:00:00:00:99";

  void input(mac_address to, std::uint16_t type, std::string_view payload, recording_layers& up) {
    buffer frame = buffer_of(raw(to) + raw(other) + raw(type) + std::string(payload));
    subject.device().input(std::move(frame), {}, up);
  }
  task<> expect_sent(std::vector<std::string> frames) {
    co_await sleep_for(a_while / 10);
    const std::vector<std::string> sent = subject.take_sent();
    EXPECT_TRUE(sent == frames) << sent.size() << " frames were sent";
  }
};

}  // namespace mirage::test
