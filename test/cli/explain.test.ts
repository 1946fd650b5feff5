import { describe, expect, it } from 'vitest';
import { codes } from '../../src/diagnostics/codes.js';
import { capture } from './capture.js';

describe('effnetc explain', () => {
  it.each(['E0202', 'e0202', 'error[E0202]', 'error[e0202]:', 'warning[E0202]'])('takes %s', async code => {
    const { code: exit, stdout } = await capture(['explain', code]);
    expect(exit).toBe(0);
    expect(stdout).toMatch(/^E0202: window does not fit its input\n\nThe kernel is larger/);
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });

  it('prints with --quiet too: it was asked for', async () => {
    expect((await capture(['explain', 'E0202', '--quiet'])).stdout).not.toBe('');
  });

  it('gives the parts as JSON', async () => {
    const { stdout } = await capture(['explain', 'E0202', '--json']);
    expect(JSON.parse(stdout)).toEqual({ code: 'E0202', ...codes.E0202 });
  });

  it('lists all codes in order when none is given', async () => {
    const listed = JSON.parse((await capture(['explain', '--json'])).stdout).codes.map((c: { code: string }) => c.code);
    expect(listed).toEqual(Object.keys(codes).sort());
    const lines = (await capture(['explain'])).stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(listed.length + 1);
  });

  it('guesses what an unknown code was meant to be', async () => {
    const { code, stderr } = await capture(['explain', 'E9202']);
    expect(code).toBe(2);
    expect(stderr).toMatchInlineSnapshot(`
      "error[E0907]: there is no diagnostic code "E9202"
         = help: did you mean E0202? effnetc explain without a code lists them all
      "
    `);
    expect((await capture(['explain', 'nonsense'])).stderr).not.toContain('did you mean');
    expect((await capture(['explain', '__proto__'])).code).toBe(2);
  });
});
