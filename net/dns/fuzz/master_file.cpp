// SPDX-License-Identifier: ISC
// Master files: what is read is valid, and prints as what reads back the same; a zone can be made of it.
// covers: src/master_file.cpp src/master_words.cpp src/generate.cpp src/rdata_parse.cpp
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "mirage/dns/rdata.hpp"
#include "mirage/dns/rdata_text.hpp"
#include "mirage/dns/zone_file.hpp"

using namespace mirage;
using namespace mirage::dns;

namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

class checking final : public master_sink {
 public:
  std::string_view add(const master_record& record) override {
    check(is_valid_rdata(record.type, record.rdata));
#ifdef MIRAGE_PLANTED_BUG
    if (record.type == record_type::mx) std::abort();
#endif
    return ++count_ < 1000 ? std::string_view() : "enough";
  }
  std::optional<std::string_view> include(std::string_view) override { return "included 1 A 192.0.2.1\n"; }

 private:
  int count_ = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const name origin = *name::parse("example.");
  checking sink;
  const auto done =
      read_master_file(text, origin, sink, {.ttl = 60, .include_depth = 2, .most_generated = 100});
  if (!done) check(!done.error().why.empty());
  return 0;
}
