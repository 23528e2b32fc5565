/** Documents' one door: files in, pictures out. Knows no feature. */
export type { FileSource } from './file-source.js';
export type { HonourCard } from './honour-card.js';
export { FILE_TYPES, inspectFile } from './inspect-file.js';
export { barChart, renderHonourCard } from './paint.js';
export { createPainter, PainterError, type Painter, type PainterOptions } from './painter.js';
export { createPrinter, PrinterError, type Printer, type PrinterOptions } from './printer.js';
export type { Fact, PaperFormat, Passage, Row, TablePaper } from './table.js';
