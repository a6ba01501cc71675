// SPDX-License-Identifier: ISC
// A guest that does nothing but say so: one line on the serial port, from the instruction at which the hypervisor enters.
// What QEMU needs until here, every guest of it needs.
        .section .note.Xen, "a", @note
        .balign 4
        .long 4, 8, 18                          // lengths of name and value; XEN_ELFNOTE_PHYS32_ENTRY
        .asciz "Xen"
        .quad entry

        .section .text, "ax", @progbits
        .code32
        .globl entry
entry:
        movw $0x3f8, %dx                        // COM1; QEMU's takes everything at once
        movb $'h', %al
        outb %al, %dx
        movb $'e', %al
        outb %al, %dx
        movb $'l', %al
        outb %al, %dx
        outb %al, %dx
        movb $'o', %al
        outb %al, %dx
        movb $'\n', %al
        outb %al, %dx
        cli
1:      hlt
        jmp 1b

        .section .note.GNU-stack, "", @progbits
