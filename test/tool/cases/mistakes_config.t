Mistakes in config.cpp: the compiler's first error as one sentence, the rest with -v.

  $ project() {
  >   cat > config.cpp <<END
  > // config.cpp: needs mirage ${2:->= 1.0}
  > #include <mirage/config.hpp>
  > using namespace mirage::config;
  > int main(int argc, char** argv) {
  >   auto reader = unikernel<kv_ro, stack>("reader", "unikernel.hpp");
  >   return configure(argc, argv, "reader", $1);
  > }
  > END
  > }
  $ touch unikernel.hpp; mkdir files

Everything as it should be:

  $ project 'reader(generic_kv_ro("files"), generic_stack(default_network))' && mirage configure --dry-run -q

The wrong type:

  $ project 'reader(generic_block("disk.img"), generic_stack(default_network))' && mirage configure
  config.cpp:6: reader needs a kv_ro here, given a block
  (mirage -v shows the whole message)
  [1]
  $ project 'reader(generic_kv_ro("files"), generic_stack(default_console))' && mirage configure
  config.cpp:6: generic_stack needs a network here, given a console
  (mirage -v shows the whole message)
  [1]
  $ project 'generic_kv_ro("files")' && mirage configure
  config.cpp:6: configure needs a unikernel with its devices here, given a kv_ro
  (mirage -v shows the whole message)
  [1]

Too few, too many, none:

  $ project 'reader(generic_kv_ro("files"))' && mirage configure
  config.cpp:6: reader needs 2 devices (kv_ro, stack), given 1
  (mirage -v shows the whole message)
  [1]
  $ project 'reader(generic_kv_ro("files"), generic_stack(default_network), default_console)' && mirage configure
  config.cpp:6: reader needs 2 devices (kv_ro, stack), given 3
  (mirage -v shows the whole message)
  [1]
  $ project 'reader()' && mirage configure
  config.cpp:6: reader needs 2 devices (kv_ro, stack), given none
  (mirage -v shows the whole message)
  [1]
  $ project 'reader' && mirage configure
  config.cpp:6: configure is given a unikernel without its devices; call it: NAME(kv_ro, stack)
  (mirage -v shows the whole message)
  [1]
  $ project 'reader(generic_kv_ro("files"), generic_stack())' && mirage configure
  config.cpp:6: generic_stack needs at least 1 argument, given none
  (mirage -v shows the whole message)
  [1]

No device at all:

  $ project 'reader("files", generic_stack(default_network))' && mirage configure
  config.cpp:6: reader needs a kv_ro here, given a `char[6]`
  (mirage -v shows the whole message)
  [1]

A slip of the pen:

  $ project 'reeder(generic_kv_ro("files"), generic_stack(default_network))' && mirage configure
  config.cpp:6: use of undeclared identifier 'reeder'
  (mirage -v shows the whole message)
  [1]
  $ project 'reader(generic_kv_ro("files"), generic_stack(default_network)' && mirage configure
  config.cpp:6: expected ')'
  (mirage -v shows the whole message)
  [1]

With -v there is the whole message:

  $ mirage configure -v 2>&1 | grep -c error:
  1

A version line that is not satisfied, or makes no sense:

  $ project 'reader(generic_kv_ro("files"), generic_stack(default_network))' '>= 7.2' && mirage configure
  config.cpp:1: this needs mirage >= 7.2, and the one here is 1.0.0; install a version that fits, or change the line
  [1]
  $ project 'reader(generic_kv_ro("files"), generic_stack(default_network))' 'one or more' && mirage configure
  config.cpp:1: `one or more` is no version constraint; write for example `>= 1.0` or `>= 1.2, < 2`
  [1]

No main function:

  $ echo '#include <mirage/config.hpp>' > config.cpp && mirage configure
  mirage: config.cpp has no function main; end it with `int main(int argc, char** argv) { return configure(argc, argv, ...); }`
  (mirage -v shows the whole message)
  [1]

A main function that does something else:

  $ echo 'int main() { return 0; }' > config.cpp && mirage configure
  mirage: config.cpp did not print a device graph; main must end with `return configure(argc, argv, ...);`
  [1]
  $ echo 'int main() { return *static_cast<int volatile*>(nullptr); }' > config.cpp && mirage configure 2>&1 | cut -c1-40
  mirage: config.cpp crashed; run it in a 
