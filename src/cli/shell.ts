import { type Command, CommanderError } from 'commander';
import { CompileError, type Diagnostic } from '../diagnostics/diagnostic.js';
import { renderDiagnostic } from '../diagnostics/render.js';
import { renderInternalError } from '../diagnostics/render-internal.js';
import { Session } from '../diagnostics/session.js';
import { type ExitCode, exitCodeOfAll, exitCodes } from './exit-codes.js';
import type { CliContext, CommandIo, CommandResult, OutputStream, Progress, TextStyle } from './io.js';
import { type JsonObject, jsonText } from './output.js';
import { noProgress, ProgressLine } from './progress.js';
import { usageDiagnostic } from './usage-error.js';

/**
 * What all commands have in common: --json, --quiet and --no-color, the printing of results and of errors, the exit
 * code. A command computes a result; the shell decides how it looks.
 */
export class Shell {
  private readonly json: boolean;
  private readonly quiet: boolean;
  private readonly session = new Session();
  private readonly progress: Progress;
  private code: ExitCode = exitCodes.fine;

  constructor(
    readonly context: CliContext,
    private readonly argv: readonly string[],
  ) {
    // Looked up here and not in what commander parsed, since its errors have to obey them too.
    const end = argv.indexOf('--');
    const flags = new Set(end < 0 ? argv : argv.slice(0, end));
    this.json = flags.has('--json');
    this.quiet = flags.has('--quiet');
    this.noColour = flags.has('--no-color');
    const drawn = this.isTerminal(context.stderr) && !this.quiet && !this.json;
    this.progress = drawn ? new ProgressLine(context.stderr, context.now) : noProgress;
  }

  private readonly noColour: boolean;

  /** Text of commander for standard output, which with --json becomes a field. */
  private heldBack = '';

  /** What commander prints: the help and the version. */
  writeHelp(text: string): void {
    if (this.json) this.heldBack += text;
    else this.context.stdout.write(text);
  }

  get exitCode(): ExitCode {
    return this.code;
  }

  /**
   * Makes commander's action of a command.
   *
   * @param run gets the options as commander parsed them, then the arguments in order
   */
  action<Options extends object = object, Arguments extends unknown[] = []>(
    run: (io: CommandIo, options: Options, ...args: Arguments) => Promise<CommandResult>,
  ): (...received: unknown[]) => Promise<void> {
    return async (...received) => {
      // Commander calls with the arguments, the options and the command.
      const command = received.at(-1) as Command;
      const io: CommandIo = {
        cwd: this.context.cwd,
        env: this.context.env,
        version: this.context.version,
        session: this.session,
        progress: this.progress,
        list: text => {
          this.progress.clear();
          (this.json ? this.context.stderr : this.context.stdout).write(text);
        },
        json: this.json,
      };
      const result = await run(io, command.optsWithGlobals<Options>(), ...(command.processedArgs as Arguments));
      this.session.stopOnErrors();
      this.print(result);
    };
  }

  /** Tells how far a run of minutes is, a line at a time, in a pipe as well. */
  note(line: string): void {
    if (this.quiet || this.json) return;
    this.progress.clear();
    this.context.stderr.write(line);
  }

  /** Reports what a run threw, and gives the exit code. */
  fail(error: unknown): ExitCode {
    this.progress.clear();
    if (error instanceof CommanderError) return this.failUsage(error);
    if (error instanceof CompileError) return this.failDiagnosed(error.diagnostics);
    const { argv } = this;
    const { version, env, stderr } = this.context;
    const debug = env.EFFNETC_DEBUG === '1';
    stderr.write(renderInternalError(error, { colour: this.colourOn(stderr), version, argv, debug }));
    const message = error instanceof Error ? error.message : String(error);
    this.printJsonError({ code: 'internal', message, exitCode: exitCodes.internal, diagnostics: [] });
    return exitCodes.internal;
  }

  private failUsage(error: CommanderError): ExitCode {
    if (error.exitCode === 0) {
      // --help and --version, whose text commander has written.
      const text = this.heldBack.trimEnd();
      if (this.json)
        this.context.stdout.write(jsonText({ [text === this.context.version ? 'version' : 'help']: text }));
      return exitCodes.fine;
    }
    if (error.code === 'commander.help') {
      // No command was given. Commander has printed the help, on standard error.
      const exitCode = exitCodes.badInput;
      this.printJsonError({ code: 'E0904', message: 'no command given', exitCode, diagnostics: [] });
      return exitCode;
    }
    const command = this.argv.find(word => !word.startsWith('-'));
    return this.failDiagnosed([
      usageDiagnostic(error, error.code === 'commander.unknownCommand' ? undefined : command),
    ]);
  }

  private failDiagnosed(thrown: readonly Diagnostic[]): ExitCode {
    const all = [...new Set([...this.session.diagnostics, ...thrown])];
    this.printDiagnostics(this.quiet ? all.filter(d => d.severity === 'error') : all);
    const exitCode = exitCodeOfAll(all);
    const first = all.find(d => d.severity === 'error') ?? all[0];
    this.printJsonError({
      code: first?.code ?? 'internal',
      message: first?.message ?? '',
      exitCode,
      diagnostics: all.map(diagnosticJson),
    });
    return exitCode;
  }

  private print(result: CommandResult): void {
    this.progress.clear();
    if (!this.quiet) this.printDiagnostics(this.session.diagnostics);
    const { stdout } = this.context;
    if (this.json) stdout.write(jsonText(result.json));
    else if (!this.quiet || result.keepWhenQuiet) stdout.write(result.text(this.styleFor(stdout)));
    this.code = result.exitCode ?? exitCodes.fine;
  }

  private printDiagnostics(diagnostics: readonly Diagnostic[]): void {
    const { stderr } = this.context;
    const options = {
      sourceText: (file: string) => this.session.sourceText(file),
      colour: this.colourOn(stderr),
      width: stderr.columns,
    };
    for (const found of diagnostics) stderr.write(renderDiagnostic(found, options));
  }

  private printJsonError(error: JsonObject): void {
    if (this.json) this.context.stdout.write(jsonText({ error }));
  }

  private styleFor(stream: OutputStream): TextStyle {
    return { colour: this.colourOn(stream), pretty: this.isTerminal(stream), columns: stream.columns ?? 80 };
  }

  private isTerminal(stream: OutputStream): boolean {
    return stream.isTTY && this.context.env.TERM !== 'dumb';
  }

  /** The NO_COLOR convention: set and not empty. */
  private colourOn(stream: OutputStream): boolean {
    return this.isTerminal(stream) && !this.noColour && !this.context.env.NO_COLOR;
  }
}

function diagnosticJson(found: Diagnostic): JsonObject {
  return {
    code: found.code,
    severity: found.severity,
    message: found.message,
    ...(found.span && { span: { ...found.span } }),
    notes: found.notes.map(note => ({ message: note.message, ...(note.span && { span: { ...note.span } }) })),
    ...(found.hint !== undefined && { hint: found.hint }),
  };
}
