// SPDX-License-Identifier: ISC
#include <mirage/linux/folder_kv.hpp>

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <vector>

#include <mirage/core/sleep.hpp>
#include <mirage/test/suites/kv_ro_suite.hpp>
#include <mirage/test/suites/kv_rw_suite.hpp>

#include "temporary_folder.hpp"
#include "test_host.hpp"

namespace mirage {
namespace {

using test::temporary_folder;
using test::test_host;

// ---- The suites ----------------------------------------------------------------------------------------

struct kv_rw_subject {
  using kv_rw = folder_kv;
  static constexpr duration a_while = 50ms;
  kv_rw_subject() {
    auto begin = [this]() -> task<> {
      auto started = co_await store.start();
      require(started.has_value(), "the folder cannot be opened");
    };
    run(begin());
  }
  ~kv_rw_subject() { run(store.stop()); }
  void run(task<> work) { host.run(std::move(work), 30s); }
  folder_kv& device() { return store; }

  test_host host;
  temporary_folder folder;
  folder_kv store{"kv_0", folder.path().string()};
};

// A folder that was there before.
struct kv_ro_subject {
  using kv_ro = folder_kv;
  static constexpr duration a_while = 50ms;
  kv_ro_subject() {
    for (const test::kv_entry& each : test::kv_content()) folder.write(each.key, each.value);
    auto begin = [this]() -> task<> {
      auto started = co_await store.start();
      require(started.has_value(), "the folder cannot be opened");
    };
    run(begin());
  }
  ~kv_ro_subject() { run(store.stop()); }
  void run(task<> work) { host.run(std::move(work), 30s); }
  folder_kv& device() { return store; }

  test_host host;
  temporary_folder folder;
  folder_kv store{"kv_0", folder.path().string()};
};

}  // namespace

namespace test {
namespace {
MIRAGE_CONFORMANCE(kv_ro_suite, folder, kv_ro_subject);
MIRAGE_CONFORMANCE(kv_ro_suite, folder_written, kv_rw_as_ro<kv_rw_subject>);
MIRAGE_CONFORMANCE(kv_rw_suite, folder, kv_rw_subject);
}  // namespace
}  // namespace test

// ---- What only a folder has ------------------------------------------------------------------------------

namespace {

class folder_kv_test : public testing::Test, protected kv_rw_subject {
 protected:
  v1::kv_error error_of_get(const std::string& key) {
    auto get = [&]() -> task<result<buffer, v1::kv_error>> { co_return co_await store.get(key); };
    auto got = host.run(get());
    EXPECT_FALSE(got) << key << " gave " << got->text();
    return got ? v1::kv_error{} : got.error();
  }
  std::string get(const std::string& key) {
    auto ask = [&]() -> task<result<buffer, v1::kv_error>> { co_return co_await store.get(key); };
    return test::text_of(host.run(ask()));
  }
};

TEST_F(folder_kv_test, says_why_it_cannot_start) {
  folder.write("file", "x");
  auto start = [&](const std::string& path) -> task<result<void, folder_error>> {
    folder_kv other{"kv_1", path};
    co_return co_await other.start();
  };
  EXPECT_EQ(host.run(start(folder / "nowhere")).error(), folder_error::not_found);
  EXPECT_EQ(host.run(start(folder / "file")).error(), folder_error::not_a_folder);
  EXPECT_NE(host.console.find(folder / "nowhere"), std::string::npos) << "the log names the folder";
}

TEST_F(folder_kv_test, nothing_outside_is_reached) {
  const temporary_folder outside;
  outside.write("secret", "secret");
  std::filesystem::create_symlink(outside.path(), folder.path() / "away");
  std::filesystem::create_symlink(outside.path() / "secret", folder.path() / "stolen");
  std::filesystem::create_symlink("../" + outside.path().filename().string() + "/secret",
                                  folder.path() / "climbed");
  std::filesystem::create_symlink("/proc/self/root", folder.path() / "root");
  std::filesystem::create_symlink("loop", folder.path() / "loop");
  for (const char* key : {"away/secret", "stolen", "climbed", "root", "loop"})
    EXPECT_EQ(error_of_get(key), v1::kv_error::not_found) << key;
  EXPECT_EQ(error_of_get("../" + outside.path().filename().string() + "/secret"), v1::kv_error::bad_key);
  auto work = [&]() -> task<> {
    auto set = co_await store.set("away/new", buffer::copy_of(as_bytes("x")));
    EXPECT_FALSE(set);
    auto removed = co_await store.remove("away/secret");
    EXPECT_EQ(removed.error(), v1::kv_error::not_found);
    auto renamed = co_await store.rename("stolen", "away/taken");
    EXPECT_FALSE(renamed);
    auto root = co_await store.list("");
    EXPECT_TRUE(root && root->empty()) << "what leads outside is not shown";
    // Removing a link leaves what it leads to alone.
    removed = co_await store.remove("away");
    EXPECT_TRUE(removed);
  };
  host.run(work());
  EXPECT_EQ(outside.read("secret"), "secret");
}

TEST_F(folder_kv_test, links_inside_are_followed) {
  folder.write("real/value", "here");
  std::filesystem::create_symlink("real", folder.path() / "other");
  std::filesystem::create_symlink("value", folder.path() / "real/alias");
  EXPECT_EQ(get("other/value"), "here");
  EXPECT_EQ(get("other/alias"), "here");
  auto work = [&]() -> task<> {
    auto list = co_await store.list("");
    EXPECT_EQ(*list, (std::vector<v1::kv_item>{{"other", true}, {"real", true}}));
    list = co_await store.list("real");
    EXPECT_EQ(*list, (std::vector<v1::kv_item>{{"alias", false}, {"value", false}}));
  };
  host.run(work());
}

TEST_F(folder_kv_test, special_files_are_no_values_and_do_not_block) {
  ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
  EXPECT_EQ(error_of_get("pipe"), v1::kv_error::not_found);
  auto work = [&]() -> task<> {
    auto list = co_await store.list("");
    EXPECT_TRUE(list && list->empty());
  };
  host.run(work());
}

TEST_F(folder_kv_test, other_processes_may_replace_values) {
  folder.write("value", "one");
  EXPECT_EQ(get("value"), "one");
  folder.write("new", "two!");
  std::filesystem::rename(folder.path() / "new", folder.path() / "value");
  EXPECT_EQ(get("value"), "two!");
}

TEST_F(folder_kv_test, a_set_leaves_no_other_file) {
  auto work = [&]() -> task<> {
    for (int i = 0; i < 20; ++i) {
      auto set = co_await store.set("a/b", buffer::copy_of(as_bytes("content")));
      EXPECT_TRUE(set);
    }
    auto refused = co_await store.set("a", buffer::copy_of(as_bytes("content")));
    EXPECT_EQ(refused.error(), v1::kv_error::value_expected);
  };
  host.run(work());
  int files = 0;
  for (const auto& each : std::filesystem::recursive_directory_iterator(folder.path())) {
    if (each.is_regular_file()) ++files;
  }
  EXPECT_EQ(files, 1);
  EXPECT_EQ(folder.read("a/b"), "content");
}

TEST_F(folder_kv_test, what_a_crash_left_unfinished_is_no_value) {
  folder.write(".mirage-unfinished-1-0", "half");
  auto work = [&]() -> task<> {
    auto list = co_await store.list("");
    EXPECT_TRUE(list && list->empty());
    auto set = co_await store.set(".mirage-unfinished-2-0", buffer::copy_of(as_bytes("x")));
    EXPECT_EQ(set.error(), v1::kv_error::bad_key);
  };
  host.run(work());
  EXPECT_EQ(error_of_get(".mirage-unfinished-1-0"), v1::kv_error::not_found);
}

TEST_F(folder_kv_test, values_of_every_size_are_whole) {
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{16383}, std::size_t{16384},
                                 std::size_t{16385}, std::size_t{3'000'000}}) {
    const std::string content = test::pattern(size, 5);
    folder.write("value", content);
    EXPECT_TRUE(get("value") == content) << size;
  }
}

TEST_F(folder_kv_test, without_memory_it_says_so_and_goes_on) {
  folder.write("value", test::pattern(100'000));
  host.buffers.set_limit(64 * 1024);
  EXPECT_EQ(error_of_get("value"), v1::kv_error::no_memory);
  host.buffers.set_limit(1 << 20);
  EXPECT_EQ(get("value").size(), 100'000U);
}

TEST_F(folder_kv_test, the_loop_goes_on_and_cancelled_operations_only_detach) {
  folder.write("large", std::string(1'000'000, 'x'));
  auto work = [&]() -> task<> {
    auto read = [&]() -> task<> { (void)co_await store.digest("large"); };
    const auto rounds = host.tasks.counted().rounds;
    scope reading;
    for (int i = 0; i < 4; ++i) (void)reading.spawn(read);
    co_await sleep_for(5ms);
    EXPECT_GT(host.tasks.counted().rounds, rounds);
    reading.cancel();
    auto size = co_await store.size("large");
    EXPECT_EQ(size.value_or(0), 1'000'000U) << "comes after what was begun";
  };
  host.run(work(), 30s);
}

TEST_F(folder_kv_test, no_descriptor_is_left_open) {
  folder.write("dir/value", "x");
  auto work = [&](int times) -> task<> {
    for (int i = 0; i < times; ++i) {
      (void)co_await store.get("dir/value");
      (void)co_await store.get("dir");
      (void)co_await store.get("nothing");
      (void)co_await store.list("dir");
      (void)co_await store.list("nothing");
      (void)co_await store.set("dir/other/value", buffer::copy_of(as_bytes("y")));
      (void)co_await store.set("dir", buffer::copy_of(as_bytes("y")));
      (void)co_await store.rename("dir/other", "dir/moved");
      (void)co_await store.remove("dir/moved");
      (void)co_await store.digest("dir/value");
    }
  };
  host.run(work(1));
  const unsigned before = test::open_descriptors();
  host.run(work(10));
  EXPECT_EQ(test::open_descriptors(), before);
}

}  // namespace
}  // namespace mirage
