/** The process that prints one paper: lines on standard input, the file on standard output. */
import { createInterface } from 'node:readline';
import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { printLines } from './print.js';
import { PAPER_FORMATS } from './table.js';

// A Ctrl-C reaches the whole group; the one who asked decides when this ends.
process.on('SIGINT', () => undefined);

const format = PAPER_FORMATS.find((name) => name === process.argv[2]);
if (format === undefined) throw new Error(`unknown format ${String(process.argv[2])}`);
// Standard output cannot be ended, so it does not tell when all is written; a stream before it does.
const out = new PassThrough();
const written = pipeline(out, process.stdout, { end: false });
await printLines(format, createInterface({ input: process.stdin, crlfDelay: Infinity }), out);
await written;
