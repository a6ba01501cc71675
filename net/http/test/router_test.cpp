// SPDX-License-Identifier: ISC
// Routes by method and path.
#include "mirage/http/router.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "raw_client.hpp"

namespace mirage::http {
namespace {

using namespace test;

bool matches(std::string_view pattern, std::string_view path) {
  captures found;
  return match_path(pattern, path, found);
}

TEST(Router, MatchesPaths) {
  EXPECT_TRUE(matches("/", "/"));
  EXPECT_TRUE(matches("/a/b", "/a/b"));
  EXPECT_FALSE(matches("/a/b", "/a"));
  EXPECT_FALSE(matches("/a", "/a/b"));
  EXPECT_FALSE(matches("/a", "/a/"));
  EXPECT_FALSE(matches("/a/", "/a"));
  EXPECT_TRUE(matches("/a/", "/a/"));
  EXPECT_FALSE(matches("/a", "/A"));
  EXPECT_TRUE(matches("/:x", "/a"));
  EXPECT_FALSE(matches("/:x", "/"));
  EXPECT_FALSE(matches("/:x", "/a/b"));
  EXPECT_FALSE(matches("/:x/b", "//b"));
  EXPECT_TRUE(matches("/*x", "/"));
  EXPECT_TRUE(matches("/a/*x", "/a/b/c"));
  EXPECT_TRUE(matches("/a/*x", "/a/"));
  EXPECT_FALSE(matches("/a/*x", "/a"));
}

TEST(Router, NamesThePartsOfThePath) {
  captures found;
  ASSERT_TRUE(match_path("/users/:id/files/*name", "/users/5/files/a/b c", found));
  EXPECT_EQ(found["id"], "5");
  EXPECT_EQ(found["name"], "a/b c");
  EXPECT_EQ(found["other"], "");
  ASSERT_TRUE(match_path("/:one", "/1", found));
  EXPECT_EQ(found["one"], "1");
  EXPECT_EQ(found["id"], "");
}

task<> say(exchange& with, std::string text) {
  v1::http_response answer;
  answer.body = text_buffer(text);
  auto sent = co_await with.respond(std::move(answer));
  EXPECT_TRUE(sent);
}

/// The routes of a small program, and the last part of what it answers.
class program {
 public:
  program() {
    routes_.get("/", [](exchange& with) { return say(with, "root"); });
    routes_.get("/users/:id", [](exchange& with, const captures& path) -> task<> {
      co_await yield();  // the captures live on
      co_await say(with, "user " + std::string(path["id"]));
    });
    routes_.get("/users/me", [](exchange& with) { return say(with, "never: the route above was first"); });
    routes_.put("/users/:id", [](exchange& with) { return say(with, "put"); });
    routes_.delete_("/users/:id", [](exchange& with) { return say(with, "deleted"); });
    routes_.post("/users", [](exchange& with) { return say(with, "posted"); });
    routes_.patch("/users", [](exchange& with) { return say(with, "patched"); });
  }
  router& routes() { return routes_; }
  std::string ask(std::string_view verb, std::string_view target) {
    return without_date(
        served_.ask(std::string(verb) + " " + std::string(target) + " HTTP/1.1\r\nHost: h\r\n\r\n"));
  }

 private:
  router routes_;
  served served_{[this](exchange& with) -> task<> { return routes_(with); }};
};

TEST(Router, CallsTheHandlerOfTheRoute) {
  program site;
  EXPECT_TRUE(site.ask("GET", "/").ends_with("\r\n\r\nroot"));
  EXPECT_TRUE(site.ask("GET", "/users/5").ends_with("\r\n\r\nuser 5"));
  EXPECT_TRUE(site.ask("GET", "/users/a%20b?q").ends_with("\r\n\r\nuser a b"));
  EXPECT_TRUE(site.ask("GET", "/users/me").ends_with("\r\n\r\nuser me"));
  EXPECT_TRUE(site.ask("PUT", "/users/5").ends_with("\r\n\r\nput"));
  EXPECT_TRUE(site.ask("DELETE", "/users/5").ends_with("\r\n\r\ndeleted"));
  EXPECT_TRUE(site.ask("POST", "/users").ends_with("\r\n\r\nposted"));
  EXPECT_TRUE(site.ask("PATCH", "/users").ends_with("\r\n\r\npatched"));
}

// RFC 9110 §9.3.2, §9.3.7, §15.5.6.
TEST(Router, AnswersForWhatHasNoRoute) {
  program site;
  EXPECT_EQ(site.ask("HEAD", "/"), "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n");
  EXPECT_EQ(site.ask("POST", "/"),
            "HTTP/1.1 405 Method Not Allowed\r\nAllow: OPTIONS, GET, HEAD\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(site.ask("OPTIONS", "/users/5"),
            "HTTP/1.1 204 No Content\r\nAllow: OPTIONS, GET, HEAD, PUT, DELETE\r\n\r\n");
  EXPECT_EQ(site.ask("BREW", "/users"),
            "HTTP/1.1 405 Method Not Allowed\r\nAllow: OPTIONS, POST, PATCH\r\nContent-Length: 0\r\n\r\n");
  EXPECT_TRUE(site.ask("GET", "/nothing").starts_with("HTTP/1.1 404 Not Found\r\n"));
  EXPECT_TRUE(site.ask("OPTIONS", "/nothing").starts_with("HTTP/1.1 404 Not Found\r\n"));
}

TEST(Router, LeavesTheRestToAnother) {
  program site;
  site.routes().otherwise([](exchange& with) { return say(with, "other"); });
  EXPECT_TRUE(site.ask("GET", "/nothing").ends_with("\r\n\r\nother"));
  EXPECT_TRUE(site.ask("POST", "/nothing").ends_with("\r\n\r\nother"));
  EXPECT_TRUE(site.ask("GET", "/").ends_with("\r\n\r\nroot"));
  EXPECT_TRUE(site.ask("POST", "/").starts_with("HTTP/1.1 405 "));
}

TEST(RouterDeathTest, RefusesMalformedPatterns) {
  router routes;
  const auto add = [&](std::string_view pattern) {
    routes.get(pattern, [](exchange& with) { return say(with, ""); });
  };
  EXPECT_DEATH_IF_SUPPORTED(add("no-slash"), "pattern");
  EXPECT_DEATH_IF_SUPPORTED(add("/a/*rest/b"), "pattern");
  EXPECT_DEATH_IF_SUPPORTED(add("/:a/:b/:c/:d/:e/:f/:g/:h/:i"), "pattern");
  add("/:a/:b/:c/:d/:e/:f/:g/*h");
}

}  // namespace
}  // namespace mirage::http
