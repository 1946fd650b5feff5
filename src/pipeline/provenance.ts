import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { LabelledText } from '../emit/views.js';
import type { OrderGoal } from '../plan/plan.js';
import type { Target } from '../target/target.js';
import type { LoadedModel, RandomWeights } from './load.js';

/** Where a model and its weights came from, without directories: the same wherever they lie. */
export function describeSource({ model, weights }: LoadedModel['source']): LabelledText[] {
  return [
    { label: 'model', text: `${basename(model)}, SHA-256 ${sha256(model)}` },
    ...(weights === undefined ? [] : [{ label: 'weights', text: describeWeights(weights) }]),
  ];
}

/** The command that writes this C again, in the directory where model and weights are. */
export function describeCommand(
  { source: { model, weights }, rounding, keepsChannels }: LoadedModel,
  target: Target,
  order: OrderGoal,
) {
  const parameters = weights === undefined ? '' : `${weightsOption(weights)} `;
  const more = (order === 'search' ? '' : ` --order ${order}`) + (keepsChannels === true ? ' --keep-channels' : '');
  return `effnetc compile ${quoted(basename(model))} ${parameters}--target ${target.name} --rounding ${rounding}${more} -o .`;
}

function weightsOption(weights: string | RandomWeights): string {
  return typeof weights === 'string' ? `--weights ${quoted(basename(weights))}` : `--random-weights ${weights.seed}`;
}

/** A file name for a shell. */
const quoted = (name: string): string =>
  /^[\w.,@%+=][\w.,@%+=-]*$/.test(name) ? name : `'${name.replaceAll("'", "'\\''")}'`;

function describeWeights(weights: string | RandomWeights): string {
  if (typeof weights === 'string') return `${basename(weights)}, SHA-256 ${sha256(weights)}`;
  return `RANDOM, seed ${weights.seed}: this network is not trained`;
}

function sha256(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}
