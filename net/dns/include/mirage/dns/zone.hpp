// SPDX-License-Identifier: ISC
// A zone as it is served: read-only, in one piece of memory, its record sets prepared as they stand in an
// answer. A name is found by one hash; what an answer needs besides (cuts, wildcards, NSEC and NSEC3 chains)
// was found out when the zone was built. RFC 1034 §4.2, RFC 4592, RFC 4035 §3.1, RFC 5155 §7.
//
//   zone_builder builder(origin);
//   builder.add(owner, type, ttl, rdata) ...
//   auto zone = builder.finish();
//
// It is the same octets wherever it lies, so that it can be made when an image is built: `block`, `open`.
//
// A million names of 16 octets with an A record each take about 70 bytes each; while it is built, as much
// again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "mirage/core/bytes.hpp"
#include "mirage/core/endian.hpp"
#include "mirage/core/result.hpp"
#include "mirage/dns/name.hpp"
#include "mirage/dns/nsec3.hpp"
#include "mirage/dns/query_name.hpp"
#include "mirage/dns/types.hpp"

namespace mirage::dns {

/// The records of a name that have one type. It lives as long as its zone; a set of no records stands for
/// none at all.
class record_set {
 public:
  /// A record as it is prepared: a pointer to the question's name, type, class, TTL, length of the data.
  static constexpr std::size_t record_header = 12;

  record_set() noexcept = default;

  [[nodiscard]] explicit operator bool() const noexcept { return count_ > 0; }
  [[nodiscard]] record_type type() const noexcept { return type_; }
  [[nodiscard]] unsigned count() const noexcept { return count_; }
  [[nodiscard]] unsigned signature_count() const noexcept { return signature_count_; }
  /// The records one behind the other, their data without compression.
  [[nodiscard]] cbytes records() const noexcept { return records_; }
  /// The RRSIG records that cover them, likewise.
  [[nodiscard]] cbytes signatures() const noexcept { return signatures_; }
  /// Of the first record; there is one.
  [[nodiscard]] std::uint32_t ttl() const noexcept { return load_be32(records_.data() + 6); }
  [[nodiscard]] cbytes rdata() const noexcept {
    return records_.subspan(record_header, load_be16(records_.data() + 10));
  }
  [[nodiscard]] cbytes rdata_or_none() const noexcept { return count_ > 0 ? rdata() : cbytes(); }

 private:
  friend class zone;
  friend class zone_node;
  friend class zone_builder;
  friend class node_writer;
  static constexpr std::size_t set_header = 14;  // of a set in a node: what stands before its records
  record_type type_{};
  std::uint16_t count_ = 0;
  std::uint16_t signature_count_ = 0;
  cbytes records_{};
  cbytes signatures_{};
};

/// The record at the front of prepared ones: all of it.
[[nodiscard]] inline cbytes front_record(cbytes records) noexcept {
  return records.first(record_set::record_header + load_be16(records.data() + 10));
}

/// A name of a zone and its record sets. It lives as long as its zone.
class zone_node {
 public:
  zone_node() noexcept = default;

  [[nodiscard]] explicit operator bool() const noexcept { return at_ != nullptr; }
  [[nodiscard]] bool operator==(const zone_node&) const noexcept = default;

  /// Has NS records and is not the apex: what is below belongs to somebody else.
  [[nodiscard]] bool is_cut() const noexcept { return has(cut); }
  [[nodiscard]] bool has_dname() const noexcept { return has(dname); }
  /// Below a cut or a DNAME: not what the zone answers with.
  [[nodiscard]] bool is_occluded() const noexcept { return has(occluded); }
  [[nodiscard]] bool has_wildcard() const noexcept { return has(wildcard); }  ///< there is a `*` right below

  /// In lower case, without the origin and the root: its labels.
  [[nodiscard]] cbytes labels() const noexcept { return {at_ + 4, static_cast<std::size_t>(at_[0])}; }
  /// A set of no records when there is none of that type.
  [[nodiscard]] record_set find(record_type type) const noexcept;
  /// Sets in the order of their types; a set may consist of signatures alone, which cover nothing.
  template <class Visit>
  void for_each(Visit visit) const {
    const std::byte* from = sets();
    for (unsigned i = set_count(); i > 0; --i) visit(load_set(from));
  }

 private:
  friend class zone;
  friend class zone_builder;
  friend class zone_records;
  friend class node_writer;
  enum flag : std::uint8_t { cut = 1, dname = 2, occluded = 4, wildcard = 8 };
  explicit zone_node(const std::byte* at) noexcept : at_(at) {}
  [[nodiscard]] bool has(flag which) const noexcept { return (static_cast<unsigned>(at_[1]) & which) != 0; }
  [[nodiscard]] unsigned set_count() const noexcept { return load_be16(at_ + 2); }
  [[nodiscard]] const std::byte* sets() const noexcept { return at_ + 4 + labels().size(); }
  /// Reads a set and goes behind it.
  [[nodiscard]] static record_set load_set(const std::byte*& from) noexcept;

  // Octets of the labels, flags, number of sets (two octets), the labels; then each set: its type, numbers of
  // records and of signatures (two octets each), octets of both (four each), and these.
  const std::byte* at_ = nullptr;
};

enum class zone_error : std::uint8_t {
  outside,
  wrong_class,
  bad_data,
  no_soa,
  several_soas,
  cname_and_other,
  several_cnames,
  too_large
};
[[nodiscard]] std::string_view describe(zone_error error) noexcept;

class zone {
 public:
  /// A zone that lies in memory which outlives it, as `block` gave it: it is not copied. Null when this is
  /// none, or one of another version of this library; whoever made it is believed otherwise.
  [[nodiscard]] static std::unique_ptr<const zone> open(cbytes block);
  zone(const zone&) = delete;
  zone& operator=(const zone&) = delete;

  /// All of it, to be kept elsewhere.
  [[nodiscard]] cbytes block() const noexcept { return block_; }

  [[nodiscard]] name_view origin() const noexcept { return origin_; }
  [[nodiscard]] unsigned origin_labels() const noexcept { return origin_labels_; }
  [[nodiscard]] std::uint32_t serial() const noexcept { return serial_; }
  [[nodiscard]] bool is_signed() const noexcept { return nsecs_ > 0 || nsec3s_ > 0; }
  [[nodiscard]] bool has_nsec3() const noexcept { return nsec3s_ > 0; }
  /// How names are hashed; the zone has NSEC3 records.
  [[nodiscard]] nsec3_parameters nsec3() const noexcept {
    return nsec3_parameters::of(apex().find(record_type::nsec3param).rdata());
  }
  /// Of names, those that have no records of their own included.
  [[nodiscard]] std::size_t names() const noexcept { return names_; }
  [[nodiscard]] std::size_t records() const noexcept { return records_; }
  /// Bytes of memory.
  [[nodiscard]] std::size_t memory() const noexcept { return sizeof *this + block_.size(); }

  [[nodiscard]] zone_node apex() const noexcept { return zone_node(arena_); }
  /// The SOA as it stands in a negative answer: its TTL is not above its minimum (RFC 2308 §5).
  [[nodiscard]] record_set negative_soa() const noexcept;

  /// The node of an ending of the name, of so many labels: at least the origin's.
  [[nodiscard]] zone_node find(const query_name& name, unsigned labels) const noexcept {
    return find(name.hash(labels),
                name.view().wire().subspan(name.start(labels), relative_size(name, labels)));
  }
  /// The node of some labels below the origin, in lower case, whose name has that hash.
  [[nodiscard]] zone_node find(std::uint64_t hash, cbytes labels) const noexcept;
  /// The node of a wildcard right below an ending of the name.
  [[nodiscard]] zone_node find_wildcard(const query_name& name, unsigned labels) const noexcept;

  /// The last node with an NSEC at or before the name, in canonical order. The zone has some.
  [[nodiscard]] zone_node nsec_at_or_before(const query_name& name) const noexcept;
  /// The NSEC3 whose hash is that, or the one before it; `digits` are 32 of base32, in lower case. The zone
  /// has some.
  [[nodiscard]] zone_node nsec3_at_or_before(cbytes digits) const noexcept;

  /// All nodes in canonical order, those of NSEC3 records included.
  template <class Visit>
  void for_each(Visit visit) const {
    for (std::size_t at = 0; at < arena_size_;) {
      const zone_node node(arena_ + at);
      visit(node);
      at += node_size(node);
    }
  }
  /// The same step by step: where the next one is; nothing behind the last.
  [[nodiscard]] zone_node next(zone_node after) const noexcept;

 private:
  friend class zone_builder;
  zone() noexcept = default;
  [[nodiscard]] std::size_t relative_size(const query_name& name, unsigned labels) const noexcept {
    return name.start(origin_labels_) - name.start(labels);
  }
  [[nodiscard]] static std::size_t node_size(zone_node node) noexcept;
  /// Where in the index to begin to look for it.
  [[nodiscard]] std::size_t place_of(std::uint64_t hash) const noexcept {
    return static_cast<std::size_t>((hash >> 32) * slots_ >> 32);
  }
  /// Finds the parts of a block, whose header is one.
  void lay_out(cbytes block) noexcept;

  name origin_;
  unsigned origin_labels_ = 0;
  std::uint64_t origin_hash_ = 0;
  std::uint32_t serial_ = 0;
  std::size_t names_ = 0;
  std::size_t records_ = 0;
  std::size_t slots_ = 0;
  std::size_t nsecs_ = 0;
  std::size_t nsec3s_ = 0;
  std::size_t arena_size_ = 0;
  // Parts of the block. Its numbers are little-endian, and a node is known by its offset in the arena.
  const std::byte* index_ = nullptr;  // 32 bits of a name's hash, and its node's offset plus one; 0: free
  const std::byte* nsec_ = nullptr;   // nodes that have an NSEC, in canonical order
  const std::byte* arena_ = nullptr;  // nodes in canonical order, the apex first
  const std::byte* negative_soa_ = nullptr;  // a set, as nodes have them
  const std::byte* nsec3_ = nullptr;         // nodes that have an NSEC3, in the order of their hashes
  cbytes block_{};
  std::unique_ptr<std::byte[]> owned_;  // the block, unless it is somebody else's
};

/// How many records are looked at before who serves others looks at these: some tenths of a millisecond.
inline constexpr std::size_t records_in_a_part = 256;

/// Gathers records, in any order, and makes a zone of them: at once, or in parts where others wait meanwhile.
class zone_builder {
 public:
  explicit zone_builder(name_view origin);
  ~zone_builder();
  zone_builder(const zone_builder&) = delete;
  zone_builder& operator=(const zone_builder&) = delete;

  /// `rdata` without compression. One that is there already is not added again.
  result<void, zone_error> add(name_view owner, record_type type, std::uint32_t ttl, cbytes rdata);
  /// Takes all that was gathered, and goes on by a part that takes as long as to look at so many records.
  /// Nothing while there is more to do; nothing is added any more, and after the zone it is not called again.
  /// The TTL of a set is that of its first record (RFC 2181 §5.2).
  [[nodiscard]] std::optional<result<std::unique_ptr<const zone>, zone_error>> finish(std::size_t records);
  /// All of it at once.
  [[nodiscard]] result<std::unique_ptr<const zone>, zone_error> finish();

 private:
  class state;
  std::unique_ptr<state> state_;
};

}  // namespace mirage::dns
