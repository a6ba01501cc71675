// SPDX-License-Identifier: ISC
#include "mirage/nat/port_forward.hpp"

#include <gtest/gtest.h>

namespace mirage {
namespace {

static_assert(argument_value<port_forward>);

TEST(port_forward, is_read_from_text) {
  const auto tcp = port_forward::parse("tcp:8080:10.0.1.2:80");
  ASSERT_TRUE(tcp.has_value());
  EXPECT_EQ(*tcp, (port_forward{nat_protocol::tcp, 8080, {"10.0.1.2", 80}}));
  const auto udp = port_forward::parse("udp:53:10.0.1.3:5353");
  ASSERT_TRUE(udp.has_value());
  EXPECT_EQ(*udp, (port_forward{nat_protocol::udp, 53, {"10.0.1.3", 5353}}));
}

TEST(port_forward, anything_else_is_refused) {
  for (const char* wrong : {"", "tcp", "tcp:", "tcp:80", "sctp:80:10.0.1.2:80", "tcp:0:10.0.1.2:80",
                            "tcp:65536:10.0.1.2:80", "tcp:80:10.0.1.2", "tcp:80:10.0.1.2:0",
                            "tcp:80:[fd00::1]:80", "tcp:80:10.0.1.2:80:1", "tcp:x:10.0.1.2:80"})
    EXPECT_FALSE(port_forward::parse(wrong).has_value()) << wrong;
}

}  // namespace
}  // namespace mirage
