import { createRequire } from 'node:module';
import type { Figure } from './figure.ts';
import { toSvg } from './svg.ts';
import type { SpecOptions } from './vega-spec.ts';

/** Fonts by file, since the machine may have none and a picture must not depend on those that it has. */
const fonts = [
  '@expo-google-fonts/inter/400Regular/Inter_400Regular.ttf',
  '@expo-google-fonts/inter/700Bold/Inter_700Bold.ttf',
];

export interface PngOptions extends SpecOptions {
  /** Pixels of the picture per pixel of the layout. Default 2, for sharp text on today's screens. */
  readonly zoom?: number;
}

/** The figure as PNG bytes, on white unless `background` says otherwise. */
export async function toPng(figure: Figure, { zoom = 2, ...options }: PngOptions = {}): Promise<Uint8Array> {
  return rasterize(await toSvg(figure, { background: 'white', ...options }), zoom);
}

/** An SVG as PNG bytes, its text in the fonts above. */
export async function rasterize(svg: string, zoom: number): Promise<Uint8Array> {
  const { Resvg } = await import('@resvg/resvg-js');
  const require = createRequire(import.meta.url);
  const picture = new Resvg(svg, {
    fitTo: { mode: 'zoom', value: zoom },
    font: {
      loadSystemFonts: false,
      fontFiles: fonts.map((file) => require.resolve(file)),
      defaultFontFamily: 'Inter',
      sansSerifFamily: 'Inter',
    },
  });
  return picture.render().asPng();
}

/** A drawing without text as a PNG, `width` pixels wide, on nothing. */
export async function svgToPng(svg: string, width: number): Promise<Uint8Array> {
  const { Resvg } = await import('@resvg/resvg-js');
  return new Resvg(svg, { fitTo: { mode: 'width', value: width } }).render().asPng();
}
