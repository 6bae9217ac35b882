import type { ParetoPlot } from '../../src/ledger/index.ts';
import type { MimeBundle } from '../../src/report.ts';
import { canShowWidgets, watchReady } from './front-end.ts';
import { viewSource } from './view-source.ts';
import { viewMime, Widget, widgetView } from './widget.ts';

/** Gives the plot a live view, opened when the plot is first shown, in which a click selects a variant. */
export function selectable(plot: ParetoPlot): void {
  let widget: Promise<Widget> | undefined;
  plot.view = async (): Promise<MimeBundle> => {
    widget ??= openView(plot);
    const opened = await widget;
    const isShown = (await canShowWidgets(opened)) && opened.isOpen;
    return isShown ? { [viewMime]: widgetView(opened.id) } : {};
  };
}

async function openView(plot: ParetoPlot): Promise<Widget> {
  const { toSvg } = await import('../../src/plot/svg.ts');
  const state = { svg: await toSvg(plot), choices: plot.choices, selected: plot.selected?.id ?? null };
  const widget: Widget = new Widget({ esm: viewSource('pareto-view'), state });
  watchReady(widget);
  widget.on('change:selected', (id: string | null) => plot.select(id ?? undefined));
  plot.on('select', (variant) => widget.set('selected', variant?.id ?? null));
  return widget;
}
