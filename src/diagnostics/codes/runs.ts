import { entry } from './entry.js';

/** E08xx: toolchain, emulation and checks. */
export const runCodes = {
  E0801: entry(
    'a tool is missing',
    'A compiler or emulator that the command needs was not found on PATH. `effnetc doctor` shows what is found and how to install the rest.',
  ),
  E0802: entry(
    'the compiler refuses the C',
    'The generated C or its test harness did not compile or link; the text of the compiler is shown. Generated C has to be clean under all warnings, so this is a fault of effnetc unless the compiler is very old or incomplete: `effnetc doctor` tries it out.',
  ),
  E0803: entry(
    'firmware does not fit the emulated board',
    'Code, weights and buffers, with the test harness and its copies of input and output, are larger than the memory of the board that emulates the target. The core of the same kind without the limits of a board (`effnetc targets`) has room.',
  ),
  E0804: entry(
    'no end in time',
    'A program ran for longer than any sound run takes, and was stopped. A model of hundreds of millions of multiplications may really need that long in emulation; otherwise the generated code loops.',
  ),
  E0805: entry(
    'firmware crashed',
    'The generated code ended with a fault of the processor, for instance an access to memory that is not there, an unaligned access on a core that has none, or an instruction that the core does not know. Memory has been damaged or the code does not suit the core: a fault of effnetc, worth a report with the model.',
  ),
  E0806: entry(
    'write outside of a buffer',
    'After an inference the bytes around the input or the output, or the input itself, had changed: the generated code wrote where it must not. A fault of effnetc, worth a report with the model.',
  ),
  E0807: entry(
    'undefined behaviour found',
    'AddressSanitizer or UBSan stopped the generated C on this machine: it reads or writes outside of its buffers, overflows a signed integer or shifts too far. A fault of effnetc, worth a report with the model. The text of the sanitizer names function and line; EFFNETC_KEEP_BUILD=1 keeps the sources that it speaks of.',
  ),
  E0808: entry(
    'results of a run are incomplete',
    'The firmware came to its end, but the files that it wrote lack outputs or rows of layers, or have too many. A fault of effnetc, or a full disk.',
  ),
  E0809: entry(
    'a tool does not work',
    'A compiler or emulator is installed but failed before it did anything useful, for instance because of a missing library or an old version. `effnetc doctor` tries all tools out.',
  ),
  E0810: entry(
    'stack overflow',
    'The stack grew below the memory that is left for it on the emulated board. The message of `effnetc profile` on a core with more memory shows how much stack the model needs.',
  ),
  E0811: entry(
    'run too long to be counted',
    'The timer of the emulated board has 32 bits, enough for some two thousand million instructions in one layer; the inference took more. Profile a smaller input.',
  ),
  E0812: entry(
    'layers and driver are not the total',
    'Layers are timed in a build with hooks around each step, the total in one without. Both are meant to be the same code but for the hooks; here what was executed inside and outside of the steps does not add up to the total, so that figures by layer would mean nothing. Either the compiler treats the hooks in a way that effnetc does not expect, or effnetc is at fault: worth a report with the model and the version of the compiler.',
  ),
} as const;
