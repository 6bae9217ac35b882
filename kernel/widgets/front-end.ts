import type { Widget } from './widget.ts';

type Watched = Pick<Widget, 'on' | 'onMessage'>;

/** How long the first widget may take to come up in the page, in ms. */
const patience = 1000;

/** What the newest widget has told; undefined before the first has told anything. */
let showsWidgets: boolean | undefined;

/** Listens for whether the page has started `widget`, whose view must send `{kind: 'ready'}` when it does. */
export function watchReady(widget: Watched): void {
  widget.onMessage((content) => {
    if ((content as { kind?: string } | null)?.kind === 'ready') showsWidgets = true;
  });
  widget.on('close', () => {
    showsWidgets ??= false;
  });
}

/** Whether a widget has come up in this session's front end so far. */
export const hasShownWidgets = (): boolean => showsWidgets === true;

/**
 * Whether the front end draws widgets: asks the first one. A front end that cannot closes its comm, or says nothing,
 * as a console does; then the answer is false until a page says otherwise.
 */
export async function canShowWidgets(widget: Watched): Promise<boolean> {
  if (showsWidgets === undefined) {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, patience);
      const done = (): void => {
        clearTimeout(timer);
        resolve();
      };
      widget.on('message', done).on('close', done);
    });
    showsWidgets ??= false;
  }
  return showsWidgets;
}
