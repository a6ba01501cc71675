#!/bin/busybox sh
# SPDX-License-Identifier: ISC
# The first process of a Linux guest of the benchmarks: devices, network, then /job. The kernel puts words of its command line
# that it does not know into the environment: address=10.0.0.2/24.
export PATH=/bin
/bin/busybox --install -s /bin
mount -t proc none /proc
mount -t sysfs none /sys
mount -t devtmpfs none /dev
mount -t tmpfs none /tmp
for module in /modules/*.ko; do insmod "$module"; done
ip link set lo up
if [ -n "$address" ]; then
  ip addr add "$address" dev eth0
  ip link set eth0 up
fi
/job
poweroff -f
