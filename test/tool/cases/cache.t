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

What compiles an image names the libraries by a link in the project, never by where they lie in the cache, so that a compiler
cache finds the image again when the libraries are others but the same.

  $ ls mirage/build/libraries && ls mirage/build/libraries/unix/lib/cmake/mirage/mirageConfig.cmake
  unix
  mirage/build/libraries/unix/lib/cmake/mirage/mirageConfig.cmake
  $ grep -c '"file"' mirage/build/unix/compile_commands.json && grep -F "$cache" mirage/build/unix/compile_commands.json
  1
  [1]

What every config.cpp includes is compiled once, and again where it has been damaged; a program of a config.cpp that nobody
has used for a month goes, too.

  $ export XDG_CACHE_HOME=$PWD/another && kept=$XDG_CACHE_HOME/mirage/config && mirage configure -q && ls $kept | grep -c 'pch$'
  1
  $ touch -d '40 days ago' $kept/*.lock && touch $kept/*.pch.lock && echo '// changed' >> config.cpp && mirage configure -q
  $ ls $kept | grep -vc pch
  3
  $ echo damaged > $(ls $kept/*.pch) && touch $kept/*.pch && echo '// again' >> config.cpp && mirage configure -q && mirage describe | head -1
  noop for the target unix
