// SPDX-License-Identifier: ISC
// Request heads: what must be understood, and the table of what must not (request smuggling).
#include "mirage/http/request_parser.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace mirage::http {
namespace {

using namespace std::string_literals;
using namespace std::string_view_literals;

const limits defaults;

struct parsed {
  progress outcome;
  refusal reason;
  std::size_t consumed;
};

parsed parse_whole(request_parser& parser, std::string_view text) {
  const progress outcome = parser.parse(as_bytes(text));
  return {outcome, parser.reason(), parser.consumed()};
}

/// Gives the bytes one after the other, each time in other memory.
parsed parse_bytewise(request_parser& parser, std::string& memory, std::string_view text) {
  progress outcome = progress::incomplete;
  for (std::size_t length = 1; length <= text.size() && outcome == progress::incomplete; ++length) {
    std::string moved(text.substr(0, length));
    outcome = parser.parse(as_bytes(moved));
    memory.swap(moved);
  }
  return {outcome, parser.reason(), parser.consumed()};
}

TEST(RequestParser, ReadsAnOrdinaryRequest) {
  request_parser parser{defaults};
  const auto text =
      "GET /a/b?c=d&e HTTP/1.1\r\n"
      "Host: example.org:8080\r\n"
      "User-Agent:curl/8\r\n"
      "X-Other:  spaces around \t \r\n"
      "Empty:\r\n"
      "\r\nrest"sv;
  const parsed result = parse_whole(parser, text);
  ASSERT_EQ(result.outcome, progress::complete);
  EXPECT_EQ(result.consumed, text.size() - 4);
  const request_head& head = parser.head();
  EXPECT_EQ(head.method, method::get);
  EXPECT_EQ(head.method_text, "GET");
  EXPECT_EQ(head.target.form, target_form::origin);
  EXPECT_EQ(head.target.path, "/a/b");
  EXPECT_EQ(head.target.query, "c=d&e");
  EXPECT_EQ(head.host, "example.org:8080");
  EXPECT_EQ(head.get(field::user_agent), "curl/8");
  EXPECT_EQ(head.find("x-OTHER"), "spaces around");
  EXPECT_EQ(head.find("Empty"), "");
  EXPECT_EQ(head.find("Missing"), std::nullopt);
  EXPECT_TRUE(head.keep_alive);
  EXPECT_FALSE(head.http_1_0);
  EXPECT_EQ(head.framing, framing::none);
  std::vector<field_line> lines(head.lines().begin(), head.lines().end());
  ASSERT_EQ(lines.size(), 4u);
  EXPECT_EQ(lines[0], (field_line{"Host", "example.org:8080"}));
  EXPECT_EQ(lines[2], (field_line{"X-Other", "spaces around"}));
  EXPECT_EQ(lines[3], (field_line{"Empty", ""}));
}

TEST(RequestParser, GivesViewsIntoTheReceivedBytes) {
  request_parser parser{defaults};
  const auto text = "GET /path HTTP/1.1\r\nHost: h\r\n\r\n"sv;
  ASSERT_EQ(parse_whole(parser, text).outcome, progress::complete);
  EXPECT_EQ(parser.head().target.path.data(), text.data() + 4);
  EXPECT_EQ(parser.head().host.data(), text.data() + 26);
}

TEST(RequestParser, TakesBytesAsTheyComeAndWhereverTheyLie) {
  const auto text =
      "\r\nPOST http://other/x HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nConnection: close\r\n\r\n"sv;
  request_parser parser{defaults};
  std::string memory;
  const parsed result = parse_bytewise(parser, memory, text);
  ASSERT_EQ(result.outcome, progress::complete);
  EXPECT_EQ(result.consumed, text.size());
  EXPECT_EQ(parser.head().method, method::post);
  EXPECT_EQ(parser.head().target.path, "/x");
  EXPECT_EQ(parser.head().host, "other");
  EXPECT_EQ(parser.head().content_length, 5u);
  EXPECT_EQ(parser.head().framing, framing::length);
  EXPECT_FALSE(parser.head().keep_alive);
}

TEST(RequestParser, StartsAnewAfterReset) {
  request_parser parser{defaults};
  ASSERT_EQ(parse_whole(parser, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\n").outcome,
            progress::complete);
  parser.reset();
  ASSERT_EQ(parse_whole(parser, "GET / HTTP/1.1\r\nHost: h\r\n\r\n").outcome, progress::complete);
  EXPECT_FALSE(parser.head().has(field::content_length));
  EXPECT_EQ(parser.head().framing, framing::none);
  EXPECT_EQ(parser.head().content_length, 0u);
}

// RFC 9112 §3.2: the four forms of the target.
TEST(RequestParser, KnowsTheFormsOfTargets) {
  struct example {
    std::string_view line;
    target_form form;
    std::string_view authority;
    std::string_view path;
    std::string_view query;
  };
  constexpr example examples[] = {
      {"GET / HTTP/1.1", target_form::origin, "", "/", ""},
      {"GET //a?? HTTP/1.1", target_form::origin, "", "//a", "?"},
      {"GET /?q=%20{}|^` HTTP/1.1", target_form::origin, "", "/", "q=%20{}|^`"},
      {"GET http://a.b:80/c?d HTTP/1.1", target_form::absolute, "a.b:80", "/c", "d"},
      {"GET HTTPS://[::1]:443/ HTTP/1.1", target_form::absolute, "[::1]:443", "/", ""},
      {"GET http://a HTTP/1.1", target_form::absolute, "a", "/", ""},
      {"GET http://a?b HTTP/1.1", target_form::absolute, "a", "/", "b"},
      {"OPTIONS * HTTP/1.1", target_form::asterisk, "", "", ""},
      {"OPTIONS http://a HTTP/1.1", target_form::asterisk, "a", "", ""},
      {"CONNECT a.b:443 HTTP/1.1", target_form::authority, "a.b:443", "", ""},
      {"CONNECT [::1]:1 HTTP/1.1", target_form::authority, "[::1]:1", "", ""},
  };
  for (const example& e : examples) {
    request_parser parser{defaults};
    const std::string text = std::string(e.line) + "\r\nHost: h\r\n\r\n";
    ASSERT_EQ(parse_whole(parser, text).outcome, progress::complete) << e.line;
    EXPECT_EQ(parser.head().target.form, e.form) << e.line;
    EXPECT_EQ(parser.head().target.authority, e.authority) << e.line;
    EXPECT_EQ(parser.head().target.path, e.path) << e.line;
    EXPECT_EQ(parser.head().target.query, e.query) << e.line;
    // RFC 9112 §3.2.2: Host is overruled by the target.
    EXPECT_EQ(parser.head().host, e.authority.empty() ? "h" : e.authority) << e.line;
  }
}

// RFC 9112 §9.3.
TEST(RequestParser, KnowsWhetherTheConnectionGoesOn) {
  struct example {
    std::string_view version;
    std::string_view fields;
    bool keep_alive;
  };
  constexpr example examples[] = {
      {"1.1", "", true},
      {"1.1", "Connection: close\r\n", false},
      {"1.1", "Connection: CLOSE\r\n", false},
      {"1.1", "Connection: upgrade, close , x\r\n", false},
      {"1.1", "Connection: x\r\nConnection: close\r\n", false},
      {"1.1", "Connection: closed\r\n", true},
      {"1.1", "Connection: close\r\nConnection: keep-alive\r\n", false},
      {"1.0", "", false},
      {"1.0", "Connection: keep-alive\r\n", true},
      {"1.0", "Connection: Keep-Alive, close\r\n", false},
      {"1.2", "", true},  // RFC 9110 §2.5: a higher minor version is HTTP/1.1 to us
  };
  for (const example& e : examples) {
    request_parser parser{defaults};
    const std::string text =
        "GET / HTTP/" + std::string(e.version) + "\r\nHost: h\r\n" + std::string(e.fields) + "\r\n";
    ASSERT_EQ(parse_whole(parser, text).outcome, progress::complete) << text;
    EXPECT_EQ(parser.head().keep_alive, e.keep_alive) << text;
  }
}

// RFC 9112 §6.3.
TEST(RequestParser, FindsTheFramingOfTheBody) {
  struct example {
    std::string_view fields;
    framing kind;
    std::uint64_t length;
  };
  constexpr example examples[] = {
      {"", framing::none, 0},
      {"Content-Length: 0\r\n", framing::none, 0},
      {"Content-Length: 00042\r\n", framing::length, 42},
      {"CONTENT-LENGTH:1048576\r\n", framing::length, 1048576},
      {"Transfer-Encoding: chunked\r\n", framing::chunked, 0},
      {"transfer-encoding:\t,CHUNKED ,\r\n", framing::chunked, 0},
  };
  for (const example& e : examples) {
    request_parser parser{defaults};
    const std::string text = "POST / HTTP/1.1\r\nHost: h\r\n" + std::string(e.fields) + "\r\n";
    ASSERT_EQ(parse_whole(parser, text).outcome, progress::complete) << text;
    EXPECT_EQ(parser.head().framing, e.kind) << text;
    EXPECT_EQ(parser.head().content_length, e.length) << text;
  }
}

// RFC 9110 §10.1.1.
TEST(RequestParser, KnowsWhoWaitsForContinue) {
  auto expects = [](std::string_view text) {
    request_parser parser{defaults};
    EXPECT_EQ(parse_whole(parser, text).outcome, progress::complete) << text;
    return parser.head().expect_continue;
  };
  EXPECT_TRUE(expects("PUT / HTTP/1.1\r\nHost: h\r\nExpect: 100-Continue\r\nContent-Length: 1\r\n\r\n"));
  EXPECT_FALSE(expects("PUT / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\n\r\n"));
  EXPECT_FALSE(expects("PUT / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n"));
  EXPECT_FALSE(expects("PUT / HTTP/1.0\r\nExpect: anything\r\nContent-Length: 1\r\n\r\n"));
}

struct refused_input {
  std::string text;
  refusal reason;
  status code;
};

const std::string start = "GET / HTTP/1.1\r\nHost: h\r\n";

const refused_input refused_inputs[] = {
    // Both lengths, in either order (RFC 9112 §6.1).
    {start + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n", refusal::length_and_coding,
     status::bad_request},
    {start + "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n", refusal::length_and_coding,
     status::bad_request},
    {start + "Content-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n", refusal::length_and_coding,
     status::bad_request},
    // Content-Length (RFC 9110 §8.6).
    {start + "Content-Length: 4\r\nContent-Length: 5\r\n\r\n", refusal::content_length_repeated,
     status::bad_request},
    {start + "Content-Length: 4\r\nContent-Length: 4\r\n\r\n", refusal::content_length_repeated,
     status::bad_request},
    {start + "Content-Length: 4, 4\r\n\r\n", refusal::content_length_invalid, status::bad_request},
    {start + "Content-Length: 4, 5\r\n\r\n", refusal::content_length_invalid, status::bad_request},
    {start + "Content-Length: +4\r\n\r\n", refusal::content_length_invalid, status::bad_request},
    {start + "Content-Length: -4\r\n\r\n", refusal::content_length_invalid, status::bad_request},
    {start + "Content-Length: 0x4\r\n\r\n", refusal::content_length_invalid, status::bad_request},
    {start + "Content-Length: 4 4\r\n\r\n", refusal::content_length_invalid, status::bad_request},
    {start + "Content-Length:\r\n\r\n", refusal::content_length_invalid, status::bad_request},
    {start + "Content-Length: 99999999999999999999\r\n\r\n", refusal::body_too_long,
     status::content_too_large},
    {start + "Content-Length: 18446744073709551616\r\n\r\n", refusal::body_too_long,
     status::content_too_large},
    {start + "Content-Length: 1048577\r\n\r\n", refusal::body_too_long, status::content_too_large},
    // Transfer codings (RFC 9112 §6.1).
    {start + "Transfer-Encoding: chunked, gzip\r\n\r\n", refusal::coding_not_last, status::bad_request},
    {start + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n", refusal::coding_not_last,
     status::bad_request},
    {start + "Transfer-Encoding: chunked, chunked\r\n\r\n", refusal::coding_not_last, status::bad_request},
    {start + "Transfer-Encoding: gzip, chunked\r\n\r\n", refusal::coding_unknown, status::not_implemented},
    {start + "Transfer-Encoding: identity\r\n\r\n", refusal::coding_unknown, status::not_implemented},
    {start + "Transfer-Encoding: xchunked\r\n\r\n", refusal::coding_unknown, status::not_implemented},
    {start + "Transfer-Encoding: chunked;a=b\r\n\r\n", refusal::coding_unknown, status::not_implemented},
    {start + "Transfer-Encoding: \"chunked\"\r\n\r\n", refusal::coding_unknown, status::not_implemented},
    {start + "Transfer-Encoding:\r\n\r\n", refusal::coding_unknown, status::not_implemented},
    {start + "Transfer-Encoding: \vchunked\r\n\r\n", refusal::control_character, status::bad_request},
    {"GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", refusal::coding_in_http_1_0,
     status::bad_request},
    // Line ends (RFC 9112 §2.2).
    {"GET / HTTP/1.1\nHost: h\r\n\r\n", refusal::bare_lf, status::bad_request},
    {"GET / HTTP/1.1\r\nHost: h\n\r\n", refusal::bare_lf, status::bad_request},
    {start + "\n", refusal::bare_lf, status::bad_request},
    {start + "A: b\rC: d\r\n\r\n", refusal::bare_cr, status::bad_request},
    {start + "A: b\r\r\n\r\n", refusal::bare_cr, status::bad_request},
    {start + "\rGET", refusal::bare_cr, status::bad_request},
    {"GET / HTTP/1.1\r\r\n", refusal::bare_cr, status::bad_request},
    {"\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n", refusal::request_line, status::bad_request},
    {"\nGET / HTTP/1.1\r\nHost: h\r\n\r\n", refusal::bare_lf, status::bad_request},
    // Field lines (RFC 9112 §5).
    {start + "A: b\r\n folded\r\n\r\n", refusal::line_folding, status::bad_request},
    {start + "A: b\r\n\tfolded\r\n\r\n", refusal::line_folding, status::bad_request},
    {"GET / HTTP/1.1\r\n Host: h\r\n\r\n", refusal::line_folding, status::bad_request},
    {start + "Content-Length : 4\r\n\r\n", refusal::space_before_colon, status::bad_request},
    {start + "Content-Length\t: 4\r\n\r\n", refusal::space_before_colon, status::bad_request},
    {start + "Two words: 4\r\n\r\n", refusal::space_before_colon, status::bad_request},
    {start + ": nameless\r\n\r\n", refusal::field_name, status::bad_request},
    {start + "No colon\r\n\r\n", refusal::space_before_colon, status::bad_request},
    {start + "Nocolon\r\n\r\n", refusal::field_name, status::bad_request},
    {start + "Na(me: x\r\n\r\n", refusal::field_name, status::bad_request},
    {start + "N\xc3\xa4me: x\r\n\r\n", refusal::field_name, status::bad_request},
    {start + "A: b\0c\r\n\r\n"s, refusal::nul, status::bad_request},
    {start + "A\0: b\r\n\r\n"s, refusal::nul, status::bad_request},
    {start + "A: b\x01\r\n\r\n", refusal::control_character, status::bad_request},
    {start + "A: b\x7f\r\n\r\n", refusal::control_character, status::bad_request},
    // Host (RFC 9112 §3.2).
    {"GET / HTTP/1.1\r\n\r\n", refusal::host_missing, status::bad_request},
    {"GET http://a/ HTTP/1.1\r\n\r\n", refusal::host_missing, status::bad_request},
    {start + "Host: h\r\n\r\n", refusal::host_repeated, status::bad_request},
    {"GET / HTTP/1.1\r\nHost: a b\r\n\r\n", refusal::host_invalid, status::bad_request},
    {"GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", refusal::host_invalid, status::bad_request},
    {"GET / HTTP/1.1\r\nHost: a@b\r\n\r\n", refusal::host_invalid, status::bad_request},
    {"GET / HTTP/1.1\r\nHost: a:b\r\n\r\n", refusal::host_invalid, status::bad_request},
    {"GET / HTTP/1.1\r\nHost: a:65536\r\n\r\n", refusal::host_invalid, status::bad_request},
    {"GET / HTTP/1.1\r\nHost: [::1\r\n\r\n", refusal::host_invalid, status::bad_request},
    {"GET / HTTP/1.1\r\nHost: a, b\r\n\r\n", refusal::host_invalid, status::bad_request},
    {"GET / HTTP/1.0\r\nHost: a b\r\n\r\n", refusal::host_invalid, status::bad_request},
    // The request line (RFC 9112 §3).
    {"GET /\r\n\r\n", refusal::request_line, status::bad_request},
    {"GET\r\n\r\n", refusal::request_line, status::bad_request},
    {" GET / HTTP/1.1\r\n\r\n", refusal::request_line, status::bad_request},
    {"GET  / HTTP/1.1\r\n\r\n", refusal::request_line, status::bad_request},
    {"GET /  HTTP/1.1\r\n\r\n", refusal::request_line, status::bad_request},
    {"GET / HTTP/1.1 \r\n\r\n", refusal::request_line, status::bad_request},
    {"GET / HTTP/1.1x\r\n\r\n", refusal::request_line, status::bad_request},
    {"GET / http/1.1\r\n\r\n", refusal::request_line, status::bad_request},
    {"GET / HTTP/1\r\n\r\n", refusal::request_line, status::bad_request},
    {"GET / HTTP/11\r\n\r\n", refusal::request_line, status::bad_request},
    {"GET / HTTP/1.10\r\n\r\n", refusal::request_line, status::bad_request},
    {"GET\t/ HTTP/1.1\r\n\r\n", refusal::request_line, status::bad_request},
    {"GE(T / HTTP/1.1\r\n\r\n", refusal::request_line, status::bad_request},
    {"\x16\x03\x01\x02", refusal::control_character, status::bad_request},  // TLS to a plain port
    {"GET /\0 HTTP/1.1\r\n\r\n"s, refusal::nul, status::bad_request},
    // Versions (RFC 9110 §2.5, §15.6.6).
    {"GET / HTTP/2.0\r\n\r\n", refusal::version_unsupported, status::http_version_not_supported},
    {"GET / HTTP/0.9\r\n\r\n", refusal::version_unsupported, status::http_version_not_supported},
    {"PRI * HTTP/2.0\r\n\r\n", refusal::version_unsupported, status::http_version_not_supported},
    // Targets (RFC 9112 §3.2).
    {"GET /a#b HTTP/1.1\r\n\r\n", refusal::target_character, status::bad_request},
    {"GET /\xc3\xa4 HTTP/1.1\r\n\r\n", refusal::target_character, status::bad_request},
    {"GET /a\\b HTTP/1.1\r\n\r\n", refusal::target_character, status::bad_request},
    {"GET /\"<> HTTP/1.1\r\n\r\n", refusal::target_character, status::bad_request},
    {"GET * HTTP/1.1\r\n\r\n", refusal::target_form, status::bad_request},
    {"GET a HTTP/1.1\r\n\r\n", refusal::target_form, status::bad_request},
    {"GET ftp://a/ HTTP/1.1\r\n\r\n", refusal::target_form, status::bad_request},
    {"GET http:///a HTTP/1.1\r\n\r\n", refusal::target_form, status::bad_request},
    {"GET http://u@h/ HTTP/1.1\r\n\r\n", refusal::target_form, status::bad_request},
    {"GET http://h:99999/ HTTP/1.1\r\n\r\n", refusal::target_form, status::bad_request},
    {"GET h:80 HTTP/1.1\r\n\r\n", refusal::target_form, status::bad_request},
    {"CONNECT / HTTP/1.1\r\n\r\n", refusal::target_form, status::bad_request},
    {"CONNECT h HTTP/1.1\r\n\r\n", refusal::target_form, status::bad_request},
    {"CONNECT h: HTTP/1.1\r\n\r\n", refusal::target_form, status::bad_request},
    {"CONNECT http://h/ HTTP/1.1\r\n\r\n", refusal::target_form, status::bad_request},
    // Expect (RFC 9110 §10.1.1).
    {start + "Expect: miracles\r\n\r\n", refusal::expectation, status::expectation_failed},
    {start + "Expect: 100-continue, more\r\n\r\n", refusal::expectation, status::expectation_failed},
    {start + "Expect: 100-continue\r\nExpect: 100-continue\r\n\r\n", refusal::expectation,
     status::expectation_failed},
};

TEST(RequestParser, RefusesWhatCouldBeReadInTwoWays) {
  for (const refused_input& input : refused_inputs) {
    request_parser parser{defaults};
    const parsed whole = parse_whole(parser, input.text);
    EXPECT_EQ(whole.outcome, progress::refused) << input.text;
    EXPECT_EQ(describe(whole.reason), describe(input.reason)) << input.text;
    EXPECT_EQ(status_of(whole.reason), input.code) << input.text;
    // It stays refused, whatever follows.
    EXPECT_EQ(parser.parse(as_bytes(start + "\r\n")), progress::refused) << input.text;
  }
}

TEST(RequestParser, RefusesTheSameHoweverTheBytesCome) {
  for (const refused_input& input : refused_inputs) {
    request_parser parser{defaults};
    std::string memory;
    const parsed result = parse_bytewise(parser, memory, input.text);
    EXPECT_EQ(result.outcome, progress::refused) << input.text;
    EXPECT_EQ(describe(result.reason), describe(input.reason)) << input.text;
  }
}

TEST(RequestParser, WaitsForTheRestOfEveryPrefix) {
  const auto text = "\r\nGET /a?b HTTP/1.1\r\nHost: h\r\nAccept: */*\r\n\r\n"sv;
  for (std::size_t length = 0; length < text.size(); ++length) {
    request_parser parser{defaults};
    EXPECT_EQ(parse_whole(parser, text.substr(0, length)).outcome, progress::incomplete) << length;
  }
}

// Limits, RFC 9110 §15.5.15 (414), RFC 6585 §5 (431), RFC 9112 §3 (501 for a method that long).
TEST(RequestParser, RefusesAtEachLimitAndNotBelow) {
  limits small;
  small.head_bytes = 200;
  small.target_bytes = 20;
  small.method_bytes = 8;
  small.fields = 5;
  small.body_bytes = 10;
  auto reason = [&](const std::string& text) {
    request_parser whole{small};
    const progress outcome = whole.parse(as_bytes(text));
    request_parser bytewise{small};
    std::string memory;
    EXPECT_EQ(parse_bytewise(bytewise, memory, text).outcome, outcome) << text;
    EXPECT_NE(outcome, progress::incomplete) << text;
    return describe(whole.reason());
  };
  const std::string host = "Host: h\r\n";
  EXPECT_EQ(reason("ABCDEFGH / HTTP/1.1\r\n" + host + "\r\n"), "none");
  EXPECT_EQ(reason("ABCDEFGHI / HTTP/1.1\r\n" + host + "\r\n"), "method_too_long");
  EXPECT_EQ(reason("GET /" + std::string(19, 'a') + " HTTP/1.1\r\n" + host + "\r\n"), "none");
  EXPECT_EQ(reason("GET /" + std::string(20, 'a') + " HTTP/1.1\r\n" + host + "\r\n"), "target_too_long");
  EXPECT_EQ(reason(std::string(1000, 'A')), "method_too_long");
  EXPECT_EQ(reason("GET /" + std::string(1000, 'a')), "target_too_long");
  EXPECT_EQ(reason("GET / " + std::string(1000, 'a')), "request_line");
  const std::string line = "GET / HTTP/1.1\r\n" + host;
  EXPECT_EQ(reason(line + "A: b\r\nA: b\r\nA: b\r\nA: b\r\n\r\n"), "none");
  EXPECT_EQ(reason(line + "A: b\r\nA: b\r\nA: b\r\nA: b\r\nA: b\r\n\r\n"), "too_many_fields");
  const std::size_t room = small.head_bytes - line.size() - 4 - 2 - 2;  // "A: b" CRLF CRLF
  EXPECT_EQ(reason(line + "A: " + std::string(room + 1, 'b') + "\r\n\r\n"), "none");
  EXPECT_EQ(reason(line + "A: " + std::string(room + 2, 'b') + "\r\n\r\n"), "head_too_long");
  EXPECT_EQ(reason(line + "A: " + std::string(1000, 'b')), "head_too_long");
  EXPECT_EQ(reason(line + std::string(1000, 'b')), "head_too_long");
  EXPECT_EQ(reason(line + "Content-Length: 10\r\n\r\n"), "none");
  EXPECT_EQ(reason(line + "Content-Length: 11\r\n\r\n"), "body_too_long");
}

TEST(RequestParser, RefusesAStartLineThatIsLongerThanTheHeadMayBe) {
  limits tight;
  tight.head_bytes = 64;
  for (std::size_t length = 30; length < 90; ++length) {
    const std::string line = "GET /" + std::string(length, 'a') + " HTTP/1.1\r\n";
    // Copied to memory of its own size, so that the sanitizers see each byte beyond.
    const std::vector<char> exact(line.begin(), line.end());
    request_parser parser{tight};
    const progress outcome = parser.parse(as_bytes(std::string_view(exact.data(), exact.size())));
    EXPECT_EQ(outcome, line.size() > tight.head_bytes ? progress::refused : progress::incomplete) << length;
    request_parser bytewise{tight};
    std::string memory;
    EXPECT_EQ(parse_bytewise(bytewise, memory, line).outcome, outcome) << length;
    EXPECT_EQ(bytewise.reason(), parser.reason()) << length;
  }
}

TEST(RequestParser, GathersFieldsThatAreLists) {
  request_parser parser{defaults};
  const std::string text = start + "Accept-Encoding: a\r\nX: y\r\nACCEPT-encoding: b, c\r\nVia: v\r\n\r\n";
  ASSERT_EQ(parse_whole(parser, text).outcome, progress::complete);
  std::vector<std::string_view> values;
  parser.head().for_each(field::accept_encoding, [&](std::string_view value) { values.push_back(value); });
  EXPECT_EQ(values, (std::vector<std::string_view>{"a", "b, c"}));
  EXPECT_TRUE(parser.head().repeated(field::accept_encoding));
  EXPECT_EQ(parser.head().single(field::accept_encoding), "");
  EXPECT_EQ(parser.head().single(field::via), "v");
  values.clear();
  parser.head().for_each(field::via, [&](std::string_view value) { values.push_back(value); });
  parser.head().for_each(field::range, [&](std::string_view value) { values.push_back(value); });
  EXPECT_EQ(values, (std::vector<std::string_view>{"v"}));
}

TEST(RequestParser, LetsBytesAbove127IntoValues) {
  request_parser parser{defaults};
  const std::string text = start + "X: sch\xc3\xb6n\tund gut\r\n\r\n";
  ASSERT_EQ(parse_whole(parser, text).outcome, progress::complete);
  EXPECT_EQ(parser.head().find("X"), "sch\xc3\xb6n\tund gut");
}

}  // namespace
}  // namespace mirage::http
