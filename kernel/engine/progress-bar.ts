import type { DisplayHandle, ProgressBar } from '../../magics/magic.ts';
import { displaySymbol, type MimeBundle, type Progress } from '../../src/report.ts';
import { escapeHtml } from '../html/escape.ts';
import { addLive, removeLive } from './live-displays.ts';
import { display } from './show-value.ts';

/** Front ends redraw at this pace at most. */
const interval = 100;
const cells = 24;

interface Frame {
  readonly label: string;
  readonly progress: Progress;
  readonly elapsed: number;
  readonly state: BarState;
}

type BarState = 'running' | 'finished' | 'stopped';

const colors: Readonly<Record<BarState, string>> = {
  running: '#3b82c4',
  finished: '#2e9d5b',
  stopped: '#c74a52',
};

export interface StoppableBar extends ProgressBar {
  /** Ends a bar that is not done, where it is; one that is done stays. */
  stop(message: string): void;
}

/** A bar below the cell that updates in place, at most ten times a second; the last frame is always shown. */
export function progressBar(label: string): StoppableBar {
  return new ThrottledBar(label);
}

class ThrottledBar implements StoppableBar {
  readonly #label: string;
  readonly #start = performance.now();
  readonly #handle: DisplayHandle;
  #progress: Progress = { done: 0, total: 0 };
  #shownAt = performance.now();
  #timer: NodeJS.Timeout | undefined;
  #isOver = false;

  constructor(label: string) {
    this.#label = label;
    this.#handle = display(this.#frame('running'));
    addLive(this);
  }

  update(progress: Progress): void {
    this.#progress = progress;
    const wait = this.#shownAt + interval - performance.now();
    if (wait <= 0) this.#show('running');
    else this.#timer ??= setTimeout(() => this.flush(), wait).unref();
  }

  done(message?: string): void {
    if (message !== undefined) this.#progress = { ...this.#progress, message };
    this.#end('finished');
  }

  stop(message: string): void {
    if (this.#isOver) return;
    const { message: last } = this.#progress;
    this.#progress = { ...this.#progress, message: [last, message].filter(Boolean).join(' · ') };
    this.#end('stopped');
  }

  flush(): void {
    if (this.#timer) this.#show('running');
  }

  #end(state: BarState): void {
    this.#isOver = true;
    removeLive(this);
    this.#show(state);
  }

  #show(state: BarState): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#shownAt = performance.now();
    this.#handle.update(this.#frame(state));
  }

  #frame(state: BarState): { [displaySymbol](): MimeBundle } {
    const elapsed = (performance.now() - this.#start) / 1000;
    const frame = { label: this.#label, progress: this.#progress, elapsed, state };
    return { [displaySymbol]: () => ({ 'text/html': toHtml(frame), 'text/plain': toText(frame) }) };
  }
}

function toText(frame: Frame): string {
  const filled = Math.round(fraction(frame) * cells);
  return `${frame.label} [${'#'.repeat(filled)}${'.'.repeat(cells - filled)}] ${caption(frame)}`;
}

function toHtml(frame: Frame): string {
  const width = (fraction(frame) * 100).toFixed(1);
  const color = colors[frame.state];
  return (
    `<div style="display:flex;align-items:center;gap:.6em;font:13px/1.6 system-ui,sans-serif">` +
    `<span style="min-width:7em">${escapeHtml(frame.label)}</span>` +
    `<span style="flex:0 1 16em;height:8px;border-radius:4px;background:rgba(127,127,127,.25)">` +
    `<span style="display:block;width:${width}%;height:8px;border-radius:4px;background:${color}"></span></span>` +
    `<span style="font-variant-numeric:tabular-nums">${escapeHtml(caption(frame))}</span></div>`
  );
}

/** `120/400 · loss 0.21 · 4.1 s, 9.6 s left`. */
function caption(frame: Frame): string {
  const { done, total, message } = frame.progress;
  const left =
    frame.state !== 'running' || done === 0 || done >= total
      ? undefined
      : (frame.elapsed / done) * (total - done);
  const time = seconds(frame.elapsed) + (left === undefined ? '' : `, ${seconds(left)} left`);
  return [total > 0 ? `${done}/${total}` : undefined, message, time].filter(Boolean).join(' · ');
}

function fraction({ progress: { done, total }, state }: Frame): number {
  if (total <= 0) return state === 'finished' ? 1 : 0;
  return Math.min(1, Math.max(0, done / total));
}

function seconds(value: number): string {
  if (value < 60) return `${value.toFixed(1)} s`;
  const whole = Math.round(value);
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
