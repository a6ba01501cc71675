// SPDX-License-Identifier: ISC
// Any message as the answer to a question: what is taken belongs to the question. covers: src/answer.cpp
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <span>

#include "mirage/dns_client/answer.hpp"

using namespace mirage;

namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const cbytes message = std::as_bytes(std::span(data, size));
  for (const auto type : {dns::record_type::a, dns::record_type::aaaa}) {
    const dns_question question{.name = *dns::name::parse("www.example.org"), .type = type, .id = 0x3030};
    dns_answer answer;
    const dns_verdict verdict = read_answer(message, question, answer);
    if (verdict != dns_verdict::answer) {
      check(answer.what == dns_answer::kind::failed);
      continue;
    }
    check(size > 12 && data[0] == 0x30 && data[1] == 0x30 && (data[2] & 0x80) != 0);
    check(answer.time_to_live >= duration::zero());
    check((answer.what == dns_answer::kind::addresses) == !answer.addresses.empty());
    for (const ip_address& each : answer.addresses) check(each.is_v4() == (type == dns::record_type::a));
#ifdef MIRAGE_PLANTED_BUG
    check(answer.addresses.size() != 2);
#endif
  }
  return 0;
}
