/** Documents' one door: files in, pictures out. Knows no feature. */
export { sourceOf, type FileSource } from './file-source.js';
export { writeBlank, type BlankPaper, type PaperPart } from './docx.js';
export { writeForm } from './form.js';
export { readForm, type FormCell } from './form-read.js';
export type { FormSheet } from './form-sheet.js';
export type { HonourCard } from './honour-card.js';
export { inspectFile } from './inspect-file.js';
export { barChart, renderHonourCard } from './paint.js';
export { createPainter, PainterError, type Painter, type PainterOptions } from './painter.js';
export { createPrinter, PrinterError, type Printer, type PrinterOptions } from './printer.js';
export type { Fact, PaperFormat, Passage, Row, TablePaper } from './table.js';
