/* Runs the model on every vector of in.bin and writes its outputs to out.bin. */
#include "buffers.h"
#include "config.h"
#include "port.h"
#ifdef EFFNETC_TRACE
#include "trace.h"
#endif

static int open_or_exit(int file, int code) {
    if (file < 0) port_exit(code);
    return file;
}

int main(void) {
    const int in = open_or_exit(port_open_read("in.bin"), EXIT_INPUT_FILE);
    const int out = open_or_exit(port_open_write("out.bin"), EXIT_OUTPUT_FILE);
    const uint32_t vectors = port_size(in) / INPUT_BYTES;

#ifdef EFFNETC_TRACE
    trace_open();
#endif
    for (uint32_t v = 0; v < vectors; v++) {
        if (!port_read(in, buffers_input(), INPUT_BYTES)) port_exit(EXIT_INPUT_FILE);
        buffers_guard();
        MODEL_INFER(buffers_input(), buffers_output());
        buffers_check();
        if (!port_write(out, buffers_output(), OUTPUT_BYTES)) port_exit(EXIT_OUTPUT_FILE);
    }
#ifdef EFFNETC_TRACE
    trace_close();
#endif
    port_close(in);
    port_close(out);
    port_exit(EXIT_OK);
}
