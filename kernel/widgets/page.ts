/** What the views in this folder use of a page; the DOM's own types would hold for the kernel's code as well. */
export interface PageElement {
  innerHTML: string;
  textContent: string | null;
  readonly style: Record<string, string> & { setProperty(name: string, value: string): void };
  readonly dataset: Record<string, string | undefined>;
  readonly ownerDocument: { createElement(name: string): PageElement };
  querySelector(selector: string): PageElement | null;
  querySelectorAll(selector: string): Iterable<PageElement>;
  append(...children: PageElement[]): void;
  setAttribute(name: string, value: string): void;
  removeAttribute(name: string): void;
  addEventListener(type: string, listener: (event: PageEvent) => void): void;
  getBoundingClientRect(): {
    readonly left: number;
    readonly top: number;
    readonly width: number;
    readonly height: number;
  };
}

export interface PageEvent {
  readonly clientX: number;
  readonly clientY: number;
  readonly key?: string;
  preventDefault(): void;
}

/** anywidget's model, as far as the views use it. */
export interface PageModel {
  get(name: string): unknown;
  set(name: string, value: unknown): void;
  save_changes(): void;
  send(content: unknown): void;
  on(event: string, listener: () => void): void;
  off(event: string, listener: () => void): void;
}

export interface PageContext {
  readonly model: PageModel;
  readonly el: PageElement;
}
