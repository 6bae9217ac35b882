import type { PageContext, PageElement, PageEvent } from './page.ts';

// This module is also sent to the page, as text: it must import nothing but types.

export interface CurvePanel {
  readonly title: string;
  /** Shown in parentheses after the title. */
  readonly unit?: string;
  readonly color: string;
  /** Pins the top of the axis. Default: the largest value. */
  readonly top?: number;
}

export interface CurveFrame {
  readonly label: string;
  readonly panels: readonly CurvePanel[];
  /** Step of each point. */
  readonly x: ArrayLike<number>;
  /** For each panel one value a point. */
  readonly y: readonly ArrayLike<number>[];
}

const size = { width: 340, height: 190, left: 46, right: 12, top: 30, bottom: 26 };

/** The panels side by side as an SVG that takes its ink from the page. Cheap: it is drawn ten times a second. */
export function drawCurves(frame: CurveFrame): string {
  const width = size.width * frame.panels.length;
  const panels = frame.panels.map(
    (panel, i) =>
      `<g transform="translate(${i * size.width},0)">${drawPanel(panel, frame.x, frame.y[i]!)}</g>`,
  );
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="${escapeText(frame.label)}" ` +
    `viewBox="0 0 ${width} ${size.height}" width="${width}" height="${size.height}" ` +
    `style="max-width:100%;height:auto;font:11px system-ui,sans-serif;font-variant-numeric:tabular-nums" ` +
    `fill="currentColor">${panels.join('')}</svg>`
  );
}

function drawPanel(panel: CurvePanel, x: ArrayLike<number>, y: ArrayLike<number>): string {
  const { height, left, right, bottom, width } = size;
  const scale = panelScale(panel, x, y);
  const lines = ticks(0, scale.top, 4).map((value) => {
    const at = scale.y(value).toFixed(1);
    const grid = `<path d="M${left} ${at}H${width - right}" stroke="currentColor" stroke-opacity=".15"/>`;
    return `${grid}<text x="${left - 6}" y="${at}" dy=".32em" text-anchor="end" opacity=".75">${short(value)}</text>`;
  });
  const steps = ticks(scale.first, scale.last, 4).map(
    (value) =>
      `<text x="${scale.x(value).toFixed(1)}" y="${height - bottom + 16}" text-anchor="middle" opacity=".75">${short(value)}</text>`,
  );
  const last = y.length > 0 ? short(y[y.length - 1]!) : '';
  const unit = panel.unit ? ` ${panel.unit}` : '';
  const title = `<text x="${left}" y="16" font-size="13" font-weight="600">${escapeText(panel.title)}</text>`;
  const now = `<text x="${width - right}" y="16" font-size="13" text-anchor="end" fill="${panel.color}" font-weight="600">${last}${unit}</text>`;
  return `${title}${now}${lines.join('')}${steps.join('')}${drawLine(panel, { x, y, scale })}`;
}

interface PanelScale {
  readonly first: number;
  readonly last: number;
  readonly top: number;
  x(step: number): number;
  y(value: number): number;
}

interface Line {
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  readonly scale: PanelScale;
}

/** Gaps where a value is not finite; what is above the axis stays at its edge. */
function drawLine({ color }: CurvePanel, { x, y, scale }: Line): string {
  let path = '';
  let gap = true;
  for (let i = 0; i < x.length; i++) {
    const value = y[i]!;
    if (Number.isFinite(value))
      path += `${gap ? 'M' : 'L'}${scale.x(x[i]!).toFixed(1)} ${scale.y(value).toFixed(1)}`;
    gap = !Number.isFinite(value);
  }
  if (x.length === 1 && path)
    return `<circle cx="${scale.x(x[0]!).toFixed(1)}" cy="${scale.y(y[0]!).toFixed(1)}" r="3" fill="${color}"/>`;
  return path && `<path d="${path}" fill="none" stroke="${color}" stroke-width="2" stroke-linejoin="round"/>`;
}

function panelScale(panel: CurvePanel, x: ArrayLike<number>, y: ArrayLike<number>): PanelScale {
  const first = x[0] ?? 0;
  const last = Math.max(first + 1, x[x.length - 1] ?? 1);
  let top = panel.top ?? 0;
  if (panel.top === undefined)
    for (let i = 0; i < y.length; i++) if (Number.isFinite(y[i]!)) top = Math.max(top, y[i]!);
  top = top || 1;
  const { left, right, bottom, width, height } = size;
  const [w, h] = [width - left - right, height - size.top - bottom];
  return {
    first,
    last,
    top,
    x: (step) => left + ((step - first) / (last - first)) * w,
    y: (value) => size.top + (1 - Math.min(1, Math.max(0, value / top))) * h,
  };
}

/** Round numbers from `low` to `high`, at most `count` steps apart. */
function ticks(low: number, high: number, count: number): number[] {
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough)!;
  const found: number[] = [];
  for (let i = Math.ceil(low / step); i * step <= high * (1 + 1e-9); i++) found.push(i * step);
  return found;
}

const short = (value: number): string => String(Number(value.toPrecision(4)));

const escapeText = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');

function readFrame(model: PageContext['model']): CurveFrame {
  const label = model.get('label') as string;
  const panels = model.get('panels') as CurvePanel[];
  const data = model.get('data') as DataView;
  const bytes = data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength);
  const values = new Float32Array(bytes as ArrayBuffer);
  const count = values.length / (panels.length + 1);
  const part = (i: number): Float32Array => values.subarray(i * count, (i + 1) * count);
  return { label, panels, x: part(0), y: panels.map((_, i) => part(i + 1)) };
}

/** The curves, and below them the values under the pointer. */
function render({ model, el }: PageContext): () => void {
  const picture = el.ownerDocument.createElement('div');
  const caption = el.ownerDocument.createElement('div');
  caption.setAttribute('style', 'font:12px system-ui,sans-serif;min-height:1.5em;opacity:.8');
  el.append(picture, caption);
  let frame = readFrame(model);
  const draw = (): void => {
    frame = readFrame(model);
    picture.innerHTML = drawCurves(frame);
  };
  picture.addEventListener('pointermove', (event) => {
    caption.textContent = valuesUnder(event, { picture, frame });
  });
  picture.addEventListener('pointerleave', () => {
    caption.textContent = '';
  });
  draw();
  model.on('change:data', draw);
  return () => model.off('change:data', draw);
}

function valuesUnder(
  event: PageEvent,
  { picture, frame }: { picture: PageElement; frame: CurveFrame },
): string {
  const box = picture.querySelector('svg')!.getBoundingClientRect();
  const at = (((event.clientX - box.left) / box.width) * frame.panels.length) % 1;
  const { left, right, width } = size;
  const share = (at * width - left) / (width - left - right);
  if (share < 0 || share > 1 || frame.x.length === 0) return '';
  const step = frame.x[0]! + share * (frame.x[frame.x.length - 1]! - frame.x[0]!);
  let near = 0;
  for (let i = 0; i < frame.x.length; i++)
    if (Math.abs(frame.x[i]! - step) < Math.abs(frame.x[near]! - step)) near = i;
  const values = frame.panels.map(
    ({ title, unit }, i) => `${title} ${short(frame.y[i]![near]!)}${unit ? ` ${unit}` : ''}`,
  );
  return [`Step ${Math.round(frame.x[near]!)}`, ...values].join(' · ');
}

export default {
  /** Tells the kernel that this front end can show widgets. */
  initialize({ model }: PageContext): void {
    model.send({ kind: 'ready' });
  },
  render,
};
