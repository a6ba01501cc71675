// SPDX-License-Identifier: ISC
#include "mirage/dns_client/answer.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "name_server.hpp"

namespace mirage {
namespace {

using dns::record_type;
using test::canned_answer;
using test::name_of;
using test::rdata;

constexpr ip_address four = "192.0.2.80";
constexpr auto a = record_type::a;
constexpr auto cname = record_type::cname;

const dns_question question{.name = name_of("www.example.org"), .id = 0x1234};

std::vector<std::byte> message_of(const canned_answer& answer) {
  return test::write_message({.id = question.id}, {.subject = question.name, .type = question.type}, answer);
}

struct reading {
  dns_verdict verdict;
  dns_answer answer;
};
reading read(const std::vector<std::byte>& message) {
  reading made;
  made.verdict = read_answer(message, question, made.answer);
  return made;
}

TEST(DnsAnswer, AQuestionIsReadAsItWasWritten) {
  std::vector<std::byte> space(longest_question);
  const std::size_t size = write_question(question, 1232, space);
  auto reader = dns::message_reader::open(cbytes(space).first(size));
  ASSERT_TRUE(reader);
  EXPECT_EQ(reader->head().id, 0x1234);
  EXPECT_TRUE(reader->head().recursion_desired);
  const auto asked = reader->next_question();
  EXPECT_EQ((*asked)->subject, question.name);
  const auto opt = reader->next_record();
  EXPECT_EQ((*opt)->type, record_type::opt);
  EXPECT_EQ(static_cast<unsigned>((*opt)->in_class), 1232U);
}

TEST(DnsAnswer, TheLongestQuestionFits) {
  std::string text;
  for (int i = 0; i < 126; ++i) text += "a.";
  const dns_question longest{.name = name_of(text + "b")};
  EXPECT_EQ(longest.name.size(), dns::longest_name);
  std::vector<std::byte> space(longest_question);
  EXPECT_EQ(write_question(longest, 1232, space), longest_question);
}

TEST(DnsAnswer, TheTimeToLiveIsTheShortestOfTheChain) {
  const auto [verdict, answer] =
      read(message_of({.records = {{"www.example.org", cname, rdata(name_of("b.example.org")), 20},
                                   {"b.example.org", a, rdata(four), 3600}}}));
  EXPECT_EQ(verdict, dns_verdict::answer);
  EXPECT_EQ(answer.time_to_live, 20s);
  ASSERT_EQ(answer.addresses.size(), 1U);
  EXPECT_EQ(answer.addresses[0], four);
}

TEST(DnsAnswer, ATimeToLiveWithItsHighestBitIsNone) {
  const auto [verdict, answer] =
      read(message_of({.records = {{"www.example.org", a, rdata(four), 0x80000001}}}));
  EXPECT_EQ(verdict, dns_verdict::answer);
  EXPECT_EQ(answer.time_to_live, 0s);
}

TEST(DnsAnswer, ALoopOfAliasesIsNoAnswer) {
  EXPECT_EQ(read(message_of({.records = {{"www.example.org", cname, rdata(name_of("b.example.org"))},
                                         {"b.example.org", cname, rdata(name_of("www.example.org"))}}}))
                .verdict,
            dns_verdict::refused);
}

TEST(DnsAnswer, AddressesOfOtherNamesAreNotTaken) {
  const auto [verdict, answer] = read(message_of({.records = {{"mail.example.org", a, rdata(four)}}}));
  EXPECT_EQ(verdict, dns_verdict::answer);
  EXPECT_EQ(answer.what, dns_answer::kind::no_address);
  EXPECT_EQ(answer.time_to_live, 0s) << "not kept: the zone did not say for how long";
}

TEST(DnsAnswer, AnSoaOfAnotherZoneSaysNothing) {
  const auto [verdict, answer] = read(message_of(
      {.code = dns::rcode::name_error,
       .records = {{"example.com", record_type::soa, test::soa(100), 60, dns::section::authority}}}));
  EXPECT_EQ(verdict, dns_verdict::answer);
  EXPECT_EQ(answer.what, dns_answer::kind::no_name);
  EXPECT_EQ(answer.time_to_live, 0s);
}

TEST(DnsAnswer, AReferralIsNoAnswer) {
  EXPECT_EQ(read(message_of({.records = {{"org", record_type::ns, rdata(name_of("ns.org")), 60,
                                          dns::section::authority}},
                             .recursion_available = false}))
                .verdict,
            dns_verdict::refused);
}

TEST(DnsAnswer, AnAddressOfTheWrongLengthIsMalformed) {
  EXPECT_EQ(
      read(message_of({.records = {{"www.example.org", record_type::a, std::vector<std::byte>(5)}}})).verdict,
      dns_verdict::malformed);
}

TEST(DnsAnswer, AMessageThatIsCutIsNeverAnAnswer) {
  const auto whole = message_of({.records = {{"www.example.org", a, rdata(four)}}});
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const std::vector<std::byte> cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_NE(read(cut).verdict, dns_verdict::answer) << size;
  }
  EXPECT_EQ(read(whole).verdict, dns_verdict::answer);
}

TEST(DnsAnswer, AnotherQuestionIsNotAnswered) {
  const canned_answer answer{.records = {{"www.example.org", a, rdata(four)}}};
  const dns::header head{.id = question.id};
  EXPECT_EQ(read(test::write_message({.id = 7}, {.subject = question.name}, answer)).verdict,
            dns_verdict::unexpected);
  EXPECT_EQ(read(test::write_message(head, {.subject = name_of("example.org")}, answer)).verdict,
            dns_verdict::unexpected);
  EXPECT_EQ(
      read(test::write_message(head, {.subject = question.name, .type = record_type::aaaa}, answer)).verdict,
      dns_verdict::unexpected);
  EXPECT_EQ(read(test::write_message(head, {.subject = name_of("WWW.example.org")}, answer)).verdict,
            dns_verdict::other_case);
  auto question_again = message_of(answer);
  question_again[2] &= std::byte{0x7f};
  EXPECT_EQ(read(question_again).verdict, dns_verdict::unexpected);
}

}  // namespace
}  // namespace mirage
