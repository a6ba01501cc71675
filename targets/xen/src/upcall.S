// SPDX-License-Identifier: ISC
// Where the processor enters when an event channel has something, which it does only inside guest::sleep: there
// %rdi points to the flag that asks for this entry, and asks again until it is cleared. What has come stands in
// the shared page, and is looked at when the sleep has ended.

        .section .text.xen_upcall, "ax", @progbits
        .globl xen_upcall
xen_upcall:
        movb $0, (%rdi)
        iretq

        .section .note.GNU-stack, "", @progbits
