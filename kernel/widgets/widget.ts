import { EventEmitter } from 'node:events';
import { inspect } from 'node:util';
import { type Displayable, displaySymbol, type MimeBundle } from '../../src/report.ts';
import { toMimeBundle } from '../display.ts';
import { type Comm, type CommEvent, comms } from '../engine/comms.ts';
import { escapeHtml } from '../html/escape.ts';
import { type BufferPath, putBuffers, removeBuffers } from './buffers.ts';
import { listForReloads } from './control.ts';

/** The front end that draws our widgets, and what it calls itself. */
const anywidget = {
  _model_module: 'anywidget',
  _model_name: 'AnyModel',
  _model_module_version: '~0.11.*',
  _view_module: 'anywidget',
  _view_name: 'AnyView',
  _view_module_version: '~0.11.*',
  _view_count: null,
} as const;

/** Version of the widget messages' protocol. */
export const widgetProtocol = { version: '2.1.0' } as const;

export const viewMime = 'application/vnd.jupyter.widget-view+json';

export type WidgetState = Record<string, unknown>;

export interface WidgetOptions<State extends WidgetState> {
  /** Source of an ES module whose default export has `render({model, el})`, and perhaps `initialize({model})`. */
  readonly esm?: string;
  /** In place of `esm`: its source goes to the page, so it can use nothing but its argument and the page. */
  readonly render?: (context: never) => unknown;
  readonly css?: string;
  /** What page and cell share: JSON and typed arrays, which arrive as DataView there and as Uint8Array here. */
  readonly state?: State;
  /** What shows where no widget can: in a terminal, a saved notebook, an exported page. */
  readonly fallback?: (state: Readonly<State>) => unknown;
}

/**
 * A live view in the page, drawn by anywidget, that shares its state with the cells. Events: `change:NAME` and
 * `change` when the page changed it, `message` for what the page sends by `model.send`, `close`.
 */
export class Widget<State extends WidgetState = WidgetState> implements Displayable {
  readonly #comm: Comm;
  readonly #events = new EventEmitter();
  readonly #source: Readonly<Record<string, string>>;
  readonly #fallback: (() => unknown) | undefined;
  readonly #state: State;

  constructor(options: WidgetOptions<State>) {
    this.#source = sourceOf(options);
    const { fallback } = options;
    this.#state = { ...options.state } as State;
    this.#fallback = fallback && (() => fallback(this.#state));
    const { state, buffer_paths, buffers } = removeBuffers(this.#fullState());
    const sent = { buffers, metadata: widgetProtocol };
    this.#comm = comms.open('jupyter.widget', { state, buffer_paths }, sent);
    this.#comm.on('message', (event) => this.#receive(event));
    this.#comm.on('close', () => this.#events.emit('close'));
    listForReloads(this.#comm, () => this.#fullState());
  }

  /** The comm's id, by which the page knows the model. */
  get id(): string {
    return this.#comm.id;
  }

  /** False after either side has closed it, or if there is no front end. */
  get isOpen(): boolean {
    return this.#comm.isOpen;
  }

  get<K extends keyof State>(name: K): State[K] {
    return this.#state[name];
  }

  /** Changes the state here and in the page: one value by name, or several at once. */
  set<K extends keyof State>(name: K, value: State[K]): void;
  set(changes: Partial<State>): void;
  set(nameOrChanges: keyof State | Partial<State>, value?: unknown): void {
    const changes = typeof nameOrChanges === 'object' ? nameOrChanges : { [nameOrChanges]: value };
    const changed = Object.entries(changes).filter(([name, next]) => !Object.is(this.#state[name], next));
    if (changed.length === 0) return;
    Object.assign(this.#state, Object.fromEntries(changed));
    this.#sendState(Object.fromEntries(changed));
  }

  /** Sends a message to the page's `model.on('msg:custom', ...)`. */
  send(content: unknown, buffers: readonly (ArrayBuffer | ArrayBufferView)[] = []): void {
    this.#comm.send({ method: 'custom', content }, { buffers, metadata: widgetProtocol });
  }

  // biome-ignore lint/suspicious/noExplicitAny: listeners know the types of their own widget's state
  on(event: string, listener: (...values: any[]) => unknown): this {
    this.#events.on(event, listener);
    return this;
  }

  // biome-ignore lint/suspicious/noExplicitAny: as above
  off(event: string, listener: (...values: any[]) => unknown): this {
    this.#events.off(event, listener);
    return this;
  }

  /** Calls `listener` with what the page sends by `model.send(content, callbacks, buffers)`. */
  onMessage(listener: (content: unknown, buffers: readonly Uint8Array[]) => unknown): this {
    return this.on('message', listener);
  }

  /** Takes the live view from the page. */
  close(): void {
    this.#comm.close();
  }

  /** The live view, beside the representations that the fallback has for those who cannot show it. */
  [displaySymbol](): MimeBundle | Promise<MimeBundle> {
    const still = this.#still();
    return still instanceof Promise ? still.then((bundle) => this.#bundle(bundle)) : this.#bundle(still);
  }

  #bundle(still: MimeBundle): MimeBundle {
    return this.isOpen ? { [viewMime]: widgetView(this.id), ...still } : still;
  }

  #still(): MimeBundle | Promise<MimeBundle> {
    if (this.#fallback) return toMimeBundle(this.#fallback());
    const text = `Widget ${inspect(this.#state, { maxArrayLength: 8, depth: 1 })}`;
    return { 'text/html': `<pre>${escapeHtml(text)}</pre>`, 'text/plain': text };
  }

  #fullState(): Record<string, unknown> {
    return { ...anywidget, _anywidget_id: 'edgebook.Widget', ...this.#source, ...this.#state };
  }

  #sendState(changes: object): void {
    const { state, buffer_paths, buffers } = removeBuffers(changes);
    this.#comm.send({ method: 'update', state, buffer_paths }, { buffers, metadata: widgetProtocol });
  }

  #receive({ data, buffers }: CommEvent): void {
    if (data.method === 'request_state') this.#sendState(this.#fullState());
    if (data.method === 'custom') this.#events.emit('message', data.content, buffers);
    if (data.method !== 'update') return;
    const changes = { ...(data.state as Record<string, unknown>) };
    putBuffers(changes, (data.buffer_paths ?? []) as BufferPath[], buffers);
    this.#change(changes as Partial<State>);
  }

  #change(changes: Partial<State>): void {
    const before = { ...this.#state };
    Object.assign(this.#state, changes);
    for (const [name, value] of Object.entries(changes))
      this.#events.emit(`change:${name}`, value, before[name]);
    this.#events.emit('change', changes);
  }
}

/** A live view in the page: `widget({render({model, el}) {...}, state: {...}})`. */
export function widget<State extends WidgetState>(options: WidgetOptions<State>): Widget<State> {
  return new Widget(options);
}

/** What `viewMime` holds. */
export const widgetView = (id: string) => ({ version_major: 2, version_minor: 0, model_id: id });

type Source = Pick<WidgetOptions<WidgetState>, 'esm' | 'render' | 'css'>;

function sourceOf({ esm, render, css }: Source): Record<string, string> {
  if ((esm === undefined) === (render === undefined))
    throw new TypeError('A widget needs either `esm`, the source of a module, or `render`, a function');
  return { _esm: esm ?? `export default { render: ${expression(render!)} };`, ...(css && { _css: css }) };
}

/** `render({model}) {...}`, as a method is written, is no expression of its own. */
function expression(render: NonNullable<Source['render']>): string {
  const source = render.toString();
  const isMethod = !/^(async\s+)?(function\b|\(|[\w$]+\s*=>)/.test(source);
  return isMethod ? `({ ${source} }).${render.name}` : source;
}
