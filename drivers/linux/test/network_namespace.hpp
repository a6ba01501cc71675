// SPDX-License-Identifier: ISC
// A network of the test's own: it enters a new network namespace, which is gone with what is in it when the
// test ends.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <mirage/linux/file_descriptor.hpp>

namespace mirage::test {

/// Interfaces that are made meanwhile are in the namespace, where the host speaks no IPv6 of its own accord.
/// Throws where the system permits no namespaces.
class network_namespace {
 public:
  network_namespace();
  network_namespace(const network_namespace&) = delete;
  network_namespace& operator=(const network_namespace&) = delete;
  /// Back to where it came from.
  ~network_namespace();

 private:
  file_descriptor before_;
};

/// `ip WORDS`, which must succeed.
void ip(std::string_view words);

/// The host's end of an interface, seen from outside of any stack: whole frames, in and out.
class raw_socket {
 public:
  explicit raw_socket(std::string_view interface);
  void send(std::string_view frame);
  /// What came in through the interface since the last call.
  [[nodiscard]] std::vector<std::string> take();

 private:
  file_descriptor socket_;
};

}  // namespace mirage::test
