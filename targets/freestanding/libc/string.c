// SPDX-License-Identifier: ISC
// Of <string.h> what the compiler, libstdc++ and BearSSL call (ISO C 7.24). `rep movsb` would be shorter, but
// an emulator takes it byte by byte. Compiled with -fno-builtin, or a loop here would become a call of
// itself.
#include <stddef.h>

typedef long long block __attribute__((vector_size(16), aligned(1), may_alias));
typedef unsigned long word __attribute__((aligned(1), may_alias));

void* memcpy(void* restrict to, const void* restrict from, size_t size) {
  unsigned char* t = to;
  const unsigned char* f = from;
  for (; size >= 64; size -= 64, t += 64, f += 64) {
    const block a = *(const block*)f, b = *(const block*)(f + 16);
    const block c = *(const block*)(f + 32), d = *(const block*)(f + 48);
    *(block*)t = a;
    *(block*)(t + 16) = b;
    *(block*)(t + 32) = c;
    *(block*)(t + 48) = d;
  }
  for (; size >= 8; size -= 8, t += 8, f += 8) *(word*)t = *(const word*)f;
  while (size-- > 0) *t++ = *f++;
  return to;
}

void* memmove(void* to, const void* from, size_t size) {
  unsigned char* t = to;
  const unsigned char* f = from;
  // Each store of `memcpy` lies below what it loads next, if the target lies below the source by any
  // distance.
  if ((size_t)(t - f) >= size) return memcpy(to, from, size);
  for (; size >= 8; size -= 8) *(word*)(t + size - 8) = *(const word*)(f + size - 8);
  for (; size > 0; --size) t[size - 1] = f[size - 1];
  return to;
}

void* memset(void* to, int value, size_t size) {
  unsigned char* t = to;
  const unsigned long pattern = 0x0101010101010101 * (unsigned char)value;
  const block wide = {(long long)pattern, (long long)pattern};
  for (; size >= 64; size -= 64, t += 64) {
    *(block*)t = wide;
    *(block*)(t + 16) = wide;
    *(block*)(t + 32) = wide;
    *(block*)(t + 48) = wide;
  }
  for (; size >= 8; size -= 8, t += 8) *(word*)t = pattern;
  while (size-- > 0) *t++ = (unsigned char)value;
  return to;
}

int memcmp(const void* left, const void* right, size_t size) {
  const unsigned char* l = left;
  const unsigned char* r = right;
  for (; size >= 8 && *(const word*)l == *(const word*)r; size -= 8, l += 8, r += 8) {
  }
  for (; size > 0; --size, ++l, ++r)
    if (*l != *r) return *l - *r;
  return 0;
}

int bcmp(const void* left, const void* right, size_t size) { return memcmp(left, right, size); }

void* memchr(const void* memory, int value, size_t size) {
  for (const unsigned char* m = memory; size > 0; --size, ++m)
    if (*m == (unsigned char)value) return (void*)m;
  return NULL;
}

size_t strlen(const char* text) {
  size_t length = 0;
  while (text[length] != '\0') ++length;
  return length;
}

int strcmp(const char* left, const char* right) {
  for (; *left != '\0' && *left == *right; ++left, ++right) {
  }
  return (unsigned char)*left - (unsigned char)*right;
}
