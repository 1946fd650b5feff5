import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Workspace } from './workspace.js';

it('the C names the command that writes it again, and the total of its constants', async () => {
  const user = new Workspace();
  await user.fill();
  const read = (file: string) => readFileSync(join(user.directory, file), 'utf8');
  const compiled = await user.run(
    'compile model.ts --weights q.safetensors --target cortex-m4 --order layers -o out --json',
  );
  const { flash } = JSON.parse(compiled.stdout);
  const [, command = ''] = /^ \* {3}command {4}effnetc (.*)$/m.exec(read('out/small.c')) ?? [];
  expect(command).toBe(
    'compile model.ts --weights q.safetensors --target cortex-m4 --rounding native --order layers -o .',
  );
  expect((await user.run(command)).code).toBe(0);
  for (const file of ['small.h', 'small.c', 'small_weights.h', 'small_weights.c']) {
    expect(read(file)).toBe(read(`out/${file}`));
  }
  for (const file of ['small.h', 'small.c', 'small_weights.c']) {
    expect(read(file)).toContain(
      ` *   flash      ${flash.weights + flash.tables} bytes: ${flash.weights} of weights, `,
    );
  }
  user.remove();
});
