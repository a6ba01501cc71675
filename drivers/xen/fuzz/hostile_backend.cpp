// SPDX-License-Identifier: ISC
// A back end that does what its input says, and a driver that is used meanwhile: nothing is read or written
// out of bounds (the sanitizers see to that), a driver always comes to its end, and then no memory is held.
// covers: src/ring.cpp src/network.cpp src/block.cpp src/xenbus.cpp src/page_set.cpp
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <vector>

#include "../test/fake_xen.hpp"
#include "mirage/core/endian.hpp"
#include "mirage/core/scope.hpp"
#include "mirage/test/fuzz_input.hpp"
#include "mirage/xen/block.hpp"
#include "mirage/xen/network.hpp"

using namespace mirage;

namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

// Where the rings of a kind of device stand in xenstore, and how long their entries are.
struct ring_place {
  const char* key;
  std::size_t entry;
};

// Shakes hands as it should, mostly, and then does anything with its rings and its keys.
class hostile final : public test::fake_backend {
 public:
  hostile(test::fake_domain& in, const char* kind, std::map<std::string, std::string> offers,
          std::vector<ring_place> places)
      : fake_backend(in.machine, in.daemon, kind, 0, std::move(offers)), places_(std::move(places)) {}

  void act(test::fuzz_input& from) {
    switch (from.below(8)) {
      case 0: set_state(from.below(8)); break;
      case 1: turn(from); break;
      case 2: rewrite(from); break;
      default: break;
    }
    if (rings_.empty()) return;
    test::fake_back_ring& ring = rings_[from.below(static_cast<std::uint32_t>(rings_.size()))];
    switch (from.below(6)) {
      case 0: answer(ring, from); break;
      case 1: ring.put(any(from, std::min<std::size_t>(from.below(20), 8))); break;
      case 2: static_cast<void>(ring.show()); break;
      case 3: ring.set_index(from.number(from.below(5))); break;
      case 4: scribble(ring, from); break;
      case 5: complete(ring, from); break;
    }
    if (from.below(2) == 0) tell_frontend();
  }

 private:
  void connect() override {
    for (const ring_place& each : places_)
      if (std::byte* const page = machine.map(1, number_of(each.key))) rings_.emplace_back(page, each.entry);
  }
  void forget() override {
    for (const auto& each : rings_) machine.unmap(each.page());
    rings_.clear();
  }
  void notified() override {}

  void turn(test::fuzz_input& from) {
    switch (from.below(4)) {
      case 0: go_away(); break;
      case 1: unplug(); break;
      case 2: remove(); break;
      case 3: plug_in(); break;
    }
  }
  void rewrite(test::fuzz_input& from) {
    static constexpr std::array keys{"sectors",    "sector-size", "info",  "feature-max-indirect-segments",
                                     "feature-sg", "online",      "state", "feature-gso-tcpv4"};
    const std::string value = from.below(4) == 0 ? any(from, 3) : std::to_string(from.number(2));
    store.set(backend_path() + "/" + keys[from.below(keys.size())], value);
  }
  static std::string any(test::fuzz_input& from, std::size_t size) {
    std::string made;
    for (; size > 0; --size) made += static_cast<char>(from.number(1));
    return made;
  }
  // A response to a request that is there, nearly right.
  void answer(test::fake_back_ring& ring, test::fuzz_input& from) {
    if (ring.waiting() == 0 || ring.waiting() > ring.size()) return;
    const std::string request = ring.take();
    const bool is_disk = places_.size() == 1;
    const std::size_t number_at = is_disk ? 8 : request.size() == 12 ? 8 : 0;
    std::string response = request.substr(number_at, is_disk ? 8 : 2);
    if (is_disk) response += request.substr(0, 1) + std::string(1, '\0');
    switch (from.below(4)) {
      case 0: response += any(from, std::min<std::size_t>(6, request.size() - response.size())); break;
      case 1: response += std::string("\0\0\4\0\40\0", is_disk ? 2 : 6); break;
      case 2: response += std::string("\0\0\10\0\40\0", is_disk ? 2 : 6); break;
      case 3: response += std::string("\0\0\0\0\40\0", is_disk ? 2 : 6); break;
    }
    ring.put(response.substr(0, std::min(response.size(), request.size())));
  }
  void complete(test::fake_back_ring& ring, test::fuzz_input& from) {
    answer(ring, from);
    static_cast<void>(ring.show());
  }
  // Over the whole page, our indices too.
  void scribble(test::fake_back_ring& ring, test::fuzz_input& from) {
    store_le32(ring.page() + 4 * (from.number(2) % 1024), from.number(4));
  }

  std::vector<ring_place> places_;
  std::vector<test::fake_back_ring> rings_;
};

struct counting_sink {
  void input(buffer&& frame, const v1::received&) {
    for (const std::byte each : frame.view()) sum += std::to_integer<unsigned>(each);
    if (frame.size() % 3 == 0) kept.push_back(std::move(frame));
    if (kept.size() > 20) kept.clear();
  }
  void batch_end() {}
  void writable() { ++told; }
  unsigned sum = 0;
  unsigned told = 0;
  std::vector<buffer> kept;
};

void use_network(test::fake_domain& domain, test::fuzz_input& from) {
  hostile backend(domain, "vif",
                  {{"feature-rx-copy", "1"},
                   {"feature-sg", "1"},
                   {"feature-gso-tcpv4", "1"},
                   {"feature-gso-tcpv6", "1"},
                   {"feature-ipv6-csum-offload", "1"}},
                  {{"tx-ring-ref", 12}, {"rx-ring-ref", 8}});
  domain.daemon.set(backend.frontend_path() + "/mac", "00:16:3e:00:00:01");
  backend.given["mac"] = "00:16:3e:00:00:01";
  xen::network network("network_0", domain.bus, {.send_pages = 24, .receive_pages = 20, .batch = 8});
  counting_sink sink;
  const subscription listening = network.listen(sink);
  if (domain.node.run(network.start(), 60s)) {
    while (!from.empty()) {
      backend.act(from);
      if (from.below(3) == 0) {
        buffer_list slices;
        for (std::uint32_t i = from.below(17); i > 0; --i)
          slices.push_back(buffer::allocate(from.below(100)));
        const std::size_t size = from.below(200) * (from.below(20) == 0 ? 40 : 1);
        const std::uint16_t segment = from.below(4) == 0 ? 1000 : 0;
        static_cast<void>(network.write(
            {.header = size, .segment = segment, .kind = v1::transmit::cut::tcp4},
            [size](bytes to) noexcept { return std::min(size, to.size()); }, std::move(slices)));
      }
      if (from.below(4) == 0) domain.node.advance(duration(from.below(8) == 0 ? 2s : 3ms));
      domain.node.settle();
    }
  }
  domain.node.run(network.stop(), 60s);
}

task<> use_once(xen::block& disk, std::uint32_t what, std::uint32_t place) {
  switch (what % 4) {
    case 0: static_cast<void>(co_await disk.read(place % 70, 1 + place % 50)); break;
    case 1:
      static_cast<void>(co_await disk.write(place % 70, buffer::allocate(512 * (1 + place % 9))));
      break;
    case 2: static_cast<void>(co_await disk.flush()); break;
    default: static_cast<void>(co_await disk.discard(place % 70, place % 40)); break;
  }
}

void use_disk(test::fake_domain& domain, test::fuzz_input& from) {
  hostile backend(domain, "vbd",
                  {{"sectors", "128"},
                   {"sector-size", "512"},
                   {"info", "0"},
                   {"feature-flush-cache", "1"},
                   {"feature-discard", "1"},
                   {"feature-max-indirect-segments", from.below(2) == 0 ? "0" : "32"}},
                  {{"ring-ref", 112}});
  xen::block disk("block_0", domain.bus, {.pages = 16});
  {
    scope working;
    if (domain.node.run(disk.start(), 60s)) {
      while (!from.empty()) {
        backend.act(from);
        if (from.below(2) == 0 && working.size() < 50)
          static_cast<void>(working.spawn("use", use_once(disk, from.below(4), from.below(250))));
        if (from.below(16) == 0) working.cancel();
        if (from.below(16) == 0) domain.node.advance(2s);
        domain.node.settle();
      }
    }
    domain.node.run(disk.stop(), 60s);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 4096) return 0;
  test::fake_domain domain;
  test::fuzz_input from(std::as_bytes(std::span(data, size)));
  if (from.below(2) == 0)
    use_network(domain, from);
  else
    use_disk(domain, from);
  check(domain.node.buffers.live() == 0);
  check(domain.hypervisor.shared() == 0);
#ifdef MIRAGE_PLANTED_BUG
  check(domain.node.console_text().find("bad_length") == std::string::npos);
#endif
  return 0;
}
