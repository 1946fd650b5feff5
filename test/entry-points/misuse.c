/* Calls the entry points of the tiny model rightly and wrongly; ends with the number of the check that fails, or 0. */
#include <string.h>

#include "tiny.h"

#define CHECK(number, condition) \
    do {                         \
        if (!(condition)) return number; \
    } while (0)

#ifdef TINY_CALLER_ARENA
static struct {
    int32_t before[4];
    int32_t words[(TINY_ARENA_BYTES + 3) / 4];
    int32_t after[4];
} mine;
#endif

static int8_t input[TINY_INPUT_COUNT];
static int8_t expected[TINY_OUTPUT_COUNT];
static int8_t output[TINY_OUTPUT_COUNT];
enum { ROW = TINY_INPUT_COUNT / TINY_INPUT_HEIGHT };

static int push_rows(int first, int end) {
    for (int row = first; row < end; ++row) {
        /* A copy that is gone after the call: nothing may be read of it later. */
        int8_t copy[ROW];
        memcpy(copy, input + row * ROW, ROW);
        const int result = tiny_push_row(copy);
        memset(copy, 0x55, ROW);
        if (result != TINY_OK) return result;
    }
    return TINY_OK;
}

int main(void) {
#ifdef TINY_CALLER_ARENA
    memset(&mine, 0x3c, sizeof mine);
    tiny_set_arena(mine.words);
#endif
    for (int i = 0; i < TINY_INPUT_COUNT; ++i) input[i] = (int8_t)(i * 37 - 100);
    tiny_infer(input, expected);

    /* Without begin. */
    CHECK(1, tiny_push_row(input) == TINY_NOT_BEGUN);
    memset(output, 0x11, sizeof output);
    CHECK(2, tiny_end(output) == TINY_NOT_BEGUN);
    CHECK(3, output[0] == 0x11);

    /* End too early, then on to the end. */
    tiny_begin();
    CHECK(4, tiny_end(output) == TINY_ROWS_MISSING);
    CHECK(5, push_rows(0, 5) == TINY_OK);
    CHECK(6, tiny_end(output) == TINY_ROWS_MISSING);
    CHECK(7, output[0] == 0x11);
    CHECK(8, push_rows(5, TINY_INPUT_HEIGHT) == TINY_OK);

    /* One row too many changes nothing. */
    CHECK(9, tiny_push_row(input) == TINY_TOO_MANY_ROWS);
    CHECK(10, tiny_end(output) == TINY_OK);
    CHECK(11, memcmp(output, expected, sizeof output) == 0);
    CHECK(12, tiny_end(output) == TINY_NOT_BEGUN);
    CHECK(13, tiny_push_row(input) == TINY_NOT_BEGUN);

    /* Begun again in the middle. */
    tiny_begin();
    CHECK(14, push_rows(3, 6) == TINY_OK);
    tiny_begin();
    memset(output, 0, sizeof output);
    CHECK(15, push_rows(0, TINY_INPUT_HEIGHT) == TINY_OK);
    CHECK(16, tiny_end(output) == TINY_OK);
    CHECK(17, memcmp(output, expected, sizeof output) == 0);

    /* An inference in the middle uses the arena: the sequence is over. */
    tiny_begin();
    CHECK(18, push_rows(0, 4) == TINY_OK);
    tiny_infer(input, output);
    CHECK(19, memcmp(output, expected, sizeof output) == 0);
    CHECK(20, tiny_push_row(input + 4 * ROW) == TINY_NOT_BEGUN);
#ifdef TINY_CALLER_ARENA
    for (int i = 0; i < 4; ++i) CHECK(21, mine.before[i] == 0x3c3c3c3c && mine.after[i] == 0x3c3c3c3c);
    CHECK(22, mine.words[0] != 0x3c3c3c3c);
#endif
    return 0;
}
