# SPDX-License-Identifier: ISC
# Toolchain: WebAssembly (wasm32-wasi) with clang-19 and libc++-19 of Debian. Exceptions are off, because Debian's
# libc++abi for wasm has no runtime for them, and tail calls are on: without them clang silently turns the symmetric
# transfer of coroutines into calls, and the stack overflows. Programs run in Node (cmake/run_wasm.mjs).
set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR wasm32)
set(CMAKE_CXX_COMPILER clang++-19)
set(CMAKE_CXX_COMPILER_TARGET wasm32-wasi)
set(CMAKE_AR llvm-ar-19 CACHE FILEPATH "")
set(CMAKE_RANLIB llvm-ranlib-19 CACHE FILEPATH "")
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
set(MIRAGE_EXCEPTIONS OFF CACHE BOOL "")

set(llvm /usr/lib/llvm-19)
# clang looks for the headers of the host otherwise. (Options, because a preset that sets CMAKE_CXX_FLAGS overrides
# CMAKE_CXX_FLAGS_INIT.) libc++ has std::unique_ptr and std::shared_ptr passed in registers by an attribute, and clang
# destroys such a parameter of a coroutine twice (docs/compilers.md); without the attribute they are passed as elsewhere.
add_compile_options(-D__trivial_abi__= -nostdlibinc
                    "SHELL:-isystem ${llvm}/include/wasm32-wasi/c++/v1" "SHELL:-isystem /usr/include/wasm32-wasi"
                    -mtail-call -mbulk-memory)
set(CMAKE_EXE_LINKER_FLAGS_INIT "-nostdlib /usr/lib/wasm32-wasi/crt1-command.o -L/usr/lib/wasm32-wasi \
-L${llvm}/lib/wasm32-wasi -Wl,--gc-sections -Wl,-z,stack-size=1048576 -Wl,--stack-first")
set(CMAKE_CXX_STANDARD_LIBRARIES "-lc++ -lc++abi -lc ${llvm}/lib/clang/19/lib/wasi/libclang_rt.builtins-wasm32.a")

find_program(MIRAGE_NODE node)
if(NOT MIRAGE_NODE)
  message(FATAL_ERROR "node is not installed; run scripts/install-packages test")
endif()
# Node 20 itself (no module may cause a SIGSEGV) crashed after most runs of programs that resume many coroutines, when
# all their tests had passed and its collector had begun to mark during the run; without incremental marking never.
set(CMAKE_CROSSCOMPILING_EMULATOR "${MIRAGE_NODE};--no-warnings;--no-incremental-marking")
# Node 18, which Debian 12 has, knows tail calls and WASI when it is told to.
execute_process(COMMAND "${MIRAGE_NODE}" --version OUTPUT_VARIABLE version OUTPUT_STRIP_TRAILING_WHITESPACE)
if(version MATCHES "^v18\\.")
  list(APPEND CMAKE_CROSSCOMPILING_EMULATOR --experimental-wasm-return-call --experimental-wasi-unstable-preview1)
endif()
list(APPEND CMAKE_CROSSCOMPILING_EMULATOR "${CMAKE_CURRENT_LIST_DIR}/run_wasm.mjs")
