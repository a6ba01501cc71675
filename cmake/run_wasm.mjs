// SPDX-License-Identifier: ISC
// Runs a WASI program in Node: node run_wasm.mjs PROGRAM ARGUMENT...; ends with its status. It sees the whole file
// system and the environment, because it is a test that was just built here.
import { readFile } from 'node:fs/promises';
import { WASI } from 'node:wasi';

const [program, ...rest] = process.argv.slice(2);
const wasi = new WASI({
  version: 'preview1',
  args: [program, ...rest],
  env: { ...process.env, PWD: process.cwd() },
  preopens: { '/': '/' },
  returnOnExit: true,
});
const module = await WebAssembly.compile(await readFile(program));
const instance = await WebAssembly.instantiate(module, { wasi_snapshot_preview1: wasi.wasiImport });
try {
  process.exitCode = wasi.start(instance);
} catch (error) {
  console.error(error.stack);
  process.exitCode = 134; // as if aborted
}
