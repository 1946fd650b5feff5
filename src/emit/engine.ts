import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Handlebars from 'handlebars';
import { InternalError } from '../diagnostics/diagnostic.js';
import { helpers } from './helpers.js';
import { checks, parseStrict, printed, required } from './strict-template.js';

type Compiled = (view: unknown, options?: Handlebars.RuntimeOptions) => string;

/**
 * Renders the templates below a directory: `render('kernels/conv/generic', view)` uses `kernels/conv/generic.hbs`.
 * Partials are named the same way. Templates are logic-free: `#if`, `#unless`, `#each`, partials and the helpers of
 * helpers.ts; a field that the view does not have is an error, wherever it stands.
 *
 * C text is printed as it is. With `escape: 'html'` every value is escaped, so that it can stand as text or in a quoted
 * attribute of HTML, never in a script or style; there is no way around it, since `{{{` is refused.
 */
export class TemplateEngine {
  private readonly environment = Handlebars.create();
  private readonly compiled = new Map<string, Compiled>();

  /** @param root directory of the templates */
  constructor(
    private readonly root: string,
    private readonly options: { readonly escape?: 'html' | undefined } = {},
  ) {
    for (const [name, helper] of Object.entries(helpers)) {
      // Handlebars adds an argument of its own at the end.
      this.environment.registerHelper(name, (...given: unknown[]) => helper(...firstTwo(given)));
    }
    this.environment.registerHelper(checks.required, required);
    this.environment.registerHelper(checks.printed, printed);
    // Typed as read-only, but this is where Handlebars looks.
    Object.assign(this.environment, { partials: this.partials() });
  }

  /**
   * The text of a template, with LF line ends, no trailing blanks and one final line end.
   *
   * @param name path below the root, without `.hbs`
   * @throws InternalError that names template and field, when they do not fit
   */
  render(name: string, view: object): string {
    const text = this.template(name)(view);
    return `${text.replace(/[ \t]*\r?\n/g, '\n').trimEnd()}\n`;
  }

  private template(name: string): Compiled {
    let template = this.compiled.get(name);
    if (template === undefined) {
      template = this.compile(name);
      this.compiled.set(name, template);
    }
    return template;
  }

  private compile(name: string): Compiled {
    const template = named(name, () =>
      this.environment.compile(parseStrict(this.read(name)), {
        // Its own strict mode stops `a.b` with a raw TypeError where `a` is missing; the checks cover all that it does.
        strict: false,
        noEscape: this.options.escape === undefined,
        knownHelpersOnly: true,
        knownHelpers: Object.fromEntries([...Object.keys(helpers), ...Object.values(checks)].map(key => [key, true])),
      }),
    );
    // What Handlebars does anyway, but without a warning on stderr.
    const access = { allowProtoPropertiesByDefault: false, allowProtoMethodsByDefault: false };
    return (view, options) => named(name, () => template(view, { ...options, ...access }));
  }

  private read(name: string): string {
    try {
      return readFileSync(join(this.root, `${name}.hbs`), 'utf8').replaceAll('\r\n', '\n');
    } catch {
      throw new InternalError('there is no such file');
    }
  }

  /** Handlebars looks partials up as properties of an object; this one reads them when they are asked for. */
  private partials(): Record<string, Compiled> {
    return new Proxy<Record<string, Compiled>>(
      {},
      {
        get: (_, name) => (typeof name === 'string' ? this.template(name) : undefined),
        // It takes own properties only, as a guard against prototypes.
        getOwnPropertyDescriptor: (_, name) => ({
          configurable: true,
          enumerable: true,
          value: typeof name === 'string' ? this.template(name) : undefined,
        }),
      },
    );
  }
}

const firstTwo = (given: readonly unknown[]): [unknown, unknown?] => {
  const [first, second] = given.slice(0, -1);
  return given.length > 2 ? [first, second] : [first];
};

/** Runs `action`; its errors get the name of the template, the innermost one where partials are nested. */
function named<T>(name: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (error instanceof TemplateError) throw error;
    throw new TemplateError(`template ${name}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

class TemplateError extends InternalError {}
