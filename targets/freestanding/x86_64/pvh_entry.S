// SPDX-License-Identifier: ISC
// Where the hypervisor enters: 32-bit protected mode without paging, %ebx points to the start info (the PVH ABI
// of Xen, docs/misc/pvh.pandoc). It leaves for `pvh_start` of the target in long mode, with the first gigabyte
// mapped as it is. Only in images whose linker is told that they begin here.

        .section .note.Xen, "a", @note
        .balign 4
        .long 4, 8, 18                          // lengths of name and value; XEN_ELFNOTE_PHYS32_ENTRY
        .asciz "Xen"
        .quad pvh_entry

        .section .text.pvh_entry, "ax", @progbits
        .code32
        .globl pvh_entry
pvh_entry:
        cld
        movl $boot_stack_end, %esp

        movl $directory, %edi                   // 512 pages of 2 MiB: present, writable
        movl $0x83, %eax
1:      movl %eax, (%edi)
        addl $0x200000, %eax
        addl $8, %edi
        cmpl $directory_end, %edi
        jne 1b
        movl $directory + 3, directory_pointers
        movl $directory_pointers + 3, top_level

        movl $0x620, %eax                       // CR4: PAE, OSFXSR, OSXMMEXCPT
        movl %eax, %cr4
        movl $top_level, %eax
        movl %eax, %cr3
        movl $0xc0000080, %ecx                  // EFER: long mode, no-execute pages
        rdmsr
        orl $0x900, %eax
        wrmsr
        movl $0x80010033, %eax                  // CR0: PG, WP, NE, ET, MP, PE
        movl %eax, %cr0
        lgdt descriptors_register
        ljmp $8, $1f

        .code64
1:      movl $16, %eax
        movl %eax, %ds
        movl %eax, %es
        movl %eax, %ss
        xorl %eax, %eax
        movl %eax, %fs
        movl %eax, %gs
        movl $boot_stack_end, %esp
        xorl %ebp, %ebp                         // the last frame
        movl $0xc0000100, %ecx                  // FS base: a canary of zero, until there is a better one
        movl $boot_thread, %eax
        xorl %edx, %edx
        wrmsr
        movl %ebx, %edi
        call pvh_start
        ud2

        .section .data.pvh_entry, "aw", @progbits  // the processor may mark them as used
        .balign 8
descriptors:
        .quad 0
        .quad 0x00af9b000000ffff                // code, 64 bits
        .quad 0x00cf93000000ffff                // data
descriptors_register:
        .word . - descriptors - 1
        .long descriptors

        .section .bss.pvh_entry, "aw", @nobits
        .balign 4096
top_level:
        .skip 4096
directory_pointers:
        .skip 4096
directory:
        .skip 4096
directory_end:
        .skip 8192
boot_stack_end:
boot_thread:
        .skip 64

        .section .note.GNU-stack, "", @progbits
