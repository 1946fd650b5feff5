/* Files of hosted C. */
#include "effnetc_harness/port.h"

#include <stdio.h>
#include <stdlib.h>

#ifdef HARNESS_SANITIZE
/* <sanitizer/asan_interface.h>, which some installations of Clang lack. */
void __asan_poison_memory_region(const volatile void *data, size_t bytes);
void __asan_unpoison_memory_region(const volatile void *data, size_t bytes);
#endif

enum { MAX_FILES = 4 };

static FILE *files[MAX_FILES];

void port_exit(int code) { exit(code); }

static int open_file(const char *name, const char *mode) {
    for (int i = 0; i < MAX_FILES; i++) {
        if (files[i] == NULL) {
            files[i] = fopen(name, mode);
            return files[i] == NULL ? -1 : i;
        }
    }
    return -1;
}

int port_open_read(const char *name) { return open_file(name, "rb"); }

int port_open_write(const char *name) { return open_file(name, "wb"); }

uint32_t port_size(int file) {
    long size;
    if (fseek(files[file], 0, SEEK_END) != 0) return 0;
    size = ftell(files[file]);
    rewind(files[file]);
    return size < 0 ? 0u : (uint32_t)size;
}

int port_read(int file, void *data, uint32_t bytes) { return fread(data, 1, bytes, files[file]) == bytes; }

/* Flushed, so that what was written before a crash is there to be looked at, and progress can be seen from outside. */
int port_write(int file, const void *data, uint32_t bytes) {
    return fwrite(data, 1, bytes, files[file]) == bytes && fflush(files[file]) == 0;
}

void port_close(int file) {
    (void)fclose(files[file]);
    files[file] = NULL;
}

void port_forbid(const void *data, uint32_t bytes) {
#ifdef HARNESS_SANITIZE
    __asan_poison_memory_region(data, bytes);
#else
    (void)data;
    (void)bytes;
#endif
}

void port_allow(const void *data, uint32_t bytes) {
#ifdef HARNESS_SANITIZE
    __asan_unpoison_memory_region(data, bytes);
#else
    (void)data;
    (void)bytes;
#endif
}
