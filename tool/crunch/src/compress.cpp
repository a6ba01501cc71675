// SPDX-License-Identifier: ISC
#include "compress.hpp"

#include <brotli/encode.h>
#include <zlib.h>

#include <cstdint>
#include <new>

#include "mirage/http/media_type.hpp"

namespace mirage::crunch_generator {

namespace {

const Bytef* input_of(std::string_view content) {
  return static_cast<const Bytef*>(static_cast<const void*>(content.data()));
}
Bytef* output_of(std::string& text) { return static_cast<Bytef*>(static_cast<void*>(text.data())); }

}  // namespace

std::string gzip(std::string_view content) {
  z_stream stream{};
  constexpr int gzip_format = 16;
  if (deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, gzip_format + MAX_WBITS, MAX_MEM_LEVEL,
                   Z_DEFAULT_STRATEGY) != Z_OK)
    throw std::bad_alloc();
  gz_header header{};
  header.os = 255;  // unknown: the result must not tell where it was made
  deflateSetHeader(&stream, &header);
  std::string out(deflateBound(&stream, content.size()), '\0');
  stream.next_in = const_cast<Bytef*>(input_of(content));  // zlib's interface lacks the const
  stream.avail_in = static_cast<uInt>(content.size());
  stream.next_out = output_of(out);
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

std::string brotli(std::string_view content) {
  constexpr std::size_t small = std::size_t{2} << 20U;
  const int quality = content.size() <= small ? BROTLI_MAX_QUALITY : 9;
  std::size_t size = BrotliEncoderMaxCompressedSize(content.size());
  std::string out(size, '\0');
  if (BrotliEncoderCompress(quality, BROTLI_DEFAULT_WINDOW, BROTLI_MODE_GENERIC, content.size(),
                            input_of(content), &size, output_of(out)) == BROTLI_FALSE)
    throw std::bad_alloc();
  out.resize(size);
  return out;
}

variants make_variants(std::string_view content, std::string_view content_type) {
  variants made;
  if (!http::is_compressible(content_type)) return made;
  std::string with_gzip = gzip(content);
  std::string with_brotli = brotli(content);
  if (pays(with_gzip.size(), content.size())) made.gzip = std::move(with_gzip);
  const bool better = made.gzip.empty() || with_brotli.size() < made.gzip.size();
  if (better && pays(with_brotli.size(), content.size())) made.brotli = std::move(with_brotli);
  return made;
}

}  // namespace mirage::crunch_generator
