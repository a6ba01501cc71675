// SPDX-License-Identifier: ISC
// The page that Xen fills with the instructions of its hypercalls (drivers/xen, hypercall.hpp). It is code, so
// the processor may not write to it, but Xen may.

        .section .text.xen_hypercall_page, "ax", @progbits
        .balign 4096
        .globl xen_hypercall_page
xen_hypercall_page:
        .skip 4096, 0xcc

        .section .note.GNU-stack, "", @progbits
