// SPDX-License-Identifier: ISC
// Any query in: what comes out is an answer to it, well-formed, and not longer than it may be.
// covers: src/responder.cpp src/lookup.cpp src/cookies.cpp
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>

#include "mirage/core/endian.hpp"
#include "mirage/dns/message.hpp"
#include "mirage/dns/query.hpp"
#include "mirage/dns/zone_file.hpp"
#include "mirage/dns_server/responder.hpp"
#include "mirage/test/virtual_node.hpp"

using namespace mirage;
using namespace mirage::dns;

namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

constexpr std::string_view common =
    "$TTL 60\n@ SOA ns host 7 2 3 4 5\n@ NS ns\nns A 192.0.2.1\na A 192.0.2.2\na TXT x\nb CNAME a\nl CNAME "
    "l\n"
    "o CNAME a.elsewhere.\n*.w A 192.0.2.3\n*.v CNAME a\nc NS ns.c\nc NS ns\nns.c A 192.0.2.4\nd DNAME t\n"
    "x.t A 192.0.2.5\ne.m.p TXT x\n$GENERATE 1-60 m A 10.0.0.$\n";
// Signed in form: nobody checks the signatures here.
constexpr std::string_view nsec =
    "@ RRSIG SOA 13 1 60 20380101000000 20200101000000 1 @ AAAA\n@ NSEC a SOA NS\na NSEC c A TXT\n"
    "a RRSIG A 13 2 60 20380101000000 20200101000000 1 @ AAAA\nc NSEC *.w NS\n*.w NSEC @ A\n";
constexpr std::string_view nsec3 =
    "@ NSEC3PARAM 1 0 1 ab\n0p9mhaveqvm6t7vbl5lop2u3t2rp3tom NSEC3 1 0 1 ab 2t7b4g4vsa5smi47k61mv5bv1a22bojr "
    "A\n"
    "2t7b4g4vsa5smi47k61mv5bv1a22bojr NSEC3 1 1 1 ab 0p9mhaveqvm6t7vbl5lop2u3t2rp3tom NS\n";

struct world {
  world() {
    add("p.", common, "");
    add("n.", common, nsec);
    add("3.", common, nsec3);
  }
  void add(std::string_view origin, std::string_view first, std::string_view second) {
    auto zone = read_zone(std::string(first) + std::string(second), *name::parse(origin));
    check(zone.has_value());
    zones.set(*std::move(zone));
  }
  test::virtual_node node;
  zone_table zones;
  responder core{zones};
};

void check_answer(const query& asked, cbytes answer) {
  auto reader = message_reader::open(answer);
  check(reader.has_value());
  const header& head = reader->head();
  check(head.response && head.id == asked.head().id && head.operation == asked.head().operation);
  while (true) {
    const auto next = reader->next_record();
    check(next.has_value());
    if (!*next) break;
#ifdef MIRAGE_PLANTED_BUG
    if ((*next)->type == record_type::dname) std::abort();
#endif
  }
  check(reader->position() == answer.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static world* const on = new world;
  static auto* const space = new std::array<std::byte, 65535>;
  const cbytes message = std::as_bytes(std::span(data, size));
  const query asked(message);
  for (const transport over : {transport::udp, transport::tcp}) {
    const answered made = on->core.answer(asked, *space, over, ip_address("192.0.2.9"), 1000);
    check((made.size == 0) == (asked.kind() == query_kind::drop));
    if (made.size == 0) continue;
    if (over == transport::udp) check(made.size <= greatest_answer(asked, on->core.options()));
    check_answer(asked, cbytes(*space).first(made.size));
  }
  return 0;
}
