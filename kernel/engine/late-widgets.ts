import { createRequire } from 'node:module';
import { extname } from 'node:path';

type CurveWidget = typeof import('../widgets/curve-widget.ts');
type ParetoWidget = typeof import('../widgets/pareto-widget.ts');
type Widgets = typeof import('../widgets/widget.ts');

/** What the widgets' folder gives to cells and magics; loaded at its first use, since most sessions never do. */
export const lateWidgets = {
  widget: () => load<Widgets>('widget').widget,
  liveCurve: () => load<CurveWidget>('curve-widget').liveCurve,
  selectable: () => load<ParetoWidget>('pareto-widget').selectable,
};

function load<M>(name: string): M {
  return createRequire(import.meta.url)(`../widgets/${name}${extname(import.meta.url)}`) as M;
}
