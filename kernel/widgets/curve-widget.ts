import type { LiveCurve } from '../../magics/magic.ts';
import { display } from '../engine/show-value.ts';
import { hasShownWidgets, watchReady } from './front-end.ts';
import { type CurveView, panels, ThrottledCurve } from './live-curve.ts';
import { viewSource } from './view-source.ts';
import { viewMime, Widget, widgetView } from './widget.ts';

/** A curve that grows below the cell: as a widget where the front end has started one, else as a picture. */
export function liveCurve(label: string): LiveCurve {
  return new ThrottledCurve(label, { display, view: openView(label) });
}

function openView(label: string): CurveView {
  const state = { label, panels, data: new Float32Array() };
  const widget = new Widget({ esm: viewSource('curve-view'), state });
  watchReady(widget);
  return {
    isReady: () => widget.isOpen && hasShownWidgets(),
    setData: (data) => widget.set('data', data),
    bundle: () => ({ [viewMime]: widgetView(widget.id) }),
    close: () => widget.close(),
  };
}
