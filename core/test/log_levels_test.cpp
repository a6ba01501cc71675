// SPDX-License-Identifier: ISC
#include "mirage/core/log_levels.hpp"

#include <gtest/gtest.h>

#include <string>

#include "mirage/core/format.hpp"

namespace mirage {
namespace {

using reason = log_levels_error::reason;

std::string text(const log_levels& levels) { return std::string(format_text<600>("{}", levels)); }

std::string sentence(std::string_view list) {
  log_levels levels;
  const auto parsed = levels.parse(list);
  EXPECT_EQ(levels, log_levels()) << "a refused list must change nothing: " << list;
  return parsed ? "accepted" : std::string(format_text<200>("{}", parsed.error()));
}

TEST(log_levels, begin_with_info_for_all) {
  const log_levels levels;
  EXPECT_EQ(levels.level_of("tcp"), log_level::info);
  EXPECT_EQ(levels.greatest(), log_level::info);
  EXPECT_EQ(text(levels), "*:info");
}

TEST(log_levels, words_and_levels_are_one_to_one) {
  for (log_level level : {log_level::quiet, log_level::app, log_level::error, log_level::warning,
                          log_level::info, log_level::debug})
    EXPECT_EQ(parse_log_level(describe(level)), level);
  for (std::string_view wrong : {"", "Debug", "warn", "debug ", "trace"})
    EXPECT_EQ(parse_log_level(wrong), std::nullopt);
}

TEST(log_levels, parse_a_list) {
  log_levels levels;
  ASSERT_TRUE(levels.parse("*:warning,tcp:debug,http:quiet"));
  EXPECT_EQ(levels.level_of("tcp"), log_level::debug);
  EXPECT_EQ(levels.level_of("http"), log_level::quiet);
  EXPECT_EQ(levels.level_of("tcp.state"), log_level::warning);
  EXPECT_EQ(levels.level_of(""), log_level::warning);
  EXPECT_EQ(levels.greatest(), log_level::debug);
  EXPECT_EQ(text(levels), "*:warning,tcp:debug,http:quiet");
}

TEST(log_levels, a_level_alone_is_for_all) {
  log_levels levels;
  ASSERT_TRUE(levels.parse("debug"));
  EXPECT_EQ(text(levels), "*:debug");
  ASSERT_TRUE(levels.parse("quiet"));
  EXPECT_EQ(levels.greatest(), log_level::quiet);
}

TEST(log_levels, later_words_win_and_the_rest_stays) {
  log_levels levels;
  ASSERT_TRUE(levels.parse("tcp:debug,tcp:error"));
  ASSERT_TRUE(levels.parse("*:quiet"));
  EXPECT_EQ(text(levels), "*:quiet,tcp:error");
  EXPECT_EQ(levels.greatest(), log_level::error);
}

TEST(log_levels, a_source_may_have_a_colon) {
  log_levels levels;
  ASSERT_TRUE(levels.parse("tcp:state:debug"));
  EXPECT_EQ(levels.level_of("tcp:state"), log_level::debug);
}

TEST(log_levels, their_text_parses_to_themselves) {
  log_levels levels;
  ASSERT_TRUE(levels.parse("*:error,a:debug,b:app"));
  log_levels again;
  ASSERT_TRUE(again.parse(text(levels)));
  EXPECT_EQ(again, levels);
}

TEST(log_levels, refuse_with_a_sentence) {
  EXPECT_EQ(sentence("*:loud"),
            "unknown log level \"loud\"; choose one of quiet, app, error, warning, info, debug");
  EXPECT_EQ(sentence("tcp"),
            "unknown log level \"tcp\"; choose one of quiet, app, error, warning, info, debug");
  EXPECT_EQ(sentence(""), "unknown log level \"\"; choose one of quiet, app, error, warning, info, debug");
  EXPECT_EQ(sentence("tcp:debug,"),
            "unknown log level \"\"; choose one of quiet, app, error, warning, info, debug");
  EXPECT_EQ(sentence("tcp:de\nbug"),
            "unknown log level \"de\\nbug\"; choose one of quiet, app, error, warning, info, debug");
  EXPECT_EQ(sentence(std::string(65, 'x')),
            "unknown log level \"" + std::string(64, 'x') +
                "...\"; choose one of quiet, app, error, warning, info, debug");
  EXPECT_EQ(sentence("debug,:info"), "no log source before the colon in \":info\"");
  EXPECT_EQ(sentence(std::string(32, 'x') + ":info"),
            "too long a name of a log source, \"" + std::string(32, 'x') + "\"");
}

TEST(log_levels, have_a_bounded_table) {
  log_levels levels;
  for (std::size_t i = 0; i < log_levels::max_sources; ++i)
    ASSERT_TRUE(levels.set("source" + std::to_string(i), log_level::debug));
  const auto refused = levels.set("another", log_level::debug);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().why, reason::too_many_sources);
  EXPECT_EQ(std::string(format_text<200>("{}", refused.error())),
            "no room for a level of one more log source, \"another\"");
  EXPECT_TRUE(levels.set("source3", log_level::quiet)) << "one that is there can still change";
  EXPECT_EQ(levels.level_of("source3"), log_level::quiet);
  EXPECT_EQ(levels.level_of("another"), log_level::info);
  const std::string longest(log_levels::max_source_length, 'x');
  log_levels others;
  ASSERT_TRUE(others.set(longest, log_level::debug));
  EXPECT_EQ(others.level_of(longest), log_level::debug);
  EXPECT_EQ(others.level_of(longest + "x"), log_level::info);
}

}  // namespace
}  // namespace mirage
