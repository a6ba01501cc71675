// SPDX-License-Identifier: ISC
#include "mirage/dns/nsec3.hpp"

#include <bearssl.h>

#include "base_text.hpp"
#include "mirage/core/endian.hpp"

namespace mirage::dns {

nsec3_parameters nsec3_parameters::of(cbytes rdata) noexcept {
  return {load_be16(rdata.data() + 2), rdata.subspan(5, static_cast<std::size_t>(rdata[4]))};
}

nsec3_hash hash_nsec3(name_view of, const nsec3_parameters& parameters) noexcept {
  name folded(of);
  folded.lower();
  cbytes input = folded.view().wire();
  nsec3_hash hash;
  for (unsigned i = 0; i <= parameters.iterations; ++i) {
    br_sha1_context context;
    br_sha1_init(&context);
    br_sha1_update(&context, input.data(), input.size());
    br_sha1_update(&context, parameters.salt.data(), parameters.salt.size());
    br_sha1_out(&context, hash.data());
    input = hash;
  }
  return hash;
}

std::array<std::byte, 32> nsec3_label(const nsec3_hash& hash) noexcept {
  std::array<char, 32> digits;
  text_writer out(digits);
  format_base32(out, hash);
  std::array<std::byte, 32> label;
  for (std::size_t i = 0; i < label.size(); ++i) label[i] = static_cast<std::byte>(digits[i]);
  return label;
}

}  // namespace mirage::dns
