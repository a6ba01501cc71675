// SPDX-License-Identifier: ISC
#include "mirage/core/arguments.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "mirage/test/virtual_node.hpp"

namespace shop {

enum class colour { red, green };
std::string_view describe(colour c) { return c == colour::red ? "red" : "green"; }
bool parse_argument(std::string_view text, colour& value) {
  value = text == "green" ? colour::green : colour::red;
  return text == "red" || text == "green";
}

struct even {
  int value = 0;
};
bool parse_argument(std::string_view text, even& value, mirage::text_writer& why) {
  if (!mirage::parse_argument(text, value.value)) return false;
  if (value.value % 2 == 0) return true;
  mirage::format_to(why, "{} is odd", value.value);
  return false;
}
constexpr mirage::argument_description describe_argument(std::type_identity<even>) {
  return {"EVEN", "an even number"};
}

}  // namespace shop

namespace mirage {
namespace {

struct boot_arguments final : arguments {
  using arguments::arguments;
  argument<std::uint16_t> port{*this, "port", "TCP port to listen on", 8080};
  argument<std::string_view> hello{*this, "hello", "What to print", "Hello World!"};
  argument<bool> verbose{*this, "verbose", "Say more"};
  argument<duration> timeout{*this, "timeout", "How long to wait", 1500ms};
  argument<ipv4_prefix> ipv4{*this, "ipv4", "Address", "10.0.0.2/24", {.group = "Network"}};
  argument<std::optional<ipv4_address>> gateway{
      *this, "ipv4-gateway", "Default gateway", {.group = "Network"}};
  argument<ipv4_prefix> management{
      *this, "management-net", "Address of the second interface", "192.168.0.2/24", {.group = "Management"}};
  argument<inline_vector<ip_address, 2>> servers{*this, "dns-servers", "Resolvers", {.group = "Network"}};
  argument<shop::colour> colour{*this, "colour", "Of the car", shop::colour::green};
  argument<shop::even> wheels{*this, "wheels", "How many", shop::even{4}};
};

struct outcome {
  std::optional<int> status;
  std::string console;
};

template <class Arguments>
outcome parse(Arguments& arguments, test::virtual_node& node, const std::vector<std::string_view>& words) {
  outcome result;
  result.status = arguments.parse(words);
  result.console = node.take_console();
  return result;
}

constexpr unikernel_description about{.name = "website", .version = "1.2.3", .summary = "A web site"};

// Parses what must be refused, and gives the sentence.
std::string refusal(const std::vector<std::string_view>& words) {
  test::virtual_node node;
  boot_arguments arguments{about};
  const outcome got = parse(arguments, node, words);
  EXPECT_EQ(got.status, 64);
  return got.console;
}

TEST(arguments, have_their_defaults) {
  test::virtual_node node;
  boot_arguments arguments{about};
  const outcome got = parse(arguments, node, {});
  EXPECT_EQ(got.status, std::nullopt);
  EXPECT_EQ(got.console, "");
  EXPECT_EQ(*arguments.port, 8080);
  EXPECT_EQ(*arguments.hello, "Hello World!");
  EXPECT_FALSE(*arguments.verbose);
  EXPECT_EQ(*arguments.timeout, 1500ms);
  EXPECT_EQ(*arguments.ipv4, ipv4_prefix("10.0.0.2/24"));
  EXPECT_EQ(*arguments.gateway, std::nullopt);
  EXPECT_TRUE(arguments.servers->empty());
  EXPECT_FALSE(arguments.port.given());
  EXPECT_EQ(arguments.start_delay(), 0s);
  EXPECT_EQ(node.name, "website");
}

TEST(arguments, take_values_in_both_forms) {
  test::virtual_node node;
  boot_arguments arguments{about};
  const outcome got =
      parse(arguments, node,
            {"--port=80", "--hello", "a = b", "--verbose", "--timeout", "20us", "--ipv4=10.1.0.2/16",
             "--ipv4-gateway=10.1.0.1", "--dns-servers=9.9.9.9,2620:fe::fe", "--colour", "red", "--wheels=-2",
             "--management-net", "172.16.0.1/12"});
  EXPECT_EQ(got.status, std::nullopt) << got.console;
  EXPECT_EQ(*arguments.port, 80);
  EXPECT_TRUE(arguments.port.given());
  EXPECT_EQ(*arguments.hello, "a = b");
  EXPECT_TRUE(*arguments.verbose);
  EXPECT_EQ(*arguments.timeout, 20us);
  EXPECT_EQ(*arguments.ipv4, ipv4_prefix("10.1.0.2/16"));
  EXPECT_EQ(*arguments.gateway, ipv4_address("10.1.0.1"));
  ASSERT_EQ(arguments.servers->size(), 2u);
  EXPECT_EQ((*arguments.servers)[1], ip_address("2620:fe::fe"));
  EXPECT_EQ(*arguments.colour, shop::colour::red);
  EXPECT_EQ(arguments.wheels->value, -2);
  EXPECT_EQ(*arguments.management, ipv4_prefix("172.16.0.1/12"));
}

TEST(arguments, flags_take_a_value_only_with_an_equals_sign) {
  test::virtual_node node;
  boot_arguments off{about};
  EXPECT_EQ(parse(off, node, {"--verbose=false"}).status, std::nullopt);
  EXPECT_FALSE(*off.verbose);
  EXPECT_TRUE(off.verbose.given());
  EXPECT_EQ(refusal({"--verbose", "true"}), "website: unexpected word \"true\"; write --verbose=true\n");
  EXPECT_EQ(refusal({"--verbose=yes"}), "website: --verbose must be true or false, not \"yes\"\n");
  EXPECT_EQ(refusal({"--verbose="}), "website: --verbose must be true or false, not \"\"\n");
}

TEST(arguments, an_empty_text_is_a_value) {
  test::virtual_node node;
  boot_arguments arguments{about};
  EXPECT_EQ(parse(arguments, node, {"--hello="}).status, std::nullopt);
  EXPECT_EQ(*arguments.hello, "");
  boot_arguments others{about};
  EXPECT_EQ(parse(others, node, {"--hello", ""}).status, std::nullopt);
  EXPECT_EQ(*others.hello, "");
}

TEST(arguments, a_bad_value_gets_one_sentence) {
  EXPECT_EQ(refusal({"--port=80000"}), "website: --port must be a number from 0 to 65535, not \"80000\"\n");
  EXPECT_EQ(refusal({"--port", "-1"}), "website: --port must be a number from 0 to 65535, not \"-1\"\n");
  EXPECT_EQ(refusal({"--timeout=5"}),
            "website: --timeout must be a length of time such as 200ms, 1.5s or 10min, not \"5\"\n");
  EXPECT_EQ(refusal({"--ipv4=10.0.0.2"}),
            "website: --ipv4 must be an IPv4 address with the length of its prefix such as 10.0.0.2/24, "
            "not \"10.0.0.2\"\n");
  EXPECT_EQ(refusal({"--ipv4-gateway=::1"}),
            "website: --ipv4-gateway must be an IPv4 address such as 10.0.0.2, not \"::1\"\n");
  EXPECT_EQ(refusal({"--dns-servers=1.1.1.1,dns"}),
            "website: --dns-servers must be an address such as 10.0.0.2 or fd00::2 (or several with commas "
            "between), "
            "not \"1.1.1.1,dns\"\n");
  EXPECT_EQ(refusal({"--dns-servers=1.1.1.1,2.2.2.2,3.3.3.3"}),
            "website: --dns-servers: it takes at most 2 values\n");
  EXPECT_EQ(refusal({"--colour=blue"}), "website: --colour does not take \"blue\"\n");
  EXPECT_EQ(refusal({"--wheels=3"}), "website: --wheels: 3 is odd\n");
  EXPECT_EQ(refusal({"--wheels=x"}), "website: --wheels must be an even number, not \"x\"\n");
}

TEST(arguments, what_a_stranger_wrote_is_quoted_safely) {
  EXPECT_EQ(refusal({"--port=\x1b[2J\n\""}),
            "website: --port must be a number from 0 to 65535, not \"\\x1b[2J\\n\\\"\"\n");
  const std::string longest(2000, '\n');
  const std::string sentence = refusal({"--port=" + longest});
  EXPECT_LT(sentence.size(), 300u);
  EXPECT_TRUE(sentence.ends_with("\\n\\n...\"\n")) << sentence;
}

TEST(arguments, a_missing_value_is_told) {
  EXPECT_EQ(refusal({"--port"}), "website: --port needs a value: a number from 0 to 65535\n");
  EXPECT_EQ(refusal({"--port", "--verbose"}), "website: --port needs a value: a number from 0 to 65535\n");
  EXPECT_EQ(refusal({"--colour"}), "website: --colour needs a value\n");
}

TEST(arguments, a_repetition_is_refused) {
  EXPECT_EQ(refusal({"--port=1", "--port=2"}), "website: --port is given twice\n");
  EXPECT_EQ(refusal({"--verbose", "--verbose"}), "website: --verbose is given twice\n");
  EXPECT_EQ(refusal({"-l", "info", "--logs=info"}), "website: --logs is given twice\n");
}

TEST(arguments, an_unknown_name_gets_the_nearest_known_one) {
  EXPECT_EQ(refusal({"--prot=80"}), "website: unknown argument \"--prot=80\"; did you mean --port?\n");
  EXPECT_EQ(refusal({"--por"}), "website: unknown argument \"--por\"; did you mean --port?\n");
  EXPECT_EQ(refusal({"--verbos"}), "website: unknown argument \"--verbos\"; did you mean --verbose?\n");
  EXPECT_EQ(refusal({"--ipv4-gatway=10.0.0.1"}),
            "website: unknown argument \"--ipv4-gatway=10.0.0.1\"; did you mean --ipv4-gateway?\n");
  EXPECT_EQ(refusal({"--net=x"}), "website: unknown argument \"--net=x\"; did you mean --management-net?\n");
  EXPECT_EQ(refusal({"--hlep"}), "website: unknown argument \"--hlep\"; did you mean --help?\n");
  EXPECT_EQ(refusal({"-h"}), "website: unknown argument \"-h\"; --help lists all arguments\n");
  EXPECT_EQ(refusal({"-port=80"}), "website: unknown argument \"-port=80\"; did you mean --port?\n");
  EXPECT_EQ(refusal({"port=80"}), "website: unexpected word \"port=80\"; did you mean --port?\n");
  EXPECT_EQ(refusal({"--frobnicate"}),
            "website: unknown argument \"--frobnicate\"; --help lists all arguments\n");
  EXPECT_EQ(refusal({"--help=plain"}), "website: unknown argument \"--help=plain\"; did you mean --help?\n");
  EXPECT_EQ(refusal({"index.html"}), "website: unexpected word \"index.html\"; --help lists all arguments\n");
  EXPECT_EQ(refusal({""}), "website: unexpected word \"\"; --help lists all arguments\n");
  EXPECT_EQ(refusal({"--"}), "website: unknown argument \"--\"; --help lists all arguments\n");
  EXPECT_EQ(refusal({"--=1"}), "website: unknown argument \"--=1\"; --help lists all arguments\n");
  EXPECT_EQ(refusal({std::string_view("--pqrt")}),
            "website: unknown argument \"--pqrt\"; did you mean --port?\n");
  EXPECT_EQ(refusal({std::string(300, '-')}).substr(0, 27), "website: unknown argument \"");
}

TEST(arguments, logs_are_set_by_either_name) {
  for (const std::vector<std::string_view>& words :
       std::vector<std::vector<std::string_view>>{{"-l", "*:warning,tcp:debug"},
                                                  {"-l*:warning,tcp:debug"},
                                                  {"-l=*:warning,tcp:debug"},
                                                  {"--logs", "*:warning,tcp:debug"},
                                                  {"--logs=*:warning,tcp:debug"}}) {
    test::virtual_node node;
    boot_arguments arguments{about};
    EXPECT_EQ(parse(arguments, node, words).status, std::nullopt);
    EXPECT_EQ(node.log.level_of("tcp"), log_level::debug);
    EXPECT_EQ(node.log.level_of("http"), log_level::warning);
  }
  EXPECT_EQ(
      refusal({"-l", "loud"}),
      "website: --logs: unknown log level \"loud\"; choose one of quiet, app, error, warning, info, debug\n");
  EXPECT_EQ(refusal({"-l"}), "website: --logs needs a value: levels such as *:info,tcp:debug\n");
}

TEST(arguments, a_refused_line_leaves_the_node_alone) {
  test::virtual_node node;
  boot_arguments arguments{about};
  EXPECT_EQ(parse(arguments, node, {"-l", "debug", "--name=x", "--bad"}).status, 64);
  EXPECT_EQ(node.log, log_levels());
  EXPECT_EQ(node.name, "unikernel");
}

TEST(arguments, name_and_delay_are_built_in) {
  test::virtual_node node;
  boot_arguments arguments{about};
  EXPECT_EQ(parse(arguments, node, {"--name", "www", "--delay=3"}).status, std::nullopt);
  EXPECT_EQ(node.name, "www");
  EXPECT_EQ(arguments.start_delay(), 3s);
}

struct strict final : arguments {
  using arguments::arguments;
  argument<std::string_view> disk{*this, "disk", "Which disk"};
};

TEST(arguments, what_has_no_default_is_required) {
  test::virtual_node node;
  strict first;
  const outcome got = parse(first, node, {});
  EXPECT_EQ(got.status, 64);
  EXPECT_EQ(got.console, "unikernel: --disk is missing; it must be a text\n");
  strict second;
  EXPECT_EQ(parse(second, node, {"--disk=a"}).status, std::nullopt);
  EXPECT_EQ(*second.disk, "a");
}

TEST(arguments, version_wins_over_mistakes) {
  test::virtual_node node;
  boot_arguments arguments{about};
  const outcome got = parse(arguments, node, {"--bad", "--version"});
  EXPECT_EQ(got.status, 63);
  EXPECT_EQ(got.console, "website 1.2.3\n");
  strict unnamed;
  EXPECT_EQ(parse(unnamed, node, {"--version"}).console, "unikernel\n");
}

TEST(arguments, help_lists_all_by_group) {
  test::virtual_node node;
  boot_arguments arguments{about};
  const outcome got = parse(arguments, node, {"--port=99", "--help", "--bad"});
  EXPECT_EQ(got.status, 63);
  EXPECT_EQ(got.console, R"(website: A web site

Usage: website [--NAME=VALUE]...

Arguments:
  --port=N                  TCP port to listen on (default: 8080)
  --hello=TEXT              What to print (default: Hello World!)
  --verbose                 Say more
  --timeout=TIME            How long to wait (default: 1.5s)
  --colour=VALUE            Of the car (default: green)
  --wheels=EVEN             How many

Network:
  --ipv4=ADDRESS/LENGTH     Address (default: 10.0.0.2/24)
  --ipv4-gateway=ADDRESS    Default gateway
  --dns-servers=ADDRESS,...
                            Resolvers

Management:
  --management-net=ADDRESS/LENGTH
                            Address of the second interface
                            (default: 192.168.0.2/24)

Common to all unikernels:
  --name=TEXT               Name of this unikernel (default: website)
  -l, --logs=LEVELS         Which messages are logged, by source
                            (default: *:info)
  --delay=SECONDS           Seconds to wait before starting (default: 0)
  --help                    Print this text and stop with status 63
  --version                 Print the version and stop with status 63
)");
}

struct wordy final : arguments {
  using arguments::arguments;
  argument<std::string_view> disk{
      *this, "disk",
      "The disk from which everything is read, and to which nothing is ever written, "
      "unless somebody says so"};
  argument<inline_vector<std::uint8_t, 3>> levels{*this, "levels", "Levels"};
};

TEST(arguments, help_wraps_its_lines) {
  test::virtual_node node;
  wordy arguments;
  const outcome got = parse(arguments, node, {"--help"});
  EXPECT_NE(
      got.console.find("  --disk=TEXT               The disk from which everything is read, and to\n"
                       "                            which nothing is ever written, unless somebody says\n"
                       "                            so (required)\n"
                       "  --levels=N,...            Levels\n"),
      std::string::npos)
      << got.console;
}

struct doubled final : arguments {
  argument<bool> first{*this, "twice", ""};
  argument<bool> second{*this, "twice", ""};
};
struct reserved final : arguments {
  argument<bool> help{*this, "help", ""};
};

#if GTEST_HAS_DEATH_TEST
TEST(arguments_death_test, two_of_one_name_are_a_mistake_of_the_programmer) {
  test::virtual_node node;
  EXPECT_DEATH(doubled(), "two boot arguments have one name");
  EXPECT_DEATH(reserved(), "two boot arguments have one name");
}
#endif

TEST(argument_name, is_lower_case_with_hyphens) {
  for (std::string_view right : {"a", "ipv4", "dns-servers", "he-aaaa-timeout"})
    EXPECT_TRUE(argument_name::is_valid(right)) << right;
  for (std::string_view wrong : {"", "-a", "4a", "A", "a_b", "a=b", "a b"})
    EXPECT_FALSE(argument_name::is_valid(wrong)) << wrong;
}

}  // namespace
}  // namespace mirage
