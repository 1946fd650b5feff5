/* Built by `effnetc doctor` and by the set-up to see whether a host compiler is complete: headers, linker, sanitizers. */
#include <stdint.h>
#include <string.h>

int main(void) {
    uint8_t bytes[4] = {0, 0, 0, 0};
    memset(bytes, 21, sizeof bytes);
    return bytes[0] + bytes[3];
}
