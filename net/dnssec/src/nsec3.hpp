// SPDX-License-Identifier: ISC
// Names that NSEC3 records leave no room for, by their hashes: RFC 5155 §8, RFC 9276.
#pragma once

#include <array>
#include <optional>

#include "mirage/dns/nsec3.hpp"
#include "mirage/dnssec/denial.hpp"

namespace mirage::dnssec {

class nsec3_proofs {
 public:
  /// Nothing where there are none that can be understood; those with other parameters than the first's are
  /// not looked at. What it is made of must outlive it.
  [[nodiscard]] static std::optional<nsec3_proofs> open(dns::name_view zone, denials from) noexcept;

  [[nodiscard]] bool is_too_costly() const noexcept;

  struct span_of_hashes {
    bool is_opt_out = false;
  };
  /// The record whose span the name's hash is in.
  [[nodiscard]] std::optional<span_of_hashes> covering(dns::name_view name) const noexcept;
  /// The types of the record at that name.
  [[nodiscard]] std::optional<cbytes> matching(dns::name_view name) const noexcept;

  /// §8.3: the longest name above one that exists, and whether the next longer one does not.
  struct closest {
    dns::name_view encloser;
    bool is_covered = false;
    bool is_opt_out = false;
  };
  [[nodiscard]] std::optional<closest> find_closest(dns::name_view name) const noexcept;

 private:
  using label = std::array<std::byte, 32>;
  nsec3_proofs(dns::name_view zone, denials from, const dns::nsec3_parameters& parameters) noexcept
      : zone_(zone), from_(from), parameters_(parameters) {}
  [[nodiscard]] bool is_ours(const denial_record& each) const noexcept;
  [[nodiscard]] std::optional<span_of_hashes> covering(const label& hash) const noexcept;
  [[nodiscard]] std::optional<cbytes> matching(const label& hash) const noexcept;
  [[nodiscard]] label hash(dns::name_view name) const noexcept;

  dns::name_view zone_;
  denials from_;
  dns::nsec3_parameters parameters_;
};

}  // namespace mirage::dnssec
