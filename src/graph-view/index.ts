export { GraphView, type GraphViewOptions } from './graph-view.ts';
