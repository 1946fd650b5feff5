/*
 * The four functions that GCC may call on its own, and strlen for the harness. Built with -fno-builtin and
 * -fno-tree-loop-distribute-patterns: otherwise GCC turns these loops into calls of the very functions.
 * By words where both sides are aligned, as a C library does it.
 */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef uint32_t __attribute__((may_alias)) word;

static int aligned(const void *a, const void *b) { return (((uintptr_t)a | (uintptr_t)b) & 3u) == 0; }

void *memcpy(void *restrict to, const void *restrict from, size_t bytes) {
    uint8_t *t = to;
    const uint8_t *f = from;
    if (aligned(to, from)) {
        for (; bytes >= 4; bytes -= 4, t += 4, f += 4) *(word *)(void *)t = *(const word *)(const void *)f;
    }
    while (bytes-- > 0) *t++ = *f++;
    return to;
}

void *memmove(void *to, const void *from, size_t bytes) {
    uint8_t *t = to;
    const uint8_t *f = from;
    if ((uintptr_t)to - (uintptr_t)from >= bytes) return memcpy(to, from, bytes);
    while (bytes-- > 0) t[bytes] = f[bytes];
    return to;
}

void *memset(void *to, int value, size_t bytes) {
    uint8_t *t = to;
    if (aligned(to, to)) {
        const word pattern = (uint8_t)value * 0x01010101u;
        for (; bytes >= 4; bytes -= 4, t += 4) *(word *)(void *)t = pattern;
    }
    while (bytes-- > 0) *t++ = (uint8_t)value;
    return to;
}

int memcmp(const void *a, const void *b, size_t bytes) {
    const uint8_t *x = a;
    const uint8_t *y = b;
    for (; bytes > 0; bytes--, x++, y++) {
        if (*x != *y) return *x < *y ? -1 : 1;
    }
    return 0;
}

size_t strlen(const char *text) {
    size_t length = 0;
    while (text[length] != '\0') length++;
    return length;
}
