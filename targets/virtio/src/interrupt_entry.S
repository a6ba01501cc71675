// SPDX-License-Identifier: ISC
// Where the processor enters at an interrupt. None comes but where interrupts.cpp lets them in, which takes it
// for a function call; so no register is saved that a function may change.

        .altmacro
        .macro entry vector
interrupt_\vector:
        movl $\vector, %edi
        jmp handle
        .endm
        .macro address vector
        .quad interrupt_\vector
        .endm

        .section .text.virtio_interrupt, "ax", @progbits
handle:
        pushq %rbp
        movq %rsp, %rbp
        andq $-16, %rsp
        cld
        call virtio_interrupt
        movq %rbp, %rsp
        popq %rbp
        iretq

        .set vector, 32
        .rept 66
        entry %vector
        .set vector, vector + 1
        .endr

        .section .rodata.virtio_interrupt, "a", @progbits
        .balign 8
        .globl virtio_interrupt_entries
virtio_interrupt_entries:
        .set vector, 32
        .rept 66
        address %vector
        .set vector, vector + 1
        .endr

        .section .note.GNU-stack, "", @progbits
