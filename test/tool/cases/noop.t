# builds
The smallest image: it starts and ends.

  $ cat > config.cpp <<'END'
  > // config.cpp: needs mirage >= 1.0
  > #include <mirage/config.hpp>
  > using namespace mirage::config;
  > int main(int argc, char** argv) { return configure(argc, argv, "noop", noop()); }
  > END
  $ mirage configure
  Configured noop for the target unix: mirage/main.cpp connects 0 devices
  $ mirage build
  Built dist/noop
  $ mirage query size | sed -n '1p; s/^file  *[0-9]*$/file/p'
  package                           text    rodata      data       bss
  file
  $ mirage query size | awk '$1 == "core" { print ($2 > 0) }'
  1
  $ mirage run
