// SPDX-License-Identifier: ISC
// A small zone, and what its NSEC and NSEC3 records prove: the cases of RFC 4035 appendix B, RFC 5155
// appendix B.
#include "mirage/dnssec/denial.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <list>
#include <map>
#include <string>

#include <mirage/dns/nsec3.hpp>

#include "record_text.hpp"

namespace mirage::dnssec {
namespace {

using dns::record_type;
using test::name_of;
using test::rdata_of;

/// What a zone says of its names: an NSEC record each, or an NSEC3 one.
struct chain {
  struct record {
    dns::name owner;
    record_type type;
    std::vector<std::byte> rdata;
  };
  std::list<record> records;
  std::vector<denial_record> all;

  void add(dns::name_view owner, record_type type, std::vector<std::byte> rdata) {
    const record& made = records.emplace_back(dns::name(owner), type, std::move(rdata));
    all.push_back({made.owner, made.type, made.rdata});
  }
  /// Those whose spans or owners are the `numbers`.
  [[nodiscard]] std::vector<denial_record> only(std::initializer_list<std::size_t> numbers) const {
    std::vector<denial_record> some;
    for (const std::size_t each : numbers) some.push_back(all[each]);
    return some;
  }
};

using zone_types = std::vector<std::pair<std::string, std::string>>;

// In canonical order, as the NSEC chain goes.
const zone_types zone_names{{"example.", "NS SOA MX RRSIG NSEC DNSKEY"},
                            {"a.example.", "NS DS RRSIG NSEC"},
                            {"alias.example.", "CNAME RRSIG NSEC"},
                            {"b.example.", "NS RRSIG NSEC"},
                            {"ns1.example.", "A RRSIG NSEC"},
                            {"*.w.example.", "MX RRSIG NSEC"},
                            {"x.w.example.", "MX RRSIG NSEC"},
                            {"x.y.w.example.", "MX RRSIG NSEC"},
                            {"xx.example.", "A AAAA RRSIG NSEC"}};

chain nsec_chain() {
  chain made;
  for (std::size_t i = 0; i < zone_names.size(); ++i) {
    const std::string next = zone_names[(i + 1) % zone_names.size()].first;
    made.add(name_of(zone_names[i].first), record_type::nsec,
             rdata_of(record_type::nsec, next + " " + zone_names[i].second));
  }
  return made;
}

chain nsec3_chain(unsigned iterations = 12, bool opt_out = false) {
  zone_types names = zone_names;
  names.emplace_back("w.example.", "");
  names.emplace_back("y.w.example.", "");
  if (opt_out) std::erase_if(names, [](const auto& each) { return each.first == "b.example."; });
  const std::array salt{std::byte{0xaa}, std::byte{0xbb}, std::byte{0xcc}, std::byte{0xdd}};
  std::map<std::string, std::string> by_hash;
  for (const auto& [name, types] : names) {
    const dns::name owner = name_of(name);
    const auto label =
        dns::nsec3_label(dns::hash_nsec3(owner, {static_cast<std::uint16_t>(iterations), salt}));
    std::string text;
    for (const std::byte each : label) text += static_cast<char>(each);
    by_hash[text] = types;
  }
  chain made;
  const std::string front =
      "1 " + std::string(opt_out ? "1 " : "0 ") + std::to_string(iterations) + " aabbccdd ";
  for (auto at = by_hash.begin(); at != by_hash.end(); ++at) {
    auto next = std::next(at) == by_hash.end() ? by_hash.begin() : std::next(at);
    const std::string types = at->second.empty() ? "" : " " + at->second;
    made.add(name_of(at->first + ".example."), record_type::nsec3,
             rdata_of(record_type::nsec3, front + next->first + types));
  }
  return made;
}

const dns::name zone = name_of("example.");

struct denial_test : testing::TestWithParam<bool> {
  chain made = GetParam() ? nsec3_chain() : nsec_chain();

  [[nodiscard]] proof no_name(std::string_view name) { return prove_no_name(name_of(name), zone, made.all); }
  [[nodiscard]] proof no_data(std::string_view name, record_type type) {
    return prove_no_data(name_of(name), type, zone, made.all);
  }
};

TEST_P(denial_test, ANameThatIsNotThere) {
  EXPECT_EQ(no_name("ml.example."), proof::proven);
  EXPECT_EQ(no_name("a.b.c.ml.example."), proof::proven);
  EXPECT_EQ(no_name("zz.example."), proof::proven) << "behind the last";
  EXPECT_EQ(no_name("below.ns1.example."), proof::proven);
  EXPECT_EQ(no_name("below.x.w.example."), proof::proven);
}

TEST_P(denial_test, ANameThatIsThere) {
  for (const char* name :
       {"example.", "ns1.example.", "xx.example.", "w.example.", "y.w.example.", "x.w.example."})
    EXPECT_EQ(no_name(name), proof::missing) << name;
  EXPECT_EQ(no_name("any.w.example."), proof::missing) << "a wildcard stands for it";
  EXPECT_EQ(no_name("www.a.example."), proof::missing) << "it may be there, in the zone below";
  EXPECT_EQ(no_name("www.other."), proof::missing) << "in another zone";
}

TEST_P(denial_test, ATypeThatIsNotThere) {
  EXPECT_EQ(no_data("ns1.example.", record_type::mx), proof::proven);
  EXPECT_EQ(no_data("ns1.example.", record_type::a), proof::missing);
  EXPECT_EQ(no_data("w.example.", record_type::a), proof::proven) << "only names below it";
  EXPECT_EQ(no_data("y.w.example.", record_type::a), proof::proven);
  EXPECT_EQ(no_data("alias.example.", record_type::a), proof::missing) << "it has an alias";
  EXPECT_EQ(no_data("z.w.example.", record_type::aaaa), proof::proven) << "nor has the wildcard";
  EXPECT_EQ(no_data("z.w.example.", record_type::mx), proof::missing);
  EXPECT_EQ(no_data("ml.example.", record_type::a), proof::missing) << "that is not what is proven";
}

TEST_P(denial_test, EachSideOfACutSpeaksForItself) {
  EXPECT_EQ(no_data("b.example.", record_type::ds), proof::proven);
  EXPECT_EQ(no_data("a.example.", record_type::ds), proof::missing);
  EXPECT_EQ(no_data("b.example.", record_type::a), proof::missing) << "the parent does not know";
  EXPECT_EQ(no_data("example.", record_type::ds), proof::missing) << "nor does the child";
}

TEST_P(denial_test, WhereAZoneEnds) {
  const auto at = [&](std::string_view name) { return prove_no_delegation(name_of(name), zone, made.all); };
  EXPECT_EQ(at("b.example."), cut::insecure);
  EXPECT_EQ(at("ns1.example."), cut::none);
  EXPECT_EQ(at("w.example."), cut::none);
  EXPECT_EQ(at("ml.example."), cut::none);
  EXPECT_EQ(at("z.w.example."), cut::none);
  EXPECT_EQ(at("a.example."), cut::missing);
  EXPECT_EQ(at("www.other."), cut::missing);
}

TEST_P(denial_test, AWildcardMayOnlyStandForWhatIsNotThere) {
  EXPECT_EQ(prove_expansion(name_of("z.w.example."), 2, zone, made.all), proof::proven);
  EXPECT_EQ(prove_expansion(name_of("q.z.w.example."), 2, zone, made.all), proof::proven);
  EXPECT_EQ(prove_expansion(name_of("x.w.example."), 2, zone, made.all), proof::missing);
  EXPECT_EQ(prove_expansion(name_of("z.y.w.example."), 2, zone, made.all), proof::missing)
      << "y.w. is closer";
}

TEST_P(denial_test, NoRecordIsNoProof) {
  made.all.clear();
  EXPECT_EQ(no_name("ml.example."), proof::missing);
  EXPECT_EQ(no_data("ns1.example.", record_type::mx), proof::missing);
  EXPECT_EQ(prove_expansion(name_of("z.w.example."), 2, zone, made.all), proof::missing);
  EXPECT_EQ(prove_no_delegation(name_of("b.example."), zone, made.all), cut::missing);
}

TEST_P(denial_test, MalformedRecordsProveNothing) {
  for (auto& each : made.all) each.rdata = each.rdata.first(3);
  EXPECT_EQ(no_name("ml.example."), proof::missing);
  EXPECT_EQ(no_data("ns1.example.", record_type::mx), proof::missing);
}

INSTANTIATE_TEST_SUITE_P(kinds, denial_test, testing::Bool(),
                         [](const auto& each) { return each.param ? "nsec3" : "nsec"; });

TEST(nsec_test, TheWildcardMustBeDeniedToo) {
  const chain made = nsec_chain();
  // b.example. to ns1.example. has no room for ml.example., example. to a.example. none for *.example.
  EXPECT_EQ(prove_no_name(name_of("ml.example."), zone, made.only({3, 0})), proof::proven);
  EXPECT_EQ(prove_no_name(name_of("ml.example."), zone, made.only({3})), proof::missing);
  EXPECT_EQ(prove_no_name(name_of("ml.example."), zone, made.only({0})), proof::missing);
}

TEST(nsec3_test, TheHashesOfTheStandardsExample) {
  // RFC 5155 appendix A.
  const chain made = nsec3_chain();
  const auto has = [&](std::string_view owner) {
    return std::ranges::any_of(made.all,
                               [&](const auto& each) { return each.owner == name_of(owner).view(); });
  };
  EXPECT_TRUE(has("0p9mhaveqvm6t7vbl5lop2u3t2rp3tom.example."));
  EXPECT_TRUE(has("35mthgpgcu1qg68fab165klnsnk3dpvl.example."));
  EXPECT_TRUE(has("2vptu5timamqttgl4luu9kg21e0aor3s.example."));
}

TEST(nsec3_test, WhereNamesMayBeLeftOutAZoneMayBegin) {
  const chain made = nsec3_chain(0, true);
  EXPECT_EQ(prove_no_delegation(name_of("b.example."), zone, made.all), cut::insecure);
  EXPECT_EQ(prove_no_delegation(name_of("ns1.example."), zone, made.all), cut::none);
  EXPECT_EQ(prove_no_name(name_of("ml.example."), zone, made.all), proof::insecure);
  EXPECT_EQ(prove_no_data(name_of("ns1.example."), record_type::mx, zone, made.all), proof::proven);
}

TEST(nsec3_test, ManyIterationsAreNotMade) {
  const chain made = nsec3_chain(51);
  EXPECT_EQ(prove_no_name(name_of("ml.example."), zone, made.all), proof::insecure);
  EXPECT_EQ(prove_no_data(name_of("xx.example."), record_type::a, zone, made.all), proof::insecure);
  EXPECT_EQ(prove_no_delegation(name_of("a.example."), zone, made.all), cut::insecure);
  EXPECT_EQ(prove_no_name(name_of("ml.example."), zone, nsec3_chain(50).all), proof::proven);
}

TEST(nsec3_test, ANameOfAnotherZoneMayHaveAHashHere) {
  const dns::name other = name_of("www.other.");
  const auto label = dns::nsec3_label(dns::hash_nsec3(other, {}));
  dns::name owner = zone;
  ASSERT_TRUE(owner.prepend(label));
  chain made;
  made.add(owner, record_type::nsec3,
           rdata_of(record_type::nsec3, "1 0 0 - 0p9mhaveqvm6t7vbl5lop2u3t2rp3tom MX RRSIG"));
  EXPECT_EQ(prove_no_data(other, record_type::a, zone, made.all), proof::missing);
  EXPECT_EQ(prove_no_delegation(other, zone, made.all), cut::missing);
}

TEST(nsec3_test, OtherAlgorithmsAndFlagsAreNotUnderstood) {
  for (const std::size_t at : {0U, 1U}) {
    chain made = nsec3_chain(0);
    for (auto& each : made.records) each.rdata[at] = std::byte{2};
    EXPECT_EQ(prove_no_name(name_of("ml.example."), zone, made.all), proof::missing);
  }
}

}  // namespace
}  // namespace mirage::dnssec
