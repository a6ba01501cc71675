# builds
Libraries that nobody has used for a month are removed; those that are used stay, and so does what is not the cache's.

  $ cache=${XDG_CACHE_HOME:-$HOME/.cache}/mirage && mkdir -p "$cache/0.0.1-00000000000000aa/unix" "$cache/0.0.1-00000000000000bb/unix" "$cache/not_ours"
  $ touch -d '40 days ago' "$cache/0.0.1-00000000000000aa" "$cache/not_ours"
  $ cat > config.cpp <<'END'
  > // config.cpp: needs mirage >= 1.0
  > #include <mirage/config.hpp>
  > using namespace mirage::config;
  > int main(int argc, char** argv) { return configure(argc, argv, "noop", noop()); }
  > END
  $ mirage configure -q && mirage build
  Built dist/noop
  $ ls -d "$cache"/0.0.1-* "$cache/not_ours" | sed 's/.*mirage\///'
  0.0.1-00000000000000bb
  not_ours
  $ rm -r "$cache/0.0.1-00000000000000bb" "$cache/not_ours" && mirage build && mirage run
  Built dist/noop
