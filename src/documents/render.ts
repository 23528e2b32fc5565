/** From a tree of boxes to a PNG. */
import { Resvg } from '@resvg/resvg-js';
import satori from 'satori';
import { drawable } from './drawable.js';
import { FONT_FAMILY, loadFonts } from './fonts.js';

export type Style = Readonly<Record<string, string | number>>;
type Child = Box | string | null;

/** A node of the tree, in the shape that satori reads. */
export interface Box {
  readonly type: 'div';
  readonly key: null;
  readonly props: { readonly style: Style; readonly children: readonly (Box | string)[] };
}

/** A box. Satori lays everything out as flex boxes; a column unless the style says otherwise. */
export function box(style: Style, ...children: Child[]): Box {
  const present = children.filter((child) => child !== null);
  return {
    type: 'div',
    key: null,
    props: { style: { display: 'flex', flexDirection: 'column', ...style }, children: present },
  };
}

/** Words in a box of their own; what the font cannot draw (emoji, controls) is left out. */
export const words = (text: string, style: Style): Box => box({ display: 'block', ...style }, drawable(text));

/** Lays the tree out as SVG; the letters become shapes, so that no font is needed later. */
export function toSvg(tree: Box, width: number, height: number): Promise<string> {
  const style = { ...tree.props.style, fontFamily: FONT_FAMILY, width, height };
  const root = { ...tree, props: { ...tree.props, style } };
  return satori(root, { width, height, fonts: loadFonts() });
}

/** Paints an SVG, scaled to a width. */
export function toPng(svg: string, width: number): Buffer {
  const picture = new Resvg(svg, { fitTo: { mode: 'width', value: width }, font: { loadSystemFonts: false } });
  return picture.render().asPng();
}
