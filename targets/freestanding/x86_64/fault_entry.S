// SPDX-License-Identifier: ISC
// Where the processor enters at a fault, on a stack of its own: all registers are put into a `fault_frame`
// (fault_report.cpp), which is handed over. Nobody returns from here.

        .altmacro
        .macro entry vector
fault_\vector:
        .if (\vector == 8) || (\vector == 10) || (\vector == 11) || (\vector == 12) || (\vector == 13) || (\vector == 14) || (\vector == 17) || (\vector == 21) || (\vector == 29) || (\vector == 30)
        .else
        pushq $0                                // the processor pushes an error code for those above only
        .endif
        pushq $\vector
        jmp save
        .endm
        .macro address vector
        .quad fault_\vector
        .endm

        .section .text.mirage_fault, "ax", @progbits
save:
        pushq %r15
        pushq %r14
        pushq %r13
        pushq %r12
        pushq %r11
        pushq %r10
        pushq %r9
        pushq %r8
        pushq %rbp
        pushq %rdi
        pushq %rsi
        pushq %rdx
        pushq %rcx
        pushq %rbx
        pushq %rax
        movq %rsp, %rdi
        andq $-16, %rsp
        cld
        call mirage_report_fault
        ud2

        .set vector, 0
        .rept 32
        entry %vector
        .set vector, vector + 1
        .endr

        .section .rodata.mirage_fault, "a", @progbits
        .balign 8
        .globl mirage_fault_entries
mirage_fault_entries:
        .set vector, 0
        .rept 32
        address %vector
        .set vector, vector + 1
        .endr

        .section .note.GNU-stack, "", @progbits
