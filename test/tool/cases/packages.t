Packages: versions that do not fit together, and what Debian has to bring.

  $ config() {
  >   cat > config.cpp <<END
  > #include <mirage/config.hpp>
  > using namespace mirage::config;
  > int main(int argc, char** argv) {
  >   auto work = unikernel<>("work", "unikernel.hpp", $1);
  >   return configure(argc, argv, "work", work());
  > }
  > END
  > }
  $ touch unikernel.hpp
  $ config 'package("core")' && mirage query packages | sed 's/ .*//'
  core
  datagram_groups
  linux
  pcap
  types
  unix
  virtio_net_header
  $ config 'package("core", ">= 99.1")' && mirage configure 2>&1 | sed 's/is [0-9.]*$/is VERSION/'
  config.cpp:4: work wants core >= 99.1, but what there is of core is VERSION
  $ config 'package("flying_carpet")' && mirage configure
  config.cpp:4: work wants flying_carpet, but there is no package flying_carpet
  [1]
  $ config 'package("core", "about 1")' && mirage configure
  config.cpp:4: work wants core: `about 1` is no version constraint; write for example `>= 1.0` or `>= 1.2, < 2`
  [1]

A local library, and one that asks for more than there is:

  $ config 'local_library("carpet")' && mirage configure
  mirage: config.cpp names the local library carpet, and there is no such folder beside it
  [1]
  $ mkdir carpet && mirage configure
  Configured work for the target unix: mirage/main.cpp connects 0 devices
  $ grep -A4 local_library mirage/CMakeLists.txt
  # local_library("carpet")
  file(GLOB sources CONFIGURE_DEPENDS "${MIRAGE_PROJECT}/carpet/*.cpp" "${MIRAGE_PROJECT}/carpet/src/*.cpp")
  target_sources(image PRIVATE ${sources})
  target_include_directories(image PRIVATE "${MIRAGE_PROJECT}/carpet" "${MIRAGE_PROJECT}/carpet/include")
  $ cat > carpet/package.toml <<'END'
  > name = "carpet"
  > version = "0.3"
  > [dependencies]
  > wind = ">= 4"
  > END
  $ mirage configure
  mirage: carpet wants wind >= 4, but there is no package wind
  [1]
  $ sed -i 's/wind = .*/core = "*"/' carpet/package.toml && mirage query packages | sed 's/\(core\|datagram_groups\|types\|linux\|unix\|pcap\|virtio_net_header\) .*/\1/'
  carpet 0.3
  core
  datagram_groups
  linux
  pcap
  types
  unix
  virtio_net_header
  $ echo 'nonsense' > carpet/package.toml && mirage configure
  carpet/package.toml:1: Error while parsing key-value pair: expected '=', saw '\n'
  [1]

What Debian has to bring:

  $ cat > carpet/package.toml <<'END'
  > name = "carpet"
  > version = "0.3"
  > [depexts]
  > debian = ["no-such-carpet-dev", "coreutils"]
  > END
  $ mirage query depexts | grep -v liburing
  coreutils
  no-such-carpet-dev
  $ mirage configure 2>&1 | sed 's/sudo //'
  mirage: carpet needs the Debian package no-such-carpet-dev, not installed here; run `apt-get install no-such-carpet-dev`, or pass --no-depext
  $ mirage configure --no-depext
  Configured work for the target unix: mirage/main.cpp connects 0 devices
