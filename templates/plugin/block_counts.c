/*
 * A plugin for QEMU: how often each block of code runs during one inference, for which layer, and how often it ends with
 * a jump. Built with the compiler of this machine; see src/run/block-counts.ts.
 *
 * Arguments: plan=FILE,out=FILE. The plan says what to watch, a line each, addresses in hexadecimal:
 *
 *     begin A         counting begins when the code at A runs
 *     end A           and ends when the code at A runs
 *     contexts N      the number of contexts; 0 is the harness, 1 the driver of the model
 *     range C A B     code from A up to B belongs to context C, whoever calls it
 *     entry A         where a layer begins
 *     step C          the next layer that the driver calls is context C; as many lines as there are steps
 *
 * Code in no range belongs to the context that it is called in: so helpers count for their layer. The answer:
 *
 *     block A L B C N J    the code from A up to B, its last instruction at L, ran N times in context C, and J times
 *                          something else than the code at B ran after it
 *     steps N              how many layers the driver called
 */
#include <inttypes.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * What is used here of QEMU's interface for plugins (docs/devel/tcg-plugins.rst); its header is not packaged. QEMU refuses
 * a plugin whose version it does not know: then the same is built with another EFFNETC_PLUGIN_API.
 */
typedef uint64_t qemu_plugin_id_t;
struct qemu_plugin_tb;
struct qemu_plugin_insn;
enum qemu_plugin_cb_flags { QEMU_PLUGIN_CB_NO_REGS };
typedef struct qemu_info_t qemu_info_t;
typedef void (*qemu_plugin_udata_cb_t)(qemu_plugin_id_t id, void *data);
typedef void (*qemu_plugin_vcpu_udata_cb_t)(unsigned int vcpu, void *data);
typedef void (*qemu_plugin_vcpu_tb_trans_cb_t)(qemu_plugin_id_t id, struct qemu_plugin_tb *tb);

void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t id, qemu_plugin_vcpu_tb_trans_cb_t callback);
void qemu_plugin_register_vcpu_tb_exec_cb(struct qemu_plugin_tb *tb, qemu_plugin_vcpu_udata_cb_t callback,
                                          enum qemu_plugin_cb_flags flags, void *data);
void qemu_plugin_register_atexit_cb(qemu_plugin_id_t id, qemu_plugin_udata_cb_t callback, void *data);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
uint64_t qemu_plugin_tb_vaddr(const struct qemu_plugin_tb *tb);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *tb, size_t index);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *insn);
size_t qemu_plugin_insn_size(const struct qemu_plugin_insn *insn);

#define EXPORT __attribute__((visibility("default")))

extern EXPORT int qemu_plugin_version;
EXPORT int qemu_plugin_version = EFFNETC_PLUGIN_API;
EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int argc, char **argv);

enum { HARNESS = 0, DRIVER = 1, INHERITED = -1, LAYER_ENTRY = -2 };

/* How often a block ran in one context. */
struct tally {
    uint64_t runs;
    uint64_t jumps;
};

/* Code that QEMU translated as one, and that is always run from its beginning to its end. */
struct block {
    struct block *next;
    uint64_t begin, last, end;
    int place; /* a context, INHERITED or LAYER_ENTRY */
    struct tally tallies[];
};

struct range {
    int context;
    uint64_t begin, end;
};

struct list {
    void *items;
    size_t count;
};

static uint64_t window_begin, window_end;
static size_t contexts;
static struct list ranges, entries, steps;
static const char *out_file;

enum { BUCKETS = 4096 };
static struct block *blocks[BUCKETS];

static int counting;
static size_t context = HARNESS;
static size_t steps_begun;
static const struct block *previous;
static struct tally *previous_tally;

static void *checked(void *memory) {
    if (memory == NULL) {
        fprintf(stderr, "block_counts: out of memory\n");
        exit(1);
    }
    return memory;
}

static void append(struct list *list, const void *item, size_t bytes) {
    list->items = checked(realloc(list->items, (list->count + 1) * bytes));
    memcpy((char *)list->items + list->count++ * bytes, item, bytes);
}

static int place_of(uint64_t address) {
    const uint64_t *entry = entries.items;
    const struct range *range = ranges.items;
    for (size_t i = 0; i < entries.count; i++) {
        if (entry[i] == address) return LAYER_ENTRY;
    }
    for (size_t i = 0; i < ranges.count; i++) {
        if (range[i].begin <= address && address < range[i].end) return range[i].context;
    }
    return INHERITED;
}

/* QEMU may translate the same code more than once. */
static struct block *find_block(uint64_t begin, uint64_t last, uint64_t end) {
    struct block **bucket = &blocks[begin / 2 % BUCKETS];
    for (struct block *block = *bucket; block != NULL; block = block->next) {
        if (block->begin == begin && block->end == end) return block;
    }
    struct block *block = checked(calloc(1, sizeof *block + contexts * sizeof block->tallies[0]));
    block->next = *bucket;
    block->begin = begin;
    block->last = last;
    block->end = end;
    block->place = place_of(begin);
    *bucket = block;
    return block;
}

/* A layer more than planned stays the driver's: the number of steps in the answer tells. */
static size_t next_step(void) {
    const size_t *planned = steps.items;
    const size_t step = steps_begun++;
    return step < steps.count ? planned[step] : DRIVER;
}

static void on_execution(unsigned int vcpu, void *data) {
    struct block *block = data;
    (void)vcpu;
    if (previous != NULL && previous->end != block->begin) previous_tally->jumps++;
    previous = NULL;
    if (block->begin == window_begin) counting = 1;
    if (block->begin == window_end) counting = 0;
    if (!counting) return;
    if (block->place >= 0) {
        context = (size_t)block->place;
    } else if (block->place == LAYER_ENTRY && context == DRIVER) {
        context = next_step();
    }
    previous = block;
    previous_tally = &block->tallies[context];
    previous_tally->runs++;
}

static void on_translation(qemu_plugin_id_t id, struct qemu_plugin_tb *tb) {
    const size_t count = qemu_plugin_tb_n_insns(tb);
    (void)id;
    if (count == 0) return;
    const struct qemu_plugin_insn *last = qemu_plugin_tb_get_insn(tb, count - 1);
    const uint64_t address = qemu_plugin_insn_vaddr(last);
    struct block *block = find_block(qemu_plugin_tb_vaddr(tb), address, address + qemu_plugin_insn_size(last));
    qemu_plugin_register_vcpu_tb_exec_cb(tb, on_execution, QEMU_PLUGIN_CB_NO_REGS, block);
}

static void write_counts(qemu_plugin_id_t id, void *data) {
    (void)id;
    (void)data;
    FILE *out = fopen(out_file, "w");
    if (out == NULL) {
        fprintf(stderr, "block_counts: cannot write the counts\n");
        return;
    }
    for (size_t bucket = 0; bucket < BUCKETS; bucket++) {
        for (const struct block *block = blocks[bucket]; block != NULL; block = block->next) {
            for (size_t c = 0; c < contexts; c++) {
                const struct tally *tally = &block->tallies[c];
                if (tally->runs == 0) continue;
                fprintf(out, "block %" PRIx64 " %" PRIx64 " %" PRIx64 " %zu %" PRIu64 " %" PRIu64 "\n", block->begin,
                        block->last, block->end, c, tally->runs, tally->jumps);
            }
        }
    }
    fprintf(out, "steps %zu\n", steps_begun);
    if (fclose(out) != 0) fprintf(stderr, "block_counts: cannot write the counts\n");
}

static int read_line(const char *line) {
    struct range range;
    uint64_t address;
    size_t number;
    if (sscanf(line, "begin %" SCNx64, &window_begin) == 1) return 1;
    if (sscanf(line, "end %" SCNx64, &window_end) == 1) return 1;
    if (sscanf(line, "contexts %zu", &contexts) == 1) return contexts > DRIVER;
    if (sscanf(line, "range %d %" SCNx64 " %" SCNx64, &range.context, &range.begin, &range.end) == 3) {
        append(&ranges, &range, sizeof range);
        return range.context >= 0 && (size_t)range.context < contexts;
    }
    if (sscanf(line, "entry %" SCNx64, &address) == 1) {
        append(&entries, &address, sizeof address);
        return 1;
    }
    if (sscanf(line, "step %zu", &number) == 1) {
        append(&steps, &number, sizeof number);
        return number < contexts;
    }
    return 0;
}

static int read_plan(const char *file) {
    char line[128];
    FILE *plan = fopen(file, "r");
    int good = plan != NULL;
    while (good && fgets(line, sizeof line, plan) != NULL) good = read_line(line);
    if (plan != NULL) fclose(plan);
    return good && contexts > 0;
}

int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int argc, char **argv) {
    const char *plan = NULL;
    (void)info;
    for (int i = 0; i < argc; i++) {
        if (strncmp(argv[i], "plan=", 5) == 0) plan = argv[i] + 5;
        if (strncmp(argv[i], "out=", 4) == 0) out_file = argv[i] + 4;
    }
    if (plan == NULL || out_file == NULL || !read_plan(plan)) {
        fprintf(stderr, "block_counts: no plan that can be read\n");
        return -1;
    }
    /* QEMU frees the arguments. */
    out_file = checked(strdup(out_file));
    qemu_plugin_register_vcpu_tb_trans_cb(id, on_translation);
    qemu_plugin_register_atexit_cb(id, write_counts, NULL);
    return 0;
}
