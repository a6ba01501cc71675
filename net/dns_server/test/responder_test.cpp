// SPDX-License-Identifier: ISC
#include "mirage/dns_server/responder.hpp"

#include <gtest/gtest.h>

#include "asking.hpp"
#include "mirage/core/endian.hpp"

namespace mirage::dns {
namespace {

using enum record_type;
constexpr std::string_view denied = " | | example. SOA ns.example. host.example. 7 2 3 4 5";

TEST(Responder, Answers) {
  test::asking on;
  EXPECT_EQ(on.ask("a.example.", a), "NOERROR aa | a.example. A 192.0.2.2");
  EXPECT_EQ(on.ask("A.eXample.", txt), "NOERROR aa | A.eXample. TXT \"x\"");
  EXPECT_EQ(on.ask("a.example.", aaaa), "NOERROR aa" + std::string(denied));
  EXPECT_EQ(on.ask("m.pty.example.", a), "NOERROR aa" + std::string(denied)) << "an empty non-terminal";
  EXPECT_EQ(on.ask("no.example.", a), "NXDOMAIN aa" + std::string(denied));
  EXPECT_EQ(on.ask("a.elsewhere.", a), "REFUSED");
}

TEST(Responder, FollowsAliases) {
  test::asking on;
  EXPECT_EQ(on.ask("alias.example.", a),
            "NOERROR aa | alias.example. CNAME a.example. a.example. A 192.0.2.2");
  EXPECT_EQ(on.ask("alias.example.", cname), "NOERROR aa | alias.example. CNAME a.example.");
  EXPECT_EQ(on.ask("out.example.", a), "NOERROR aa | out.example. CNAME a.elsewhere.");
  EXPECT_EQ(on.ask("loop.example.", a), "NOERROR aa | loop.example. CNAME loop.example.");
  EXPECT_EQ(
      on.ask("x.d.example.", a),
      "NOERROR aa | d.example. DNAME t.example. x.d.example. CNAME x.t.example. x.t.example. A 192.0.2.5");
}

TEST(Responder, UsesWildcardsWhereNothingIsNearer) {
  test::asking on;
  EXPECT_EQ(on.ask("p.q.w.example.", a), "NOERROR aa | p.q.w.example. A 192.0.2.3");
  EXPECT_EQ(on.ask("p.w.example.", txt), "NOERROR aa" + std::string(denied));
  EXPECT_EQ(on.ask("there.w.example.", a), "NOERROR aa" + std::string(denied));
  EXPECT_EQ(on.ask("p.there.w.example.", a), "NXDOMAIN aa" + std::string(denied));
}

TEST(Responder, Refers) {
  test::asking on;
  const std::string referral = "NOERROR | | cut.example. NS ns.cut.example. | ns.cut.example. A 192.0.2.4";
  EXPECT_EQ(on.ask("cut.example.", a), referral);
  EXPECT_EQ(on.ask("x.y.cut.example.", mx), referral);
  EXPECT_EQ(on.ask("ns.cut.example.", a), referral) << "glue is no answer";
  EXPECT_EQ(on.ask("cut.example.", ds), "NOERROR aa" + std::string(denied)) << "the parent's";
}

TEST(Responder, CutsWhatDoesNotFit) {
  test::asking on;
  EXPECT_EQ(on.ask("many.example.", a), "NOERROR aa tc");
  const auto message = test::query_for("many.example.", a);
  EXPECT_EQ(on.ask(message, transport::tcp).find(" tc"), std::string::npos);
  EXPECT_EQ(on.ask(test::query_for("many.example.", a, true)).find(" tc"), std::string::npos);
}

TEST(Responder, SpeaksEdns) {
  test::asking on;
  auto message = test::query_for("a.example.", a, true);
  EXPECT_EQ(on.ask(message), "NOERROR aa | a.example. A 192.0.2.2 | | OPT");
  message[message.size() - 5] = std::byte{1};  // the version
  EXPECT_EQ(on.ask(message), "NOERROR | | | OPT") << "BADVERS, whose lower bits are 0";
}

TEST(Responder, SaysWhatIsWrong) {
  test::asking on;
  const auto good = test::query_for("a.example.", a, true);
  EXPECT_EQ(on.ask(cbytes(good).first(11)), "nothing");
  for (std::size_t size = 12; size < good.size(); ++size)
    EXPECT_TRUE(on.ask(cbytes(good).first(size)).starts_with("FORMERR")) << size;
  auto spoilt = good;
  spoilt[2] = std::byte{0x81};
  EXPECT_EQ(on.ask(spoilt), "nothing") << "an answer";
  spoilt[2] = std::byte{0x31};
  EXPECT_TRUE(on.ask(spoilt).starts_with("NOTIMP")) << "an unknown operation";
  spoilt = good;
  spoilt.push_back(std::byte{0});
  EXPECT_TRUE(on.ask(spoilt).starts_with("FORMERR")) << "something behind the end";
  spoilt = good;
  spoilt[12] = std::byte{0xc0};
  EXPECT_TRUE(on.ask(spoilt).starts_with("FORMERR")) << "a pointer in the question";
  EXPECT_EQ(on.ask("example.", axfr), "REFUSED");
  EXPECT_EQ(on.ask("example.", tsig), "NOTIMP");
}

TEST(Responder, FailsWhereTheZoneIsNotAvailable) {
  test::asking on;
  on.zones.set_unavailable(*name::parse("cut.example."));
  EXPECT_EQ(on.ask("x.cut.example.", a), "SERVFAIL");
  EXPECT_FALSE(on.zones.hold(*name::parse("cut.example.")));
  EXPECT_EQ(on.ask("a.example.", a), "NOERROR aa | a.example. A 192.0.2.2");
  on.zones.set(*read_zone("$TTL 1\n@ SOA a b 1 2 3 4 5\nx A 192.0.2.77\n", *name::parse("cut.example.")));
  EXPECT_EQ(on.ask("x.cut.example.", a), "NOERROR aa | x.cut.example. A 192.0.2.77");
  on.zones.set_unavailable(*name::parse("cut.example."));
  on.zones.remove(*name::parse("cut.example."));
  EXPECT_TRUE(on.ask("x.cut.example.", a).starts_with("NOERROR | | cut.example. NS"));
}

TEST(Responder, TakesTheLongestZone) {
  test::asking on;
  on.zones.set(*read_zone("$TTL 1\n@ SOA a b 1 2 3 4 5\nx A 192.0.2.77\n", *name::parse("cut.example.")));
  EXPECT_EQ(on.ask("x.cut.example.", a), "NOERROR aa | x.cut.example. A 192.0.2.77");
  EXPECT_EQ(on.ask("cut.example.", ds), "NOERROR aa" + std::string(denied));
  on.zones.remove(*name::parse("CUT.example."));
  EXPECT_TRUE(on.ask("x.cut.example.", a).starts_with("NOERROR | | cut.example. NS"));
}

}  // namespace
}  // namespace mirage::dns
