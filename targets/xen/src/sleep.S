// SPDX-License-Identifier: ISC
// The processor sleeps until an event channel has something, and enters at `xen_upcall` then, which it does only inside
// `xen_sleep`. What has come stands in the shared page, and is looked at when the sleep has ended.
//
// `sti` takes effect behind the next instruction, so nothing should come between it and `hlt`. But where the processor
// below Xen is emulated, something does, once in some thousand sleeps (QEMU 7.2 forgets the interrupt shadow when it
// leaves a guest), and a `hlt` after it would last for ever: Xen tells only once that something has come. So an upcall
// that found `hlt` still ahead goes on behind it.

        .section .text.xen_sleep, "ax", @progbits
// void xen_sleep(): interrupts are disabled before and after it.
        .globl xen_sleep
xen_sleep:
        sti
halt:
        hlt
        cli
        ret

// Clears the flag that asks for this entry, and asks again until it is cleared.
        .globl xen_upcall
xen_upcall:
        pushq %rax
        movq xen_upcall_pending, %rax
        movb $0, (%rax)
        popq %rax
        cmpq $halt, (%rsp)
        jne 1f
        incq (%rsp)             // `hlt` is one byte long
1:      iretq

        .section .note.GNU-stack, "", @progbits
