/** Declarations of `comms`, `widget` and `liveCurve`, as cells find them. */
export const widgetGlobals = `  /** What arrives through a comm. */
  interface CommEvent {
    readonly data: Readonly<Record<string, any>>;
    readonly metadata: Readonly<Record<string, any>>;
    readonly buffers: readonly Uint8Array[];
  }
  interface CommSendOptions {
    readonly metadata?: Readonly<Record<string, unknown>>;
    readonly buffers?: readonly (ArrayBuffer | ArrayBufferView)[];
  }
  /** One end of a channel to a view in the front end. */
  interface Comm {
    readonly id: string;
    readonly target: string;
    readonly isOpen: boolean;
    send(data: Readonly<Record<string, unknown>>, options?: CommSendOptions): void;
    close(data?: Readonly<Record<string, unknown>>, options?: CommSendOptions): void;
    on(event: 'message' | 'close', listener: (event: CommEvent) => unknown): this;
    off(event: 'message' | 'close', listener: (event: CommEvent) => unknown): this;
  }
  /** Channels to the front end's views. */
  const comms: {
    /** Has \`handler\` answer the comms that a front end opens to \`target\`. */
    register(target: string, handler: (comm: Comm, event: CommEvent) => unknown): void;
    unregister(target: string): void;
    open(target: string, data?: Readonly<Record<string, unknown>>, options?: CommSendOptions): Comm;
  };
  /** A live view in the page that shares its state with the cells. */
  interface Widget<State> {
    readonly id: string;
    readonly isOpen: boolean;
    get<K extends keyof State>(name: K): State[K];
    set<K extends keyof State>(name: K, value: State[K]): void;
    set(changes: Partial<State>): void;
    send(content: unknown, buffers?: readonly (ArrayBuffer | ArrayBufferView)[]): void;
    /** Events: \`change:NAME\`, \`change\`, \`message\`, \`close\`. */
    on(event: string, listener: (...values: any[]) => unknown): this;
    off(event: string, listener: (...values: any[]) => unknown): this;
    onMessage(listener: (content: any, buffers: readonly Uint8Array[]) => unknown): this;
    close(): void;
  }
  /** Makes a live view, drawn in the page by anywidget. */
  function widget<State extends Record<string, any>>(options: {
    /** Source of an ES module whose default export has \`render({model, el})\`. */
    readonly esm?: string;
    /** In place of \`esm\`; its source goes to the page. */
    readonly render?: (context: { model: any; el: any }) => unknown;
    readonly css?: string;
    readonly state?: State;
    /** What shows where no widget can. */
    readonly fallback?: (state: Readonly<State>) => unknown;
  }): Widget<State>;
  /** A curve below the cell that grows with the steps it is given: \`fit(model, data, { onProgress: ({ steps }) => curve.update(steps) })\`. */
  function liveCurve(label: string): {
    update(steps: readonly { readonly step: number; readonly loss?: number; readonly accuracy?: number }[]): void;
    done(): void;
  };`;
