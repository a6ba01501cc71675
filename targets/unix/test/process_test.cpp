// SPDX-License-Identifier: ISC
// The whole process: this program is a unikernel of the target, whose tasks are its own tests. Each test
// starts it again, as a child with a part to play, and looks at what becomes of it.
#include <gtest/gtest.h>

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include <mirage/core/sleep.hpp>
#include <mirage/core/unikernel.hpp>

extern char** environ;

namespace mirage {
namespace {

// ---- The parts of a child ------------------------------------------------------------------------------

task<int> wait_for_shutdown() {
  os::console("ready\n");
  co_await os::shutdown();
  os::console("asked to end\n");
  co_return 5;
}

task<int> ignore_shutdown() {
  os::console("ready\n");
  co_await os::shutdown();
  os::console("asked to end\n");
  co_await sleep_for(60s);
  co_return 0;
}

task<int> spin() {
  os::console("ready\n");
  volatile bool for_ever = true;
  while (for_ever) {
  }
  co_return 0;
}

task<int> tell_about_itself(std::span<const std::string_view> words) {
  for (const std::string_view word : words) {
    os::console(word);
    os::console("\n");
  }
  os::console(os::here->name);
  os::console("\n");
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_cur == limit.rlim_max) os::console("all descriptors\n");
  if (::prctl(PR_GET_TIMERSLACK) == 1) os::console("exact timers\n");
  struct sigaction pipe{};
  ::sigaction(SIGPIPE, nullptr, &pipe);
  if (pipe.sa_handler == SIG_IGN) os::console("no SIGPIPE\n");
  const instant start = os::now();
  co_await sleep_for(10ms);
  if (os::monotonic() - start >= 10ms && os::wall() > wall_time{}) os::console("clocks\n");
  if (os::random64() != os::random64()) os::console("random\n");
  co_return 0;
}

task<int> exit_from_inside() {
  os::exit(9);
  os::exit(10);
  co_await sleep_for(60s);
  co_return 0;
}

// The number of the first file that is opened tells whether 0, 1 and 2 are taken.
task<int> open_a_file() { co_return ::open("/dev/null", O_RDONLY); }

task<int> write_much() {
  for (int i = 0; i < 20'000; ++i) os::console("0123456789012345678901234567890123456789\n");
  co_return 0;
}

[[gnu::noinline]] void touch_nothing() { *static_cast<volatile int*>(nullptr) = 1; }

task<int> play(std::string_view part, std::span<const std::string_view> words) {
  if (part == "wait") co_return co_await wait_for_shutdown();
  if (part == "ignore") co_return co_await ignore_shutdown();
  if (part == "spin") co_return co_await spin();
  if (part == "tell") co_return co_await tell_about_itself(words);
  if (part == "exit") co_return co_await exit_from_inside();
  if (part == "open") co_return co_await open_a_file();
  if (part == "write") co_return co_await write_much();
  if (part == "panic") panic("a check failed");
  if (part == "fault") touch_nothing();
  if (part == "abort") std::abort();
  co_return 1;
}

// ---- The tests -----------------------------------------------------------------------------------------

class child {
 public:
  /// `closed`: standard descriptors that it does not get.
  explicit child(const std::vector<std::string>& words, const std::vector<int>& closed = {}) {
    std::array<int, 2> out{};
    std::array<int, 2> errors{};
    EXPECT_EQ(::pipe2(out.data(), O_CLOEXEC), 0);
    EXPECT_EQ(::pipe2(errors.data(), O_CLOEXEC), 0);
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, out[1], 1);
    ::posix_spawn_file_actions_adddup2(&actions, errors[1], 2);
    for (const int each : closed) ::posix_spawn_file_actions_addclose(&actions, each);
    std::vector<std::string> texts{"some/where/image", "child"};
    texts.insert(texts.end(), words.begin(), words.end());
    std::vector<char*> pointers;
    for (std::string& each : texts) pointers.push_back(each.data());
    pointers.push_back(nullptr);
    EXPECT_EQ(::posix_spawn(&process_, "/proc/self/exe", &actions, nullptr, pointers.data(), environ), 0);
    ::posix_spawn_file_actions_destroy(&actions);
    ::close(out[1]);
    ::close(errors[1]);
    output_ = out[0];
    errors_ = errors[0];
  }
  child(const child&) = delete;
  child& operator=(const child&) = delete;
  ~child() {
    if (!waited_) {
      ::kill(process_, SIGKILL);
      wait();
    }
    ::close(output_);
    ::close(errors_);
  }

  void kill(int signal) const { EXPECT_EQ(::kill(process_, signal), 0); }
  int wait() {
    waited_ = true;
    int status = 0;
    ::waitpid(process_, &status, 0);
    return status;
  }
  int exit_status() {
    const int status = wait();
    EXPECT_TRUE(WIFEXITED(status)) << "ended by signal " << WTERMSIG(status);
    return WEXITSTATUS(status);
  }
  std::string read_line() const {
    std::string line;
    for (char c = 0; ::read(output_, &c, 1) == 1 && c != '\n';) line += c;
    return line;
  }
  std::string output() const { return read_all(output_); }
  std::string errors() const { return read_all(errors_); }
  int output_descriptor() const { return output_; }

 private:
  static std::string read_all(int from) {
    std::string all;
    std::array<char, 4096> part;
    for (ssize_t count = 0; (count = ::read(from, part.data(), part.size())) > 0;)
      all.append(part.data(), static_cast<std::size_t>(count));
    return all;
  }
  pid_t process_ = -1;
  int output_ = -1;
  int errors_ = -1;
  bool waited_ = false;
};

TEST(process, tells_the_unikernel_what_it_was_given) {
  child one({"tell", "--port=80", "two words"});
  EXPECT_EQ(one.output(),
            "--port=80\ntwo words\nimage\nall descriptors\nexact timers\nno SIGPIPE\nclocks\nrandom\n");
  EXPECT_EQ(one.exit_status(), 0);
}

TEST(process, ends_in_order_when_it_is_asked_to) {
  for (const int signal : {SIGINT, SIGTERM}) {
    child one({"wait"});
    EXPECT_EQ(one.read_line(), "ready");
    one.kill(signal);
    EXPECT_EQ(one.read_line(), "asked to end");
    EXPECT_EQ(one.exit_status(), 5) << "the status is the unikernel's";
  }
}

TEST(process, the_second_signal_ends_it_at_once) {
  child one({"ignore"});
  EXPECT_EQ(one.read_line(), "ready");
  one.kill(SIGTERM);
  EXPECT_EQ(one.read_line(), "asked to end");
  one.kill(SIGINT);
  EXPECT_EQ(one.exit_status(), 128 + SIGINT);
}

TEST(process, a_task_that_holds_the_loop_does_not_prevent_that) {
  child one({"spin"});
  EXPECT_EQ(one.read_line(), "ready");
  one.kill(SIGINT);
  ::usleep(20'000);
  one.kill(SIGTERM);
  EXPECT_EQ(one.exit_status(), 128 + SIGTERM);
}

TEST(process, exit_takes_the_first_status) {
  child one({"exit"});
  EXPECT_EQ(one.exit_status(), 9);
}

TEST(process, closed_standard_descriptors_stay_taken) {
  child one({"open"}, {0, 1, 2});
  EXPECT_GT(one.exit_status(), 2);
}

TEST(process, a_console_that_nobody_reads_does_not_kill_it) {
  child one({"write"});
  EXPECT_EQ(one.read_line().size(), 40U);
  ::close(one.output_descriptor());
  EXPECT_EQ(one.exit_status(), 0);
}

TEST(process, what_is_written_to_the_console_is_whole) {
  child one({"write"});
  EXPECT_EQ(one.output().size(), 20'000U * 41);
  EXPECT_EQ(one.exit_status(), 0);
}

TEST(process, a_failed_check_says_why_and_where) {
  child one({"panic"});
  const std::string errors = one.errors();
  EXPECT_NE(errors.find("a check failed"), std::string::npos) << errors;
  EXPECT_NE(errors.find("process_test.cpp:"), std::string::npos) << errors;
  EXPECT_NE(errors.find("Backtrace"), std::string::npos) << errors;
  EXPECT_NE(errors.find(" 0x"), std::string::npos) << errors;
  EXPECT_EQ(one.exit_status(), 2);
}

#if !__has_feature(address_sanitizer)
TEST(process, a_fault_leaves_a_backtrace_and_kills_it) {
  child one({"fault"});
  const std::string errors = one.errors();
  EXPECT_NE(errors.find("SIGSEGV) at 0x0"), std::string::npos) << errors;
  EXPECT_NE(errors.find("Backtrace"), std::string::npos) << errors;
  const int status = one.wait();
  EXPECT_TRUE(WIFSIGNALED(status));
  EXPECT_EQ(WTERMSIG(status), SIGSEGV);
}

TEST(process, being_aborted_does_too) {
  child one({"abort"});
  EXPECT_NE(one.errors().find("SIGABRT"), std::string::npos);
  const int status = one.wait();
  EXPECT_TRUE(WIFSIGNALED(status));
  EXPECT_EQ(WTERMSIG(status), SIGABRT);
}
#endif

int run_tests(std::span<const std::string_view> command_line) {
  std::vector<std::string> texts{"process"};
  texts.insert(texts.end(), command_line.begin(), command_line.end());
  std::vector<char*> pointers;
  for (std::string& each : texts) pointers.push_back(each.data());
  int count = static_cast<int>(pointers.size());
  pointers.push_back(nullptr);
  testing::InitGoogleTest(&count, pointers.data());
  return RUN_ALL_TESTS();
}

}  // namespace

task<int> run(std::span<const std::string_view> command_line) {
  if (command_line.size() < 2 || command_line[0] != "child") co_return run_tests(command_line);
  co_return co_await play(command_line[1], command_line.subspan(2));
}

}  // namespace mirage
