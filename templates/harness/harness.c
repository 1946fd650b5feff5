/* Runs the model on every vector of in.bin and writes its outputs to out.bin. */
#include "effnetc_harness/buffers.h"
#include "effnetc_harness/port.h"
#ifdef EFFNETC_TRACE
#include "effnetc_harness/trace.h"
#endif

static int open_or_exit(int file, int code) {
    if (file < 0) port_exit(code);
    return file;
}

int main(void) {
    const int in = open_or_exit(port_open_read("in.bin"), EFFNETC_EXIT_INPUT_FILE);
    const int out = open_or_exit(port_open_write("out.bin"), EFFNETC_EXIT_OUTPUT_FILE);
    const uint32_t vectors = port_size(in) / buffers_input_bytes;

#ifdef EFFNETC_TRACE
    trace_open();
#endif
    for (uint32_t v = 0; v < vectors; v++) {
        if (!port_read(in, buffers_input(), buffers_input_bytes)) port_exit(EFFNETC_EXIT_INPUT_FILE);
        buffers_guard();
        buffers_infer_once();
        buffers_check();
        if (!port_write(out, buffers_output(), buffers_output_bytes)) port_exit(EFFNETC_EXIT_OUTPUT_FILE);
    }
#ifdef EFFNETC_TRACE
    trace_close();
#endif
    port_close(in);
    port_close(out);
    port_exit(EFFNETC_EXIT_OK);
}
