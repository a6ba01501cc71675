// SPDX-License-Identifier: ISC
#include "mirage/xen_dom0/xenstore_socket.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <optional>
#include <string>
#include <thread>

#include "mirage/core/scope.hpp"
#include "mirage/xen/xenstore.hpp"
#include "temporary_folder.hpp"
#include "test_host.hpp"

namespace mirage::xen {
namespace {

// A xenstored that answers whatever is asked with the first text of the question, and goes after as many
// answers as it is told.
class echoing_xenstored {
 public:
  echoing_xenstored(const std::string& path, int answers) : listener_(::socket(AF_UNIX, SOCK_STREAM, 0)) {
    sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    const void* const any_address = &address;
    EXPECT_EQ(::bind(listener_.get(), static_cast<const sockaddr*>(any_address), sizeof address), 0);
    EXPECT_EQ(::listen(listener_.get(), 1), 0);
    thread_ = std::thread([this, answers] { serve(answers); });
  }
  ~echoing_xenstored() {
    ::shutdown(listener_.get(), SHUT_RDWR);
    thread_.join();
  }

 private:
  void serve(int answers) {
    const file_descriptor connection(::accept(listener_.get(), nullptr, nullptr));
    message_reader reader;
    std::array<std::byte, 100> piece;
    while (answers > 0) {
      const ssize_t size = ::read(connection.get(), piece.data(), piece.size());
      if (size <= 0) return;
      cbytes rest = cbytes(piece).first(static_cast<std::size_t>(size));
      while (const auto one = reader.next(rest)) {
        const std::string answer = make_message(one->header, {texts_of(one->payload).front()});
        if (::write(connection.get(), answer.data(), answer.size()) < 0) return;
        --answers;
      }
    }
  }

  file_descriptor listener_;
  std::thread thread_;
};

struct connected {
  explicit connected(int answers) : path(folder.path() / "socket"), daemon(path, answers) {
    EXPECT_TRUE(transport.connect(path));
    store.emplace(transport);
  }
  test::test_host host;
  test::temporary_folder folder;
  std::string path;
  echoing_xenstored daemon;
  xenstore_socket transport;
  std::optional<xenstore> store;
};

TEST(xenstore_socket, questions_get_their_answers) {
  connected one(40);
  int right = 0;
  auto ask = [&](int number) -> task<> {
    const std::string path = "key/" + std::to_string(number) + std::string(3000, 'x');
    const auto read = co_await one.store->read(path);
    if (read && *read == path) ++right;
  };
  scope all;
  for (int i = 0; i < 40; ++i) ASSERT_TRUE(all.spawn("ask", ask(i)).has_value());
  EXPECT_TRUE(one.host.run_until([&] { return right == 40; })) << right;
}

TEST(xenstore_socket, a_daemon_that_goes_is_a_broken_connection) {
  connected one(1);
  EXPECT_TRUE(one.host.run(one.store->read("first")).has_value());
  const auto second = one.host.run(one.store->read("second"));
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error(), xenstore_error::disconnected);
}

TEST(xenstore_socket, nobody_may_be_there) {
  test::test_host host;
  const test::temporary_folder folder;
  xenstore_socket transport;
  EXPECT_FALSE(transport.connect(folder.path() / "socket"));
  EXPECT_FALSE(transport.connect(std::string(200, 'x')));
}

}  // namespace
}  // namespace mirage::xen
