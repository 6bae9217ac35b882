import type { DisplayHandle, LiveCurve, TrainingStep } from '../../magics/magic.ts';
import { type Displayable, displaySymbol, type MimeBundle } from '../../src/report.ts';
import { addLive, removeLive } from '../engine/live-displays.ts';
import { curveText } from './curve-text.ts';
import { type CurveFrame, type CurvePanel, drawCurves } from './curve-view.ts';
import { StepSeries } from './step-series.ts';

/** Redraws are at least so far apart, in ms, */
const interval = 100;
/** and all of them together take at most one part in so many of the time, */
const costFactor = 40;
/** but for the first, which take longer; in ms. */
const grace = 30;
/** How long the page may take to start the view before the curve begins without it, and how often that is looked at; in ms. */
const viewWait = 1000;
const viewInterval = 50;

const series = [
  { key: 'loss', scale: 1, panel: { title: 'Loss', color: '#2f7ebc' } },
  { key: 'accuracy', scale: 100, panel: { title: 'Accuracy', unit: '%', color: '#c96a12', top: 100 } },
] as const;

export const panels: readonly CurvePanel[] = series.map(({ panel }) => panel);

/** The live view of a curve, where a front end has one. */
export interface CurveView {
  /** Whether the page has started it. */
  isReady(): boolean;
  setData(data: Float32Array<ArrayBuffer>): void;
  /** What shows it. */
  bundle(): MimeBundle;
  close(): void;
}

export interface LiveCurveHost {
  display(value: unknown): DisplayHandle;
  readonly view?: CurveView;
}

/** Loss and accuracy over steps, below the cell, drawn anew while they come. The last frame stays in the notebook. */
export class ThrottledCurve implements LiveCurve {
  readonly #label: string;
  readonly #host: LiveCurveHost;
  readonly #points = new StepSeries(series.map(({ key }) => key));
  #handle: DisplayHandle | undefined;
  #live: CurveView | undefined;
  readonly #start = performance.now();
  #drawnAt = -Infinity;
  /** Time that redraws have taken. */
  #cost = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(label: string, host: LiveCurveHost) {
    this.#label = label;
    this.#host = host;
    addLive(this);
  }

  update(steps: readonly TrainingStep[]): void {
    for (const { step, ...values } of steps) this.#points.add(step, scaled(values));
    if (!this.#handle && !this.#mayBegin()) {
      this.#timer ??= setTimeout(() => this.#lookAgain(), viewInterval).unref();
      return;
    }
    if (!this.#handle) this.#begin();
    const affordable = this.#start + costFactor * (this.#cost - grace);
    const wait = Math.max(this.#drawnAt + interval, affordable) - performance.now();
    if (wait <= 0) this.#draw();
    else this.#timer ??= setTimeout(() => this.#draw(), wait).unref();
  }

  done(): void {
    removeLive(this);
    this.#stopTimer();
    if (!this.#handle && !this.#points.isEmpty) this.#begin();
    this.#live?.setData(this.#points.toArray());
    this.#handle?.update(this.#still());
    if (!this.#live) this.#host.view?.close();
  }

  /** The cell is over: what is on the page now is what stays. */
  flush(): void {
    this.done();
  }

  #mayBegin(): boolean {
    const { view } = this.#host;
    return !view || view.isReady() || performance.now() - this.#start > viewWait;
  }

  #lookAgain(): void {
    this.#stopTimer();
    this.update([]);
  }

  #begin(): void {
    if (this.#host.view?.isReady()) this.#live = this.#host.view;
    this.#live?.setData(this.#points.toArray());
    // One line: where text cannot be drawn over, the chart is printed once, when it is complete.
    this.#handle = this.#host.display(this.#still(`${this.#label}: begins`));
    this.#drawnAt = performance.now();
  }

  #draw(): void {
    this.#stopTimer();
    const start = performance.now();
    if (this.#live) this.#live.setData(this.#points.toArray());
    else this.#handle?.update(this.#still());
    this.#drawnAt = performance.now();
    this.#cost += this.#drawnAt - start;
  }

  /** The curves as they are now, for every front end. */
  #still(text?: string): Displayable {
    const live = this.#live?.bundle();
    const frame = this.#frame();
    const bundle = { ...live, 'text/html': drawCurves(frame), 'text/plain': text ?? curveText(frame) };
    return { [displaySymbol]: () => bundle };
  }

  #frame(): CurveFrame {
    const data = this.#points.toArray();
    const count = data.length / (series.length + 1);
    const [x, ...y] = Array.from({ length: series.length + 1 }, (_, i) =>
      data.subarray(i * count, (i + 1) * count),
    );
    return { label: this.#label, panels, x: x!, y };
  }

  #stopTimer(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}

function scaled(values: Omit<TrainingStep, 'step'>): Record<string, number> {
  const given = series.filter(({ key }) => values[key] !== undefined);
  return Object.fromEntries(given.map(({ key, scale }) => [key, values[key]! * scale]));
}
