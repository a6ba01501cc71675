// SPDX-License-Identifier: ISC
// What other servers ask: every answer fits its limit and can be read, and a transfer ends. The first octet
// says over what it came, and whether its TSIG is made right first; the rest is a query. covers:
// src/peer_responder.cpp src/zone_transfer.cpp
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "mirage/dns/message.hpp"
#include "mirage/dns/query.hpp"
#include "mirage/dns/zone_file.hpp"
#include "mirage/dns_server/peer_responder.hpp"
#include "mirage/test/virtual_node.hpp"

using namespace mirage;
using namespace mirage::dns;

namespace {

constexpr std::uint64_t second = 1'700'000'000;

void check(bool holds) {
  if (!holds) std::abort();
}

struct server final : notify_sink {
  mirage::test::virtual_node node;
  zone_table zones;
  zone_versions versions{zones};
  key_ring keys;
  tsig_key key = *tsig_key::parse("xfr:hmac-sha256:AAECAwQFBgcICQoLDA0ODw==");
  responder others{zones};
  std::unique_ptr<peer_responder> peers;

  server() {
    keys.add(key);
    for (const char* serial : {"7", "8"}) {
      const std::string text = "$TTL 60\n@ SOA a b " + std::string(serial) + " 1 1 1 1\nv" + serial +
                               " A 192.0.2.1\n$GENERATE 1-900 a$ A 192.0.2.1\n";
      versions.set(*read_zone(text, *name::parse("example.")));
    }
    peer_options options{.keys = &keys, .versions = &versions, .notified = this};
    options.transfer_to.push_back(*transfer_rule::parse("192.0.2.0/24"));
    options.transfer_to.push_back(*transfer_rule::parse("#xfr"));
    peers = std::make_unique<peer_responder>(others, options);
  }
  rcode notified(name_view, const ip_address&, const tsig_key*) override { return rcode::no_error; }
};

void check_answer(cbytes message, std::size_t most) {
  check(message.size() <= most);
  auto reader = message_reader::open(message);
  check(reader.has_value());
  while (true) {
    const auto next = reader->next_record();
    check(next.has_value());
    if (!*next) break;
  }
  check(reader->position() == message.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static server on;  // its zones are never changed by what is asked
  if (size == 0 || size > 2000) return 0;
  const cbytes input = std::as_bytes(std::span(data, size)).subspan(1);
  std::vector<std::byte> message(input.begin(), input.end());
  if ((data[0] & 2) != 0 && message.size() >= header::size) {
    tsig_exchange client(on.key);
    message.resize(message.size() + client.size());
    message.resize(client.sign(message, input.size(), second));
  }
  const query asked(message);
  if (!peer_responder::takes(asked)) return 0;
  const transport over = (data[0] & 1) != 0 ? transport::tcp : transport::udp;
  const ip_address client = (data[0] & 4) != 0 ? ip_address("192.0.2.1") : ip_address("198.51.100.1");
  const std::size_t most = over == transport::tcp ? 65535 : greatest_answer(asked, on.others.options());
  std::vector<std::byte> out(most);
  auto answer = on.peers->answer(asked, out, over, client, second);
#ifdef MIRAGE_PLANTED_BUG
  if (answer.transfer && (data[0] & 2) != 0) std::abort();
#endif
  if (!answer.transfer) return check_answer(cbytes(out).first(answer.made.size), most), 0;
  check(over == transport::tcp);
  for (unsigned messages = 0; !answer.transfer->at_end(); ++messages) {
    check(messages < 20);
    const std::size_t length = answer.transfer->next(out, second);
    check(length > 0);
    check_answer(cbytes(out).first(length), 65535);
  }
  return 0;
}
