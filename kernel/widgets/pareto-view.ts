import type { PageContext, PageElement, PageEvent, PageModel } from './page.ts';

// This module is sent to the page, as text: it must import nothing but types.

interface Choice {
  readonly id: string;
  readonly name: string;
  readonly hover: string;
}

/** A point on the page, and what it stands for. */
interface Spot {
  readonly mark: PageElement;
  readonly choice: Choice;
}

interface View {
  readonly model: PageModel;
  readonly host: PageElement;
  readonly tip: PageElement;
  readonly caption: PageElement;
  readonly spots: readonly Spot[];
}

/** How far from a point's middle the pointer may be, in pixels. */
const reach = 22;

const tipStyle =
  'position:absolute;display:none;pointer-events:none;white-space:pre-line;z-index:1;padding:6px 10px;' +
  'border-radius:6px;border:1px solid rgba(127,127,127,.45);font:12px/1.5 system-ui,sans-serif;' +
  'box-shadow:0 2px 10px rgba(0,0,0,.25);font-variant-numeric:tabular-nums;' +
  'background:var(--jp-layout-color1,var(--vscode-editorHoverWidget-background,Canvas));' +
  'color:var(--jp-ui-font-color1,var(--vscode-editorHoverWidget-foreground,CanvasText))';

const ink = 'var(--jp-ui-font-color1,var(--vscode-foreground,currentColor))';

/** The figure; a click on a point, or Enter while it has the focus, selects its variant, a second one none. */
function render({ model, el }: PageContext): () => void {
  const view = build(model, el);
  const { host, spots } = view;
  host.addEventListener('pointermove', (event) => hover(view, spotAt(event, spots)));
  host.addEventListener('pointerleave', () => hover(view, undefined));
  host.addEventListener('click', (event) => choose(view, spotAt(event, spots)));
  for (const spot of spots) {
    spot.mark.addEventListener('focus', () => hover(view, spot));
    spot.mark.addEventListener('blur', () => hover(view, undefined));
    spot.mark.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' && event.key !== ' ') return;
      event.preventDefault();
      choose(view, spot);
    });
  }
  const mark = (): void => markSelected(view);
  mark();
  model.on('change:selected', mark);
  return () => model.off('change:selected', mark);
}

function build(model: PageModel, el: PageElement): View {
  const create = (style: string): PageElement => {
    const element = el.ownerDocument.createElement('div');
    element.setAttribute('style', style);
    return element;
  };
  const host = create(`position:relative;width:fit-content;max-width:100%;color:${ink}`);
  const caption = create(`font:13px/1.6 system-ui,sans-serif;padding:0 0 4px 12px;color:${ink}`);
  const tip = create(tipStyle);
  const picture = create('');
  picture.innerHTML = model.get('svg') as string;
  host.append(picture, tip);
  el.append(host, caption);
  const choices = model.get('choices') as Choice[];
  const marks = [...picture.querySelectorAll('.mark-symbol.role-mark > path')];
  const spots = choices.map((choice, i) => ({ choice, mark: marks[i]! }));
  for (const { mark } of spots) {
    mark.setAttribute('tabindex', '0');
    mark.setAttribute('role', 'button');
    mark.setAttribute('paint-order', 'stroke');
    mark.style.setProperty('outline', 'none');
  }
  return { model, host, tip, caption, spots };
}

interface Place {
  readonly x: number;
  readonly y: number;
}

function middle({ mark }: Spot): Place {
  const { left, top, width, height } = mark.getBoundingClientRect();
  return { x: left + width / 2, y: top + height / 2 };
}

/** The nearest point within reach. */
function spotAt({ clientX, clientY }: PageEvent, spots: readonly Spot[]): Spot | undefined {
  const distance = (spot: Spot): number => {
    const { x, y } = middle(spot);
    return Math.hypot(x - clientX, y - clientY);
  };
  const near = spots.filter((spot) => distance(spot) <= reach);
  return near.sort((a, b) => distance(a) - distance(b))[0];
}

/** Tells what is under the pointer, on the side of it that has room. */
function hover({ host, tip }: View, spot: Spot | undefined): void {
  host.style.setProperty('cursor', spot ? 'pointer' : 'default');
  tip.style.setProperty('display', spot ? 'block' : 'none');
  if (!spot) return;
  tip.textContent = spot.choice.hover;
  const box = host.getBoundingClientRect();
  const { x, y } = middle(spot);
  const size = tip.getBoundingClientRect();
  const isRight = x - box.left > box.width - size.width - 24;
  tip.style.setProperty('left', `${x - box.left + (isRight ? -size.width - 14 : 14)}px`);
  const top = Math.min(y - box.top - 12, box.height - size.height - 4);
  tip.style.setProperty('top', `${Math.max(0, top)}px`);
}

function choose({ model }: View, spot: Spot | undefined): void {
  if (!spot) return;
  const { id } = spot.choice;
  model.set('selected', model.get('selected') === id ? null : id);
  model.save_changes();
}

/** A halo around every point of the selected variant, and its recipe below the figure. */
function markSelected({ model, spots, caption }: View): void {
  const selected = model.get('selected');
  for (const { mark, choice } of spots) {
    const isSelected = choice.id === selected;
    mark.style.setProperty('stroke-width', isSelected ? '11' : '');
    mark.style.setProperty('stroke-opacity', isSelected ? '0.45' : '');
    mark.setAttribute('aria-pressed', String(isSelected));
  }
  const [name, recipe] = spots.find(({ choice }) => choice.id === selected)?.choice.hover.split('\n') ?? [];
  caption.textContent = name ? `Selected: ${name} (${recipe})` : 'Click a point to select its variant';
}

export default {
  /** Tells the kernel that this front end can show widgets. */
  initialize({ model }: PageContext): void {
    model.send({ kind: 'ready' });
  },
  render,
};
