import type { Model } from '../ir/index.ts';
import { modelCost } from '../ops/index.ts';
import { drawingToPng } from '../plot/index.ts';
import { formatNumber } from '../report/cell.ts';
import { type Displayable, displaySymbol, type MimeBundle } from '../report.ts';
import { type ColorOf, type Diagram, diagramOf } from './diagram.ts';
import { htmlOf } from './html.ts';
import { type Layout, layoutOf } from './layout.ts';
import { type SvgOptions, svgOf } from './svg.ts';
import { type TextOptions, textOf } from './text.ts';

export interface GraphViewOptions {
  readonly name?: string;
  /** Boxes, or lines of text, at most: what is more is collapsed, then left out, and a note says so. Default 300. */
  readonly limit?: number;
  /** Colours boxes by something else than what their operators are for. */
  readonly colorOf?: ColorOf;
  /** Draws the QuantizeLinear and DequantizeLinear of a quantized model as nodes. Default: as the type of the value. */
  readonly pairs?: boolean;
}

/** Pictures of more pixels than this are not worth their bytes in a notebook; it has the SVG. */
const largestPicture = 6e6;

/** The graph of a model as a picture of boxes and arrows, and as text for a terminal. */
export class GraphView implements Displayable {
  readonly title: string;
  readonly diagram: Diagram;
  readonly #model: Model;
  readonly #limit: number;
  readonly #pairs: boolean;
  #layout: Layout | undefined;

  /** Throws ModelError where the types of the model contradict an operator. */
  constructor(model: Model, options: GraphViewOptions = {}) {
    const { name = model.graph.name, limit = 300, colorOf, pairs = false } = options;
    this.#model = model;
    this.#limit = limit;
    this.#pairs = pairs;
    this.diagram = diagramOf(model, { limit, colorOf, pairs });
    const { parameters } = modelCost(model);
    this.title = `${name}: ${model.graph.nodes.length} nodes, ${formatNumber(parameters)} parameters`;
  }

  /** Self-contained; sizes in pixels. */
  toSvg(options?: SvgOptions): string {
    this.#layout ??= layoutOf(this.diagram);
    return svgOf(this.#layout, options);
  }

  /** On white, `zoom` pixels per pixel of the layout. */
  toPng({ zoom = 1 }: { readonly zoom?: number } = {}): Promise<Uint8Array> {
    return drawingToPng(this.toSvg({ background: 'white' }), { zoom });
  }

  toText({ limit = this.#limit, pairs = this.#pairs }: TextOptions = {}): string {
    return `${this.title}\n${textOf(this.#model, { limit, pairs })}`;
  }

  toString(): string {
    return this.toText();
  }

  async [displaySymbol](): Promise<MimeBundle> {
    const svg = this.toSvg();
    const { width, height } = this.#layout!;
    const picture = width * height <= largestPicture ? await this.toPng() : undefined;
    return {
      'text/html': htmlOf(svg, { title: this.title, notes: this.diagram.notes }),
      ...(picture && { 'image/png': Buffer.from(picture).toString('base64') }),
      'text/plain': this.toText(),
    };
  }
}
