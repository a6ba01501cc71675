Mistakes on the command line.

  $ mirage init . > /dev/null
  $ mirage configur
  mirage: there is no verb `configur`; the verbs are: init, configure, query, describe, build, run, test, clean and help
  [64]
  $ mirage build --fast
  mirage: build does not take `--fast`; see `mirage build --help`
  [64]
  $ mirage build fast
  mirage: build does not take `fast`; see `mirage build --help`
  [64]
  $ mirage query
  mirage: WHAT is required; see `mirage query --help`
  [64]
  $ mirage query everything
  mirage: query: there is nothing called `everything`; ask for one of: name, packages, depexts, files, devices, keys, arguments, main, cmake, manifest, size
  [64]
  $ mirage help everything
  mirage: there is no page about `everything`; the pages are: build, clean, configure, describe, help, init, query, run and test
  [64]
  $ mirage help build | sed -n 3p
  mirage-build - compile the image
  $ mirage build run
  mirage: build does not take `run`; see `mirage build --help`
  [64]
  $ mirage --color=sometimes build
  mirage: --color: sometimes not in {auto,always,never}; see `mirage build --help`
  [64]

Targets, keys and their values:

  $ mirage configure -t amiga
  mirage: there is no target amiga; the targets are: hvt, sim, spt, unix, virtio and xen
  [1]
  $ MIRAGE_DEFAULT_TARGET=amiga mirage configure
  mirage: there is no target amiga; the targets are: hvt, sim, spt, unix, virtio and xen
  [1]
  $ mirage configure --speed=3
  mirage: there is no key --speed here; the keys are --target
  [1]
  $ mirage configure stray
  mirage: `stray` is no key; keys are given as --NAME=VALUE
  [1]
  $ mirage configure -o a/b
  mirage: -o a/b: the image lies in dist/, so give a plain file name
  [1]
  $ cat > config.cpp <<'END'
  > #include <mirage/config.hpp>
  > using namespace mirage::config;
  > int main(int argc, char** argv) {
  >   auto listen = unikernel<stack>("listen", "unikernel.hpp");
  >   return configure(argc, argv, "listen", listen(generic_stack(default_network)));
  > }
  > END
  $ mirage configure --net=carrier-pigeon
  config.cpp:5: there is no stack for --net=carrier-pigeon on the target unix; choose one of: host or direct
  [1]
  $ mirage configure --net
  mirage: --net needs a value: --net=VALUE
  [1]
