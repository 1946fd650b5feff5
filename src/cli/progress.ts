import { escapeControls } from '../diagnostics/text.js';
import type { OutputStream, Progress } from './io.js';

/** For pipes, --quiet and --json. */
export const noProgress: Progress = { update: () => {}, clear: () => {} };

const redrawMs = 80;
/** Before this a guess at the time left is worth nothing. */
const settleMs = 1000;

/** `3 s`, `2 min 5 s`. */
function formatSeconds(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** One line that is drawn over and over: `emulating  37/100, 5 s left`. For a terminal only. */
export class ProgressLine implements Progress {
  private label = '';
  private started = 0;
  private drawnAt = Number.NEGATIVE_INFINITY;
  private visible = false;

  constructor(
    private readonly stream: OutputStream,
    private readonly now: () => number,
  ) {}

  update(label: string, done: number, total: number): void {
    const now = this.now();
    if (label !== this.label) {
      this.label = label;
      this.started = now;
      this.drawnAt = Number.NEGATIVE_INFINITY;
    }
    if (now - this.drawnAt < redrawMs && done < total) return;
    this.drawnAt = now;
    const elapsed = now - this.started;
    const left = done > 0 && done < total && elapsed >= settleMs ? (elapsed * (total - done)) / done : undefined;
    const time = left === undefined ? '' : `, ${formatSeconds(left)} left`;
    const text = `${escapeControls(label)}  ${done}/${total}${time}`;
    // A line as wide as the terminal would wrap, and the next one could not be drawn over it.
    this.stream.write(`\r${text.slice(0, (this.stream.columns ?? 80) - 1)}\u001b[K`);
    this.visible = true;
  }

  clear(): void {
    if (this.visible) this.stream.write('\r\u001b[K');
    this.visible = false;
    this.label = '';
  }
}
