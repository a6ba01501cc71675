// SPDX-License-Identifier: ISC
#include "mirage/core/ip_address.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <unordered_set>
#include <vector>

#include "mirage/core/format.hpp"

namespace mirage {
namespace {

template <class Address>
std::string text(const Address& address) {
  return std::string(format_text<64>("{}", address));
}

std::string reprinted(std::string_view given) {
  const auto address = ipv6_address::parse(given);
  return address ? text(*address) : "refused";
}

TEST(ipv4_address, reads_four_decimal_numbers) {
  EXPECT_EQ(ipv4_address::parse("0.0.0.0"), ipv4_address::any());
  EXPECT_EQ(ipv4_address::parse("127.0.0.1"), ipv4_address::loopback());
  EXPECT_EQ(ipv4_address::parse("255.255.255.255"), ipv4_address::broadcast());
  EXPECT_EQ(ipv4_address::parse("10.0.200.3"), ipv4_address(10, 0, 200, 3));
  static_assert(ipv4_address{"192.0.2.33"}.value() == 0xc0000221);
}

TEST(ipv4_address, refuses_everything_else) {
  for (std::string_view wrong : {"",
                                 "1",
                                 "1.2.3",
                                 "1.2.3.4.5",
                                 "1.2.3.",
                                 ".1.2.3",
                                 "1..2.3",
                                 "256.0.0.1",
                                 "1.2.3.999",
                                 "01.2.3.4",
                                 "1.2.3.00",
                                 "1.2.3.4 ",
                                 " 1.2.3.4",
                                 "1.2.3.4/24",
                                 "0x1.2.3.4",
                                 "1.2.3.-4",
                                 "1.2.3.+4",
                                 "a.b.c.d",
                                 "1,2,3,4",
                                 "::1",
                                 "4294967296.0.0.1",
                                 "1.2.3.4\n",
                                 "99999999999999999999.1.1.1",
                                 "1.2.3.0256"})
    EXPECT_EQ(ipv4_address::parse(wrong), std::nullopt) << wrong;
  EXPECT_EQ(ipv4_address::parse(std::string_view("1.2.3.4\0", 8)), std::nullopt);
}

TEST(ipv4_address, knows_its_kind) {
  EXPECT_TRUE(ipv4_address::any().is_unspecified());
  EXPECT_FALSE(ipv4_address{"0.0.0.1"}.is_unspecified());
  EXPECT_TRUE(ipv4_address::broadcast().is_broadcast());
  const auto is = [](const char* first, const char* last, const char* before, const char* after, auto kind) {
    const auto ask = [&](const char* t) { return kind(*ipv4_address::parse(t)); };
    EXPECT_TRUE(ask(first)) << first;
    EXPECT_TRUE(ask(last)) << last;
    EXPECT_FALSE(ask(before)) << before;
    EXPECT_FALSE(ask(after)) << after;
  };
  const auto loopback = [](ipv4_address a) { return a.is_loopback(); };
  const auto link_local = [](ipv4_address a) { return a.is_link_local(); };
  const auto multicast = [](ipv4_address a) { return a.is_multicast(); };
  const auto is_private = [](ipv4_address a) { return a.is_private(); };
  const auto documentation = [](ipv4_address a) { return a.is_documentation(); };
  is("127.0.0.0", "127.255.255.255", "126.255.255.255", "128.0.0.0", loopback);
  is("169.254.0.0", "169.254.255.255", "169.253.255.255", "169.255.0.0", link_local);
  is("224.0.0.0", "239.255.255.255", "223.255.255.255", "240.0.0.0", multicast);
  is("10.0.0.0", "10.255.255.255", "9.255.255.255", "11.0.0.0", is_private);
  is("172.16.0.0", "172.31.255.255", "172.15.255.255", "172.32.0.0", is_private);
  is("192.168.0.0", "192.168.255.255", "192.167.255.255", "192.169.0.0", is_private);
  is("192.0.2.0", "192.0.2.255", "192.0.1.255", "192.0.3.0", documentation);
  is("198.51.100.0", "198.51.100.255", "198.51.99.255", "198.51.101.0", documentation);
  is("203.0.113.0", "203.0.113.255", "203.0.112.255", "203.0.114.0", documentation);
}

TEST(ipv4_address, masks) {
  EXPECT_EQ(ipv4_address::mask(0), ipv4_address::any());
  EXPECT_EQ(ipv4_address::mask(1), ipv4_address(128, 0, 0, 0));
  EXPECT_EQ(ipv4_address::mask(24), ipv4_address(255, 255, 255, 0));
  EXPECT_EQ(ipv4_address::mask(32), ipv4_address::broadcast());
  EXPECT_EQ(ipv4_address("10.1.2.3") & ipv4_address::mask(16), ipv4_address("10.1.0.0"));
  EXPECT_EQ(ipv4_address("10.1.0.0") | ~ipv4_address::mask(16), ipv4_address("10.1.255.255"));
}

TEST(ipv4_address, agrees_with_the_c_library) {
  std::mt19937_64 random(4);
  std::unordered_set<ipv4_address> seen;
  for (int i = 0; i < 50'000; ++i) {
    const ipv4_address address(static_cast<std::uint32_t>(random()));
    std::array<std::byte, 4> wire;
    address.store(wire.data());
    ASSERT_EQ(ipv4_address::load(wire.data()), address);
    char wanted[INET_ADDRSTRLEN];
    ASSERT_NE(inet_ntop(AF_INET, wire.data(), wanted, sizeof wanted), nullptr);
    ASSERT_EQ(text(address), wanted);
    ASSERT_EQ(ipv4_address::parse(wanted), address);
    seen.insert(address);
  }
  EXPECT_GT(seen.size(), 49'900u);
}

TEST(ipv6_address, reads_the_three_forms_of_rfc_4291) {
  EXPECT_EQ(ipv6_address::parse("2001:DB8:0:0:8:800:200C:417A"),
            ipv6_address({0x2001, 0xdb8, 0, 0, 8, 0x800, 0x200c, 0x417a}));
  EXPECT_EQ(ipv6_address::parse("ABCD:EF01:2345:6789:ABCD:EF01:2345:6789"),
            ipv6_address(0xabcdef0123456789, 0xabcdef0123456789));
  EXPECT_EQ(ipv6_address::parse("FF01::101"), ipv6_address({0xff01, 0, 0, 0, 0, 0, 0, 0x101}));
  EXPECT_EQ(ipv6_address::parse("::1"), ipv6_address::loopback());
  EXPECT_EQ(ipv6_address::parse("::"), ipv6_address::any());
  EXPECT_EQ(ipv6_address::parse("1::"), ipv6_address({1, 0, 0, 0, 0, 0, 0, 0}));
  EXPECT_EQ(ipv6_address::parse("1:2:3:4:5:6:7::"), ipv6_address({1, 2, 3, 4, 5, 6, 7, 0}));
  EXPECT_EQ(ipv6_address::parse("::2:3:4:5:6:7:8"), ipv6_address({0, 2, 3, 4, 5, 6, 7, 8}));
  EXPECT_EQ(ipv6_address::parse("1:2:3::5:6:7:8"), ipv6_address({1, 2, 3, 0, 5, 6, 7, 8}));
  EXPECT_EQ(ipv6_address::parse("::13.1.68.3"), ipv6_address(0, 0x0d014403));
  EXPECT_EQ(ipv6_address::parse("::FFFF:129.144.52.38"), ipv6_address::mapped({129, 144, 52, 38}));
  EXPECT_EQ(ipv6_address::parse("0:0:0:0:0:ffff:129.144.52.38"), ipv6_address::mapped({129, 144, 52, 38}));
  EXPECT_EQ(ipv6_address::parse("1:2:3:4:5:6:1.2.3.4"), ipv6_address({1, 2, 3, 4, 5, 6, 0x102, 0x304}));
  EXPECT_EQ(ipv6_address::parse("1:2:3:4:5::1.2.3.4"), ipv6_address({1, 2, 3, 4, 5, 0, 0x102, 0x304}));
  static_assert(ipv6_address{"fe80::1"} == ipv6_address(0xfe80000000000000, 1));
}

TEST(ipv6_address, refuses_everything_else) {
  for (std::string_view wrong : {"",
                                 ":",
                                 ":::",
                                 "1",
                                 "1:2:3:4:5:6:7",
                                 "1:2:3:4:5:6:7:8:9",
                                 "1:2:3:4:5:6:7:8::",
                                 "::1:2:3:4:5:6:7:8",
                                 "1::2::3",
                                 "::1::",
                                 "1:::2",
                                 ":1:2:3:4:5:6:7:8",
                                 "1:2:3:4:5:6:7:8:",
                                 "1:2:3:4:5:6:7:",
                                 ":1",
                                 "1:",
                                 "12345::",
                                 "::g",
                                 "::-1",
                                 "::+1",
                                 " ::1",
                                 "::1 ",
                                 "::1%eth0",
                                 "fe80::1%1",
                                 "[::1]",
                                 "::1/64",
                                 "1.2.3.4",
                                 "::1.2.3",
                                 "::1.2.3.4.5",
                                 "::1.2.3.256",
                                 "::01.2.3.4",
                                 "::1.2.3.4:5",
                                 "1:2:3:4:5:6:7:1.2.3.4",
                                 "::ffff:1.2.3.4:1",
                                 "1.2.3.4::",
                                 "::a.2.3.4",
                                 "::0x1",
                                 "1:2:3:4::5:6:7:8",
                                 "::12345.1.1.1"})
    EXPECT_EQ(reprinted(wrong), "refused") << wrong;
  EXPECT_EQ(reprinted(std::string_view("::1\0", 4)), "refused");
}

// The examples of RFC 5952, by section.
TEST(ipv6_address, prints_as_rfc_5952) {
  for (std::string_view same :
       {"2001:db8:0:0:1:0:0:1", "2001:0db8:0:0:1:0:0:1", "2001:db8::1:0:0:1", "2001:db8::0:1:0:0:1",
        "2001:0db8::1:0:0:1", "2001:db8:0:0:1::1", "2001:db8:0000:0:1::1", "2001:DB8:0:0:1::1"})
    EXPECT_EQ(reprinted(same), "2001:db8::1:0:0:1") << same;             // §2
  EXPECT_EQ(reprinted("2001:0db8::0001"), "2001:db8::1");                // §4.1
  EXPECT_EQ(reprinted("2001:db8:0:0:0:0:2:1"), "2001:db8::2:1");         // §4.2.1
  EXPECT_EQ(reprinted("2001:db8::0:1"), "2001:db8::1");                  // §4.2.1
  EXPECT_EQ(reprinted("2001:db8:0:1:1:1:1:1"), "2001:db8:0:1:1:1:1:1");  // §4.2.2
  EXPECT_EQ(reprinted("2001:0:0:1:0:0:0:1"), "2001:0:0:1::1");           // §4.2.3
  EXPECT_EQ(reprinted("2001:db8:0:0:1:0:0:1"), "2001:db8::1:0:0:1");     // §4.2.3
  EXPECT_EQ(reprinted("2001:DB8::AAAA:BBCC"), "2001:db8::aaaa:bbcc");    // §4.3
  EXPECT_EQ(reprinted("::ffff:c000:0201"), "::ffff:192.0.2.1");          // §5
  EXPECT_EQ(reprinted("::ffff:0:0"), "::ffff:0.0.0.0");                  // §5
}

TEST(ipv6_address, prints_the_corners) {
  EXPECT_EQ(reprinted("0:0:0:0:0:0:0:0"), "::");
  EXPECT_EQ(reprinted("0:0:0:0:0:0:0:1"), "::1");
  EXPECT_EQ(reprinted("1:0:0:0:0:0:0:0"), "1::");
  EXPECT_EQ(reprinted("0:1:2:3:4:5:6:7"), "0:1:2:3:4:5:6:7");
  EXPECT_EQ(reprinted("1:2:3:4:5:6:7:0"), "1:2:3:4:5:6:7:0");
  EXPECT_EQ(reprinted("0:0:2:3:4:5:0:0"), "::2:3:4:5:0:0");
  EXPECT_EQ(reprinted("0:1:0:0:4:5:6:7"), "0:1::4:5:6:7");
  EXPECT_EQ(reprinted("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"), "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
  EXPECT_EQ(reprinted("64:ff9b::192.0.2.33"), "64:ff9b::c000:221");
  EXPECT_EQ(reprinted("::192.0.2.33"), "::c000:221");
}

TEST(ipv6_address, knows_its_kind) {
  EXPECT_TRUE(ipv6_address::any().is_unspecified());
  EXPECT_FALSE(ipv6_address::loopback().is_unspecified());
  EXPECT_TRUE(ipv6_address::loopback().is_loopback());
  EXPECT_FALSE(ipv6_address("::2").is_loopback());
  EXPECT_TRUE(ipv6_address("fe80::1").is_link_local());
  EXPECT_TRUE(ipv6_address("febf::1").is_link_local());
  EXPECT_FALSE(ipv6_address("fec0::1").is_link_local());
  EXPECT_TRUE(ipv6_address("ff02::1").is_multicast());
  EXPECT_FALSE(ipv6_address("feff::1").is_multicast());
  EXPECT_TRUE(ipv6_address("fc00::1").is_private());
  EXPECT_TRUE(ipv6_address("fdff::1").is_private());
  EXPECT_FALSE(ipv6_address("fe00::1").is_private());
  EXPECT_TRUE(ipv6_address("2001:db8:ffff::1").is_documentation());
  EXPECT_FALSE(ipv6_address("2001:db9::1").is_documentation());
  EXPECT_TRUE(ipv6_address("3fff:fff:ffff::1").is_documentation());
  EXPECT_FALSE(ipv6_address("3fff:1000::1").is_documentation());
  EXPECT_EQ(ipv6_address("::ffff:10.0.0.1").v4(), ipv4_address("10.0.0.1"));
  EXPECT_EQ(ipv6_address("::10.0.0.1").v4(), std::nullopt);
}

TEST(ipv6_address, masks) {
  EXPECT_EQ(ipv6_address::mask(0), ipv6_address("::"));
  EXPECT_EQ(ipv6_address::mask(1), ipv6_address("8000::"));
  EXPECT_EQ(ipv6_address::mask(64), ipv6_address("ffff:ffff:ffff:ffff::"));
  EXPECT_EQ(ipv6_address::mask(65), ipv6_address("ffff:ffff:ffff:ffff:8000::"));
  EXPECT_EQ(ipv6_address::mask(128), ~ipv6_address::any());
  EXPECT_EQ(ipv6_address("2001:db8::1") & ipv6_address::mask(32), ipv6_address("2001:db8::"));
  EXPECT_EQ(ipv6_address("2001:db8::") | ipv6_address::loopback(), ipv6_address("2001:db8::1"));
}

// Random values with many zero groups, which is where printing is hard.
ipv6_address random_address(std::mt19937_64& random) {
  std::array<std::uint16_t, 8> groups;
  const auto zeros = random();
  for (unsigned i = 0; i < 8; ++i) {
    const auto shift = random() % 16;
    groups[i] =
        (zeros >> (2 * i) & 3) != 0 ? std::uint16_t{0} : static_cast<std::uint16_t>(random() >> (48 + shift));
  }
  return ipv6_address(groups);
}

TEST(ipv6_address, agrees_with_the_c_library) {
  std::mt19937_64 random(5);
  std::unordered_set<ipv6_address> seen;
  for (int i = 0; i < 100'000; ++i) {
    const ipv6_address address = random_address(random);
    std::array<std::byte, 16> wire;
    address.store(wire.data());
    ASSERT_EQ(ipv6_address::load(wire.data()), address);
    ASSERT_EQ(ipv6_address::parse(text(address)), address);
    char wanted[INET6_ADDRSTRLEN];
    ASSERT_NE(inet_ntop(AF_INET6, wire.data(), wanted, sizeof wanted), nullptr);
    ASSERT_EQ(ipv6_address::parse(wanted), address) << wanted;
#ifdef __GLIBC__  // musl shortens another run of zeros
    // It also prints the deprecated compatible form with an IPv4 address.
    if (std::string_view(wanted).find('.') == std::string_view::npos || address.is_v4_mapped()) {
      ASSERT_EQ(text(address), wanted);
    }
#endif
    seen.insert(address);
  }
  EXPECT_GT(seen.size(), 70'000u);
}

// Texts that are nearly addresses: whatever one of the two takes, the other takes, too, with the same value.
TEST(ipv6_address, reads_what_the_c_library_reads) {
  std::mt19937_64 random(6);
  constexpr std::string_view alphabet = "0123456789abcdefF::::::...";
  int accepted = 0;
  for (int i = 0; i < 400'000; ++i) {
    std::string given = text(random_address(random));
    if (i % 4 == 0) given = "::ffff:1.20.255.0";
    for (auto edits = random() % 3; edits > 0 && !given.empty(); --edits) {
      const auto at = static_cast<std::ptrdiff_t>(random() % given.size());
      const char letter = alphabet[random() % alphabet.size()];
      switch (random() % 3) {
        case 0: given.erase(given.begin() + at); break;
        case 1: given.insert(given.begin() + at, letter); break;
        default: given[static_cast<std::size_t>(at)] = letter; break;
      }
    }
    std::array<std::byte, 16> wire;
    const bool wanted = inet_pton(AF_INET6, given.c_str(), wire.data()) == 1;
    const auto got = ipv6_address::parse(given);
    ASSERT_EQ(got.has_value(), wanted) << given;
    if (!wanted) continue;
    ASSERT_EQ(*got, ipv6_address::load(wire.data())) << given;
    ++accepted;
  }
  EXPECT_GT(accepted, 100'000);
}

TEST(ip_address, holds_either_family) {
  const ip_address four{"10.0.0.1"};
  const ip_address six{"2001:db8::1"};
  EXPECT_TRUE(four.is_v4());
  EXPECT_FALSE(four.is_v6());
  EXPECT_EQ(four.v4(), ipv4_address("10.0.0.1"));
  EXPECT_TRUE(six.is_v6());
  EXPECT_EQ(six.v6(), ipv6_address("2001:db8::1"));
  EXPECT_EQ(text(four), "10.0.0.1");
  EXPECT_EQ(text(six), "2001:db8::1");
  EXPECT_EQ(ip_address(), ipv4_address::any());
  EXPECT_EQ(ip_address::parse("10.0.0.01"), std::nullopt);
  EXPECT_EQ(ip_address::parse("fe80::1%2"), std::nullopt);
}

TEST(ip_address, tells_a_mapped_address_from_the_ipv4_address_in_it) {
  const ip_address mapped{"::ffff:10.0.0.1"};
  const ip_address plain{"10.0.0.1"};
  EXPECT_NE(mapped, plain);
  EXPECT_EQ(mapped.unmapped(), plain);
  EXPECT_EQ(plain.unmapped(), plain);
  EXPECT_EQ(ip_address(plain.as_v6()), mapped);
  EXPECT_EQ(ip_address("::1").unmapped(), ip_address("::1"));
  EXPECT_EQ(ip_address("::1").as_v6(), ipv6_address::loopback());
}

TEST(ip_address, asks_the_family_for_its_kind) {
  EXPECT_TRUE(ip_address("127.0.0.1").is_loopback());
  EXPECT_TRUE(ip_address("::1").is_loopback());
  EXPECT_FALSE(ip_address("0.0.0.1").is_loopback());
  EXPECT_TRUE(ip_address("169.254.1.1").is_link_local());
  EXPECT_TRUE(ip_address("fe80::1").is_link_local());
  EXPECT_TRUE(ip_address("224.0.0.1").is_multicast());
  EXPECT_TRUE(ip_address("ff02::1").is_multicast());
  EXPECT_TRUE(ip_address("10.0.0.1").is_private());
  EXPECT_TRUE(ip_address("fd00::1").is_private());
  EXPECT_TRUE(ip_address("192.0.2.1").is_documentation());
  EXPECT_TRUE(ip_address("2001:db8::1").is_documentation());
  EXPECT_TRUE(ip_address("0.0.0.0").is_unspecified());
  EXPECT_TRUE(ip_address("::").is_unspecified());
}

TEST(ip_address, is_ordered_and_hashed) {
  const std::vector<ip_address> sorted{"0.0.0.0", "9.255.255.255", "10.0.0.0", "255.255.255.255",
                                       "::",      "::1",           "1::",      "ffff::"};
  std::unordered_set<ip_address> set;
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    for (std::size_t j = 0; j < sorted.size(); ++j) EXPECT_EQ(sorted[i] < sorted[j], i < j) << i << " " << j;
    set.insert(sorted[i]);
  }
  EXPECT_EQ(set.size(), sorted.size());
  EXPECT_NE(sorted[1].hash(1), sorted[1].hash(2));
}

}  // namespace
}  // namespace mirage
