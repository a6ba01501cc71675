// SPDX-License-Identifier: ISC
#include "mirage/dns/master_file.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "mirage/core/format.hpp"
#include "mirage/dns/rdata_text.hpp"

namespace mirage::dns {
namespace {

/// Records as lines of text.
class lines final : public master_sink {
 public:
  std::string_view add(const master_record& record) override {
    std::array<char, 4096> space;
    text_writer out(space);
    format_to(out, "{} {} {} ", record.owner, record.ttl, record.type);
    format_rdata(out, record.type, record.rdata);
    all.emplace_back(out.text());
    return {};
  }
  std::optional<std::string_view> include(std::string_view file) override {
    const auto found = files.find(std::string(file));
    if (found == files.end()) return std::nullopt;
    return found->second;
  }
  std::vector<std::string> all;
  std::map<std::string, std::string> files;
};

std::vector<std::string> read(std::string_view text, lines sink = {}) {
  const auto done = read_master_file(text, *name::parse("example."), sink, {.ttl = 60});
  EXPECT_TRUE(done) << done.error().line << ":" << done.error().column << ": " << done.error().why;
  return sink.all;
}

std::vector<std::string> read_in_parts(std::string_view text, lines sink) {
  master_reader reader(text, *name::parse("example."), sink, {.ttl = 60});
  auto done = reader.read(1);
  while (!done) done = reader.read(1);
  EXPECT_TRUE(*done) << done->error().line << ": " << done->error().why;
  return sink.all;
}

std::string error_of(std::string_view text, lines sink = {}, const master_options& options = {.ttl = 60}) {
  const auto done = read_master_file(text, *name::parse("example."), sink, options, "file");
  if (done) return "no error";
  std::array<char, 300> space;
  text_writer out(space);
  format(out, done.error());
  return std::string(out.text());
}

using texts = std::vector<std::string>;

TEST(MasterFile, OwnersTtlsAndClasses) {
  EXPECT_EQ(read("a A 192.0.2.1\n  300 IN AAAA ::1\nb.example. IN 1h TXT x\n@ MX 10 a\n"),
            (texts{"a.example. 60 A 192.0.2.1", "a.example. 300 AAAA ::1", "b.example. 3600 TXT \"x\"",
                   "example. 60 MX 10 a.example."}));
}

TEST(MasterFile, CommentsQuotesAndParentheses) {
  EXPECT_EQ(
      read("; nothing\n\n@ SOA ns ( host ; the mailbox\n 1 2\n 3 4 5 )\na TXT \"x ; (y\" z\\;w\n"),
      (texts{"example. 60 SOA ns.example. host.example. 1 2 3 4 5", "a.example. 60 TXT \"x ; (y\" \"z;w\""}));
}

TEST(MasterFile, Directives) {
  EXPECT_EQ(read("$ORIGIN sub\n$TTL 1d\na A 192.0.2.1\n$ORIGIN other.test.\nb A 192.0.2.2"),
            (texts{"a.sub.example. 86400 A 192.0.2.1", "b.other.test. 86400 A 192.0.2.2"}));
  EXPECT_EQ(read("$GENERATE 8-12/2 h-${1,3,d} CNAME $.x\n"),
            (texts{"h-009.example. 60 CNAME 8.x.example.", "h-011.example. 60 CNAME 10.x.example.",
                   "h-013.example. 60 CNAME 12.x.example."}));
  EXPECT_EQ(read("$GENERATE 255-255 ${0,0,x} TXT \"\\$ ${-5}\"\n"), (texts{"ff.example. 60 TXT \"$ 250\""}));
}

TEST(MasterFile, Includes) {
  lines sink;
  sink.files["part"] = "b A 192.0.2.2\n$ORIGIN elsewhere.\nc A 192.0.2.3\n";
  sink.files["loop"] = "$INCLUDE loop\n";
  EXPECT_EQ(read("a A 192.0.2.1\n$INCLUDE part sub\n A 192.0.2.4\n", sink),
            (texts{"a.example. 60 A 192.0.2.1", "b.sub.example. 60 A 192.0.2.2",
                   "c.elsewhere. 60 A 192.0.2.3", "a.example. 60 A 192.0.2.4"}));
  EXPECT_EQ(error_of("$INCLUDE loop\n", sink), "loop:1:10: files are included in files too deeply");
  EXPECT_EQ(error_of("$INCLUDE none\n", sink), "file:1:10: the file to include is not there");
}

TEST(MasterFile, ErrorsSayWhere) {
  EXPECT_EQ(error_of("a A 192.0.2.1\nb A 192.0.2.256\n"), "file:2:5: an address was expected");
  EXPECT_EQ(error_of("a MX\n"), "file:1:5: a field of the record is missing");
  EXPECT_EQ(error_of("a A 192.0.2.1 x\n"), "file:1:15: the record has a field too many");
}

TEST(MasterFile, WhatIsWrong) {
  for (const char* text :
       {"  A 192.0.2.1", "a A", "a..b A 192.0.2.1", "a BAD x", "a ANY x", "a TXT \"x", "a A ( 192.0.2.1",
        "a A 192.0.2.1 )", "$NEVER x", "$TTL x", "$TTL", "$ORIGIN a b", "$GENERATE 5-1 a A 192.0.2.1",
        "$GENERATE 1-2 a-${x} A 192.0.2.1", "$GENERATE 1-2000000 a A 192.0.2.1", "a 1x A 192.0.2.1"})
    EXPECT_NE(error_of(text), "no error") << text;
  EXPECT_EQ(error_of("a A 192.0.2.1", {}, {}),
            "file:1:14: the record has no time to live, and there is no $TTL before it");
}

TEST(MasterFile, AnSoaGivesItsMinimumWhereNothingElseDoes) {
  lines sink;
  ASSERT_TRUE(read_master_file("@ SOA a b 1 2 3 4 5\nx A 192.0.2.1\n", *name::parse("example."), sink));
  EXPECT_EQ(sink.all.back(), "x.example. 5 A 192.0.2.1");
}

// Every text form is read and printed back.
TEST(MasterFile, TextForms) {
  const texts forms{"HINFO \"a\" \"b c\"",
                    "SRV 1 2 3 target.",
                    "NAPTR 100 10 \"u\" \"E2U+sip\" \"!^.*$!sip:x@y!\" .",
                    "LOC 52 22 23.000 N 4 53 32.000 E -2.00m 1.00m 10000.00m 10.00m",
                    "DS 12345 13 2 0123456789abcdef",
                    "DNSKEY 257 3 13 AAECAwQFBgc=",
                    "RRSIG A 13 2 3600 20380101000000 20200229235959 1 example. AAECAw==",
                    "NSEC a.example. A NS RRSIG TYPE65280",
                    "NSEC3 1 0 10 aabb 0p9mhaveqvm6t7vbl5lop2u3t2rp3tom A RRSIG",
                    "NSEC3PARAM 1 0 0 -",
                    "TLSA 3 1 1 abcdef",
                    "SSHFP 4 2 abcdef",
                    "CAA 0 issue \"ca.test; x=y\"",
                    "URI 10 1 \"https://www.example/\"",
                    "SVCB 1 . alpn=h2,h3 port=443 ipv4hint=192.0.2.1,192.0.2.2 ipv6hint=2001:db8::1",
                    "HTTPS 0 other.",
                    "EUI48 00-11-22-33-44-55",
                    "EUI64 00-11-22-33-44-55-66-77",
                    "L64 10 0001:0002:0003:0004",
                    "L32 10 10.1.2.0",
                    "CERT 1 2 3 AAECAw==",
                    "OPENPGPKEY AAECAw==",
                    "CSYNC 66 3 A NS AAAA",
                    "ZONEMD 2018031500 1 1 abcdef",
                    "RP mbox. txt.",
                    "AFSDB 1 host.",
                    "DNAME target.",
                    "TYPE65280 \\# 3 010203",
                    "APL \\# 0",
                    "TXT \"\\\"quoted\\\" \\\\ \\007\""};
  for (const std::string& form : forms) EXPECT_EQ(read("x " + form), (texts{"x.example. 60 " + form}));
  EXPECT_EQ(read("x A \\# 4 c0000201"), (texts{"x.example. 60 A 192.0.2.1"}));
  EXPECT_EQ(read("x SVCB 1 . port=443 mandatory=port alpn=\"h2\" key667=\"a b\""),
            (texts{"x.example. 60 SVCB 1 . mandatory=port alpn=h2 port=443 key667=\"a b\""}));
}

TEST(MasterFile, IsTheSameInParts) {
  lines sink;
  sink.files["one"] = "x A 192.0.2.1\n$INCLUDE two deep\ny A 192.0.2.2\n";
  sink.files["two"] = "$ORIGIN q.example.\nz A 192.0.2.3\n";
  sink.files["nothing"] = "";
  constexpr std::string_view text =
      "a A 192.0.2.4\n$INCLUDE one\n  TXT a\n$GENERATE 1-3 h$ A 192.0.2.$\n$INCLUDE nothing\n\nb A "
      "192.0.2.5\n";
  EXPECT_EQ(read_in_parts(text, sink), read(text, sink));
  EXPECT_EQ(read(text, sink),
            (texts{"a.example. 60 A 192.0.2.4", "x.example. 60 A 192.0.2.1", "z.q.example. 60 A 192.0.2.3",
                   "y.example. 60 A 192.0.2.2", "a.example. 60 TXT \"a\"", "h1.example. 60 A 192.0.2.1",
                   "h2.example. 60 A 192.0.2.2", "h3.example. 60 A 192.0.2.3", "b.example. 60 A 192.0.2.5"}));
}

}  // namespace
}  // namespace mirage::dns
