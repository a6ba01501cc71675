#!/bin/sh
# SPDX-License-Identifier: ISC
# Runs in the Linux guest: fio for each length and depth, with what makes it fast: direct I/O, no file system, no scheduler (which
# halves the rate here), no clock read for each request, no list of the places that were read. Says
# `read BYTES DEPTH COUNT MICROSECONDS`.
disk=$(cd /sys/block && echo *vda)
echo none >"/sys/block/$disk/queue/scheduler"
for length in 4096 65536 1048576; do
  for depth in 1 32; do
    fio --name=read --filename="/dev/$disk" --direct=1 --rw=randread --bs=$length --iodepth=$depth --ioengine=io_uring \
      --iodepth_batch_complete_max=$depth --time_based --runtime=${milliseconds}ms --thread --norandommap \
      --gtod_reduce=1 --output-format=json |
      sed -n '/"read" *:/,/"write" *:/p' |
      sed -n -e 's/.*"total_ios" *: *\([0-9]*\).*/count=\1/p' -e 's/.*"runtime" *: *\([0-9]*\).*/runtime=\1/p' >/tmp/result
    . /tmp/result
    echo "read $length $depth $count ${runtime}000"
  done
done
