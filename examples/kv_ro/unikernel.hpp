// SPDX-License-Identifier: ISC
#pragma once

#include <mirage/core/log.hpp>
#include <mirage/v1.hpp>

inline constexpr mirage::log_source kv_log{"kv_ro"};

template <mirage::v1::kv_ro Files>
mirage::task<> read_secret(Files& files) {
  auto secret = co_await files.get("secret");
  if (!secret)
    kv_log.error("secret: {}", describe(secret.error()));
  else if (secret->text() == "foo\n")
    kv_log.info("Contents of extremely secret vital storage confirmed!");
  else
    kv_log.error("the secret is not what it was");

  auto missing = co_await files.get("no such key");
  if (!missing) kv_log.info("no such key: {}", describe(missing.error()));
}
