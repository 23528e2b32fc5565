/** Documents' one door: files in, pictures out. Knows no feature. */
export type { BarChart, BarRow } from './bar-chart.js';
export type { CardWords, HonourCardLabels } from './card-layout.js';
export { sourceOf, type FileSource } from './file-source.js';
export type { CardResult, HonourCard } from './honour-card.js';
export { FILE_TYPES, inspectFile, MAX_FILE_BYTES, type FileExtension, type Inspection } from './inspect-file.js';
export { barChart, renderHonourCard } from './paint.js';
export { createPainter, PainterError, type Painter, type PainterOptions } from './painter.js';
