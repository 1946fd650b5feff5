import { fail, InternalError, invariant } from '../diagnostics/diagnostic.js';
import { runProcess } from './process.js';
import { requireTool, type Tool, type ToolName } from './tools.js';

const timeoutMs = 120_000;
/** A listing of 1 MB of code has about 20 MB. */
const maxInspected = 64 * 1024 * 1024;

/** The flags that generated C has to be clean under. */
export const warningFlags = ['-Wall', '-Wextra', '-Wconversion', '-Wshadow', '-Wundef', '-Wcast-align', '-Werror'];

/** A compiler that is there, run in one directory. */
export class Compiler {
  readonly tool: Tool;

  /** @throws CompileError E0801 when it is missing */
  constructor(
    name: ToolName,
    private readonly directory: string,
  ) {
    this.tool = requireTool(name);
  }

  /**
   * Runs the compiler or its linker.
   *
   * @param what completes "cannot ...", as in `compile tiny.c`
   * @throws CompileError E0802 with the compiler's own text, E0803 when the linker says that memory is too small
   */
  async run(what: string, args: readonly string[]): Promise<void> {
    const { outcome, stderr } = await runProcess(this.tool.path, args, { cwd: this.directory, timeoutMs });
    if (outcome.kind === 'exited' && outcome.code === 0) return;
    if (outcome.kind === 'timed-out') {
      fail('E0804', `${this.tool.program} took more than ${timeoutMs / 1000} s to ${what}`);
    }
    if (outcome.kind === 'not-started') fail('E0809', `${this.tool.program} cannot be started: ${outcome.reason}`);
    if (/leaves no room for the stack|will not fit in region|overflowed by/.test(stderr)) {
      fail('E0803', 'the firmware does not fit into the memory of the emulated board', { notes: [excerpt(stderr)] });
    }
    fail('E0802', `${this.tool.program} cannot ${what}`, { notes: [excerpt(stderr)] });
  }

  /** What a program that belongs to this compiler, such as its `nm`, writes about a file of ours. */
  async inspect(name: string, args: readonly string[]): Promise<string> {
    const options = { cwd: this.directory, timeoutMs, maxOutputBytes: maxInspected };
    const { outcome, stdout, stderr } = await runProcess(await this.program(name), args, options);
    if (outcome.kind !== 'exited' || outcome.code !== 0) throw new InternalError(`${name}: ${stderr}`);
    invariant(stdout.length < maxInspected, `the output of ${name} is complete`);
    return stdout;
  }

  private async program(name: string): Promise<string> {
    const run = await runProcess(this.tool.path, [`-print-prog-name=${name}`], { cwd: this.directory, timeoutMs });
    if (run.outcome.kind !== 'exited' || run.stdout.trim() === '') {
      throw new InternalError(`${this.tool.program} does not name its ${name}`);
    }
    return run.stdout.trim();
  }
}

const maxLines = 20;

/** The beginning of a compiler's text: the first errors are the ones to mend. */
function excerpt(text: string): string {
  const lines = text.trim().split('\n');
  const rest = lines.length - maxLines;
  return (rest > 0 ? [...lines.slice(0, maxLines), `... ${rest} more lines`] : lines).join('\n');
}
