// SPDX-License-Identifier: ISC
// A responder with a zone, asked in words, whose answers are shown in words.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mirage/core/format.hpp"
#include "mirage/dns/message.hpp"
#include "mirage/dns/query.hpp"
#include "mirage/dns/rdata_text.hpp"
#include "mirage/dns/zone_file.hpp"
#include "mirage/dns_server/responder.hpp"
#include "mirage/test/virtual_node.hpp"

namespace mirage::dns::test {

inline constexpr std::string_view example_zone =
    "$TTL 60\n"
    "@ SOA ns host 7 2 3 4 5\n@ NS ns\nns A 192.0.2.1\n"
    "a A 192.0.2.2\na TXT x\nalias CNAME a\nout CNAME a.elsewhere.\nloop CNAME loop\n"
    "*.w A 192.0.2.3\nthere.w TXT x\n"
    "cut NS ns.cut\nns.cut A 192.0.2.4\n"
    "d DNAME t\nx.t A 192.0.2.5\ne.m.pty TXT x\n"
    "$GENERATE 1-60 many A 10.0.0.$\n";

inline std::vector<std::byte> query_for(std::string_view subject, record_type type, bool with_edns = false,
                                        cbytes options = {}) {
  std::vector<std::byte> space(512);
  message_writer writer(space);
  writer.set_header({.id = 7, .recursion_desired = true});
  EXPECT_TRUE(writer.add_question(*name::parse(subject), type));
  if (with_edns) EXPECT_TRUE(writer.add_edns({.options = options}));
  space.resize(writer.finish().size());
  return space;
}

/// `NOERROR aa | a.example. A 192.0.2.2 | | ` and so on: code, flags, and the three sections.
inline std::string words_of(cbytes message) {
  std::array<char, 8192> space;
  text_writer out(space);
  auto reader = message_reader::open(message);
  EXPECT_TRUE(reader);
  format(out, reader->head().code);
  if (reader->head().authoritative) out.append(" aa");
  if (reader->head().truncated) out.append(" tc");
  section last = section::question;
  std::vector<std::byte> rdata(65536);
  while (true) {
    const auto next = reader->next_record();
    EXPECT_TRUE(next);
    if (!next || !*next) break;
    const record& each = **next;
    while (last != each.where) {
      out.append(" |");
      last = static_cast<section>(static_cast<int>(last) + 1);
    }
    if (each.type == record_type::opt) {
      out.append(" OPT");
      continue;
    }
    const auto size = reader->rdata(each, rdata);
    EXPECT_TRUE(size);
    format_to(out, " {} {} ", each.owner, each.type);
    format_rdata(out, each.type, cbytes(rdata).first(size.value_or(0)));
  }
  EXPECT_EQ(reader->position(), message.size());
  return std::string(out.text());
}

class asking {
 public:
  explicit asking(std::string_view zone_text = example_zone) {
    auto zone = read_zone(zone_text, *name::parse("example."));
    EXPECT_TRUE(zone);
    if (zone) zones.set(*std::move(zone));
  }

  std::string ask(cbytes message, transport over = transport::udp) {
    const query asked(message);
    std::vector<std::byte> space(65535);
    const answered made = core.answer(asked, space, over, ip_address("192.0.2.99"), 1000);
    return made.size == 0 ? "nothing" : words_of(cbytes(space).first(made.size));
  }
  std::string ask(std::string_view subject, record_type type) { return ask(query_for(subject, type)); }

  mirage::test::virtual_node node;
  zone_table zones;
  responder core{zones};
};

}  // namespace mirage::dns::test
