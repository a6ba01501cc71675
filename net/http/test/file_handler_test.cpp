// SPDX-License-Identifier: ISC
// Files from the image and from a store, over a server in memory.
#include "mirage/http/file_handler.hpp"

#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <string>
#include <string_view>

#include "mirage/http/response_parser.hpp"
#include "mirage/memory/kv.hpp"
#include "raw_client.hpp"

namespace mirage::http {
namespace {

using namespace test;
using namespace std::string_view_literals;

constexpr std::string_view page = "<h1>hello</h1>";
constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz";
const wall_time modified{784111777s};

v1::asset plain(std::string_view content, std::string_view type, std::string_view etag) {
  return {.identity = as_bytes(content), .content_type = type, .etag = etag, .last_modified = modified};
}

const std::array assets{
    memory::kv_asset{"index.html",
                     {.identity = as_bytes(page),
                      .gzip = as_bytes("gz"),
                      .brotli = as_bytes("br!"),
                      .content_type = "text/html; charset=utf-8",
                      .etag = "\"page\"",
                      .last_modified = modified}},
    memory::kv_asset{"letters.txt", plain(letters, "text/plain; charset=utf-8", "\"letters\"")},
    memory::kv_asset{"docs/index.html", plain("docs", "text/html; charset=utf-8", "\"docs\"")},
    memory::kv_asset{"404.html", plain("gone", "text/html; charset=utf-8", "\"404\"")},
    memory::kv_asset{".secret", plain("secret", "text/plain", "\"secret\"")},
    memory::kv_asset{".well-known/x", plain("known", "text/plain", "\"known\"")},
    memory::kv_asset{"empty", plain("", "text/plain", "\"empty\"")},
};

/// A server over the assets, or over the same values in a store without assets.
class site {
 public:
  explicit site(bool in_image, const file_options& options = {})
      : handler_(in_image ? file_handler(assets_, options) : file_handler(values_, options)) {}

  std::string ask(std::string_view target, std::string_view fields = "", std::string_view verb = "GET") {
    const std::string text = std::string(verb) + " " + std::string(target) + " HTTP/1.1\r\nHost: h\r\n" +
                             std::string(fields) + "\r\n";
    return without_date(served_.ask(text));
  }

  test::served& served() { return served_; }

 private:
  test::served served_{[this](exchange& with) -> task<> { return handler_(with); }};
  memory::kv_assets assets_{assets};
  memory::kv_ro values_{{"index.html", page}, {"letters.txt", letters}, {"docs/index.html", "docs"},
                        {"404.html", "gone"}, {".secret", "secret"},    {".well-known/x", "known"},
                        {"empty", ""}};
  file_handler handler_;
};

std::string body_of(const std::string& answer) {
  const std::size_t at = answer.find("\r\n\r\n");
  return at == std::string::npos ? "no head: " + answer : answer.substr(at + 4);
}

std::string status_of_answer(const std::string& answer) { return answer.substr(9, 3); }

std::string field_of(const std::string& answer, std::string_view name) {
  const limits bounds;
  response_parser parser{bounds};
  EXPECT_EQ(parser.parse(as_bytes(answer)), progress::complete) << answer;
  return std::string(parser.head().find(name).value_or("-"));
}

TEST(FileHandler, SendsWhatIsInTheImage) {
  site files{true};
  EXPECT_EQ(files.ask("/letters.txt"),
            "HTTP/1.1 200 OK\r\nETag: \"letters\"\r\nCache-Control: no-cache\r\n"
            "Content-Type: text/plain; charset=utf-8\r\nLast-Modified: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
            "Accept-Ranges: bytes\r\nContent-Length: 26\r\n\r\nabcdefghijklmnopqrstuvwxyz");
  EXPECT_EQ(body_of(files.ask("/letters.txt", "", "HEAD")), "");
  EXPECT_EQ(field_of(files.ask("/letters.txt", "", "HEAD"), "Content-Length"), "26");
}

TEST(FileHandler, SendsTheVariantThatIsWanted) {
  site files{true};
  EXPECT_EQ(body_of(files.ask("/")), page);
  EXPECT_EQ(field_of(files.ask("/"), "Vary"), "Accept-Encoding");
  EXPECT_EQ(field_of(files.ask("/letters.txt"), "Vary"), "-");
  const std::string compressed = files.ask("/", "Accept-Encoding: gzip, br\r\n");
  EXPECT_EQ(body_of(compressed), "br!");
  EXPECT_EQ(field_of(compressed, "Content-Encoding"), "br");
  EXPECT_EQ(field_of(compressed, "ETag"), "\"page-br\"");
  EXPECT_EQ(body_of(files.ask("/", "Accept-Encoding: gzip\r\n")), "gz");
  EXPECT_EQ(body_of(files.ask("/letters.txt", "Accept-Encoding: gzip, br\r\n")), letters);
  EXPECT_EQ(status_of_answer(files.ask("/letters.txt", "Accept-Encoding: identity;q=0\r\n")), "406");
  // Again, now that its lines are remembered.
  EXPECT_EQ(files.ask("/", "Accept-Encoding: gzip, br\r\n"), compressed);
}

TEST(FileHandler, SendsAVariantOfThePageForWhatIsNotThere) {
  site files{true, {.not_found = "index.html"}};
  const std::string answer = files.ask("/nothing", "Accept-Encoding: br\r\n");
  EXPECT_EQ(answer,
            "HTTP/1.1 404 Not Found\r\nVary: Accept-Encoding\r\nContent-Type: text/html; charset=utf-8\r\n"
            "Content-Encoding: br\r\nContent-Length: 3\r\n\r\nbr!");
}

/// What must be the same wherever the values are.
class FileHandlerOverAny : public testing::TestWithParam<bool> {};
INSTANTIATE_TEST_SUITE_P(Stores, FileHandlerOverAny, testing::Values(true, false),
                         [](const auto& info) { return info.param ? "Image" : "Store"; });

TEST_P(FileHandlerOverAny, FindsFilesAndIndexes) {
  site files{GetParam()};
  EXPECT_EQ(body_of(files.ask("/letters.txt")), letters);
  EXPECT_EQ(field_of(files.ask("/letters.txt"), "Content-Type"), "text/plain; charset=utf-8");
  EXPECT_EQ(body_of(files.ask("/index.html")), page);
  EXPECT_EQ(body_of(files.ask("/")), page);
  EXPECT_EQ(body_of(files.ask("/docs/")), "docs");
  EXPECT_EQ(body_of(files.ask("/?query")), page);
  EXPECT_EQ(body_of(files.ask("/letters%2Etxt")), letters);
  EXPECT_EQ(body_of(files.ask("/empty")), "");
  EXPECT_EQ(status_of_answer(files.ask("/empty")), "200");
}

TEST_P(FileHandlerOverAny, RedirectsFoldersToTheirSlash) {
  site files{GetParam()};
  EXPECT_EQ(files.ask("/docs"),
            "HTTP/1.1 301 Moved Permanently\r\nLocation: /docs/\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(field_of(files.ask("/docs?a=b%20c"), "Location"), "/docs/?a=b%20c");
  EXPECT_EQ(field_of(files.ask("/%64ocs"), "Location"), "/%64ocs/");
}

TEST_P(FileHandlerOverAny, SaysWhatIsNotThere) {
  site files{GetParam()};
  for (std::string_view path :
       {"/nothing", "/docs/nothing", "/nothing/", "/letters.txt/", "/letters.txt/x", "/.secret"}) {
    const std::string answer = files.ask(path);
    EXPECT_EQ(status_of_answer(answer), "404") << path;
    EXPECT_EQ(body_of(answer), "gone") << path;
    EXPECT_EQ(field_of(answer, "Content-Type"), "text/html; charset=utf-8") << path;
    EXPECT_EQ(field_of(answer, "ETag"), "-") << path;
  }
  EXPECT_EQ(body_of(files.ask("/.well-known/x")), "known");
  EXPECT_EQ(status_of_answer(files.ask("/" + std::string(2000, 'x'))), "404");
  EXPECT_EQ(status_of_answer(files.ask("/" + std::string(1500, 'x') + "/")), "404");
  site bare{GetParam(), {.not_found = "nothing.html", .hide_dot_names = false}};
  EXPECT_EQ(body_of(bare.ask("/nothing")), "404 Not Found\n");
  EXPECT_EQ(body_of(bare.ask("/.secret")), "secret");
}

TEST_P(FileHandlerOverAny, AnswersOnlyGetAndHead) {
  site files{GetParam()};
  for (std::string_view verb : {"POST", "PUT", "DELETE", "BREW"}) {
    const std::string answer = files.ask("/", "", verb);
    EXPECT_EQ(status_of_answer(answer), "405") << verb;
    EXPECT_EQ(field_of(answer, "Allow"), "GET, HEAD, OPTIONS") << verb;
  }
  EXPECT_EQ(status_of_answer(files.ask("/", "", "OPTIONS")), "204");
  EXPECT_EQ(body_of(files.ask("/", "", "HEAD")), "");
}

// RFC 9110 §13.
TEST_P(FileHandlerOverAny, ObeysConditions) {
  site files{GetParam()};
  const std::string etag = field_of(files.ask("/letters.txt"), "ETag");
  ASSERT_TRUE(etag.starts_with('"')) << etag;
  const std::string unchanged = files.ask("/letters.txt", "If-None-Match: " + etag + "\r\n");
  EXPECT_EQ(unchanged, "HTTP/1.1 304 Not Modified\r\nETag: " + etag + "\r\nCache-Control: no-cache\r\n\r\n");
  EXPECT_EQ(body_of(files.ask("/letters.txt", "If-None-Match: \"other\"\r\n")), letters);
  EXPECT_EQ(status_of_answer(files.ask("/letters.txt", "If-Match: \"other\"\r\n")), "412");
  EXPECT_EQ(body_of(files.ask("/letters.txt", "If-Match: \"other\"\r\n")), "");
}

// RFC 9110 §14.
TEST_P(FileHandlerOverAny, SendsRanges) {
  site files{GetParam()};
  std::string part = files.ask("/letters.txt", "Range: bytes=1-3\r\n");
  EXPECT_EQ(status_of_answer(part), "206");
  EXPECT_EQ(body_of(part), "bcd");
  EXPECT_EQ(field_of(part, "Content-Range"), "bytes 1-3/26");
  EXPECT_EQ(field_of(part, "Content-Length"), "3");
  part = files.ask("/letters.txt", "Range: bytes=26-\r\n");
  EXPECT_EQ(status_of_answer(part), "416");
  EXPECT_EQ(field_of(part, "Content-Range"), "bytes */26");
  EXPECT_EQ(status_of_answer(files.ask("/letters.txt", "Range: bytes=1-3\r\n", "HEAD")), "200");
  EXPECT_EQ(status_of_answer(files.ask("/letters.txt", "Range: bytes=1-3\r\nIf-Range: \"other\"\r\n")),
            "200");
}

TEST_P(FileHandlerOverAny, SendsSeveralRangesAsParts) {
  site files{GetParam()};
  const std::string answer = files.ask("/letters.txt", "Range: bytes=0-0,-2\r\n");
  EXPECT_EQ(status_of_answer(answer), "206");
  const std::string type = field_of(answer, "Content-Type");
  constexpr auto start = "multipart/byteranges; boundary="sv;
  ASSERT_TRUE(type.starts_with(start)) << type;
  const std::string line = "\r\n--" + type.substr(start.size());
  const std::string part_type = "\r\nContent-Type: text/plain; charset=utf-8";
  const std::string body = line + part_type + "\r\nContent-Range: bytes 0-0/26\r\n\r\na" + line + part_type +
                           "\r\nContent-Range: bytes 24-25/26\r\n\r\nyz" + line + "--\r\n";
  EXPECT_EQ(body_of(answer), body);
  EXPECT_EQ(field_of(answer, "Content-Length"), std::to_string(body.size()));
}

TEST(FileHandler, SaysHowLongItMayBeKept) {
  site files{true, {.max_age = std::chrono::seconds{3600}}};
  EXPECT_EQ(field_of(files.ask("/letters.txt"), "Cache-Control"), "max-age=3600");
}

/// A store that fails in the way that a test wants.
class failing_store {
 public:
  template <class T>
  using answer = ready<result<T, v1::kv_error>>;
  failing_store() = default;
  failing_store(const failing_store&) = delete;
  failing_store& operator=(const failing_store&) = delete;

  [[nodiscard]] std::string_view name() const noexcept { return "failing"; }
  answer<buffer> get(std::string_view) { return buffer(); }
  answer<buffer> get(std::string_view, std::uint64_t offset, std::size_t length) {
    if (offset >= readable) return buffer();
    buffer part =
        buffer::allocate(std::min<std::size_t>(length, static_cast<std::size_t>(readable - offset)));
    std::ranges::fill(part.writable(), std::byte{'x'});
    return part;
  }
  answer<std::uint64_t> size(std::string_view) {
    if (error) return result<std::uint64_t, v1::kv_error>(fail(*error));
    return said;
  }
  answer<std::vector<v1::kv_item>> list(std::string_view) { return std::vector<v1::kv_item>(); }
  answer<wall_time> last_modified(std::string_view) { return wall_time{}; }
  answer<v1::kv_digest> digest(std::string_view) { return v1::kv_digest{}; }

  std::optional<v1::kv_error> error;
  std::uint64_t said = 0;
  std::uint64_t readable = 0;
};
static_assert(v1::kv_ro<failing_store>);

TEST(FileHandler, StreamsLongValues) {
  failing_store store;
  store.said = store.readable = 300'000;
  file_handler handler{store};
  test::served server{[&](exchange& with) -> task<> { return handler(with); }};
  const std::string answer = server.ask("GET /x HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(field_of(answer, "Content-Length"), "300000");
  EXPECT_EQ(body_of(answer), std::string(300'000, 'x'));
  EXPECT_EQ(field_of(answer, "ETag"), "\"00000000000000000000000000000000\"");  // the time is not known
  EXPECT_EQ(field_of(answer, "Last-Modified"), "-");
}

TEST(FileHandler, CutsOffAValueThatBecameShorter) {
  failing_store store;
  store.said = 300'000;
  store.readable = 100'000;
  file_handler handler{store};
  test::served server{[&](exchange& with) -> task<> { return handler(with); }};
  const std::string answer = server.ask("GET /x HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(body_of(answer), std::string(100'000, 'x') + "[end]");
}

TEST(FileHandler, SaysSoWhenTheStoreFails) {
  failing_store store;
  file_handler handler{store};
  test::served server{[&](exchange& with) -> task<> { return handler(with); }};
  store.error = v1::kv_error::storage_failed;
  EXPECT_EQ(status_of_answer(server.ask("GET /x HTTP/1.1\r\nHost: h\r\n\r\n")), "500");
  store.error = v1::kv_error::no_memory;
  EXPECT_EQ(status_of_answer(server.ask("GET /x HTTP/1.1\r\nHost: h\r\n\r\n")), "503");
}

TEST(FileHandler, HidesNamesThatBeginWithADot) {
  EXPECT_TRUE(is_visible_path("/"));
  EXPECT_TRUE(is_visible_path("/a.b/c."));
  EXPECT_TRUE(is_visible_path("/.well-known/acme/x"));
  EXPECT_FALSE(is_visible_path("/.git/config"));
  EXPECT_FALSE(is_visible_path("/a/.b"));
  EXPECT_FALSE(is_visible_path("/.well-known/.x"));
  EXPECT_FALSE(is_visible_path("/a/.well-known/x"));
}

TEST(FileHandler, GivesEachFormATagOfItsOwn) {
  EXPECT_EQ(form_tag("\"a\"", content_coding::identity).text(), "\"a\"");
  EXPECT_EQ(form_tag("\"a\"", content_coding::gzip).text(), "\"a-gzip\"");
  EXPECT_EQ(form_tag("", content_coding::gzip).text(), "");
  const std::string longest = "\"" + std::string(126, 'x') + "\"";
  EXPECT_EQ(form_tag(longest, content_coding::gzip).text().size(), 133u);
  EXPECT_EQ(form_tag(longest + "x", content_coding::gzip).text(), "");
}

}  // namespace
}  // namespace mirage::http
