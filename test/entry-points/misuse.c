/*
 * Calls the entry points of a model rightly and wrongly; ends with the number of the check that fails, or 0. The model is
 * MODEL and its macros begin with PREFIX; CALLER_ARENA: it was compiled for an arena of the caller.
 */
#include <stdio.h>
#include <string.h>

#define PASTE_NOW(a, b) a##b
#define PASTE(a, b) PASTE_NOW(a, b)
#define CALL(part) PASTE(MODEL, part)
#define VALUE(part) PASTE(PREFIX, part)

#define CHECK(number, condition) \
    do {                         \
        if (!(condition)) return number; \
    } while (0)

#ifdef CALLER_ARENA
static struct {
    int32_t before[4];
    int32_t words[(VALUE(_ARENA_BYTES) + 3) / 4];
    int32_t after[4];
} mine;
static int32_t other[(VALUE(_ARENA_BYTES) + 3) / 4];
#endif

static int8_t input[VALUE(_INPUT_COUNT)];
static int8_t expected[VALUE(_OUTPUT_COUNT)];
static int8_t output[VALUE(_OUTPUT_COUNT)];
enum { ROW = VALUE(_INPUT_COUNT) / VALUE(_INPUT_HEIGHT) };

static int push_rows(int first, int end) {
    for (int row = first; row < end; ++row) {
        /* A copy that is gone after the call: nothing may be read of it later. */
        int8_t copy[ROW];
        memcpy(copy, input + row * ROW, ROW);
        const int result = CALL(_push_row)(copy);
        memset(copy, 0x55, ROW);
        if (result != VALUE(_OK)) return result;
    }
    return VALUE(_OK);
}

int main(void) {
#ifdef CALLER_ARENA
    /* Before there is an arena. */
    memset(output, 0x11, sizeof output);
    CALL(_infer)(input, output);
    CHECK(23, output[0] == 0x11);
    CHECK(24, CALL(_push_row)(input) == VALUE(_NO_ARENA));
    CALL(_begin)();
    CHECK(25, CALL(_push_row)(input) == VALUE(_NO_ARENA));
    CHECK(26, CALL(_end)(output) == VALUE(_NO_ARENA));
    CHECK(27, output[0] == 0x11);
    memset(&mine, 0x3c, sizeof mine);
    CALL(_set_arena)(mine.words);
    CHECK(28, CALL(_push_row)(input) == VALUE(_NOT_BEGUN));
#endif
    for (int i = 0; i < VALUE(_INPUT_COUNT); ++i) input[i] = (int8_t)(i * 37 - 100);
    CALL(_infer)(input, expected);

    /* Without begin. */
    CHECK(1, CALL(_push_row)(input) == VALUE(_NOT_BEGUN));
    memset(output, 0x11, sizeof output);
    CHECK(2, CALL(_end)(output) == VALUE(_NOT_BEGUN));
    CHECK(3, output[0] == 0x11);

    /* End too early, then on to the end. */
    CALL(_begin)();
    CHECK(4, CALL(_end)(output) == VALUE(_ROWS_MISSING));
    CHECK(5, push_rows(0, 5) == VALUE(_OK));
    CHECK(6, CALL(_end)(output) == VALUE(_ROWS_MISSING));
    CHECK(7, output[0] == 0x11);
    CHECK(8, push_rows(5, VALUE(_INPUT_HEIGHT)) == VALUE(_OK));

    /* One row too many changes nothing. */
    CHECK(9, CALL(_push_row)(input) == VALUE(_TOO_MANY_ROWS));
    CHECK(10, CALL(_end)(output) == VALUE(_OK));
    CHECK(11, memcmp(output, expected, sizeof output) == 0);
    CHECK(12, CALL(_end)(output) == VALUE(_NOT_BEGUN));
    CHECK(13, CALL(_push_row)(input) == VALUE(_NOT_BEGUN));

    /* Begun again in the middle. */
    CALL(_begin)();
    CHECK(14, push_rows(3, 6) == VALUE(_OK));
    CALL(_begin)();
    memset(output, 0, sizeof output);
    CHECK(15, push_rows(0, VALUE(_INPUT_HEIGHT)) == VALUE(_OK));
    CHECK(16, CALL(_end)(output) == VALUE(_OK));
    CHECK(17, memcmp(output, expected, sizeof output) == 0);

    /* An inference in the middle uses the arena: the sequence is over. */
    CALL(_begin)();
    CHECK(18, push_rows(0, 4) == VALUE(_OK));
    CALL(_infer)(input, output);
    CHECK(19, memcmp(output, expected, sizeof output) == 0);
    CHECK(20, CALL(_push_row)(input + 4 * ROW) == VALUE(_NOT_BEGUN));
#ifdef CALLER_ARENA
    for (int i = 0; i < 4; ++i) CHECK(21, mine.before[i] == 0x3c3c3c3c && mine.after[i] == 0x3c3c3c3c);
    CHECK(22, mine.words[0] != 0x3c3c3c3c);

    /* Another arena in the middle has not what the first one had: the sequence is over. */
    CALL(_begin)();
    CHECK(29, push_rows(0, 4) == VALUE(_OK));
    CALL(_set_arena)(other);
    CHECK(30, CALL(_push_row)(input + 4 * ROW) == VALUE(_NOT_BEGUN));
    CHECK(31, CALL(_end)(output) == VALUE(_NOT_BEGUN));
    CALL(_begin)();
    memset(output, 0, sizeof output);
    CHECK(32, push_rows(0, VALUE(_INPUT_HEIGHT)) == VALUE(_OK));
    CHECK(33, CALL(_end)(output) == VALUE(_OK));
    CHECK(34, memcmp(output, expected, sizeof output) == 0);
#endif
    printf("%d %d\n", VALUE(_ARENA_BYTES), VALUE(_PUSH_BYTES));
    return 0;
}
