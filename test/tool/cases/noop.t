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
  $ mirage run
