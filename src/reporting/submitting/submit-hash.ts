/** The fingerprint of a report, the same on the receipt and on record. */
import { createHash } from 'node:crypto';
import type { SubmissionBody } from '../model.js';

/**
 * SHA-256 of the one file when nothing else was handed in, so that anybody can check it with any tool; else of the
 * kind, the words, the values in the order of their names, and the files' own SHA-256 in their order.
 */
export function hashOf(body: Omit<SubmissionBody, 'fileIds'>, fileHashes: readonly string[]): string {
  const [only] = fileHashes;
  if (only !== undefined && fileHashes.length === 1 && body.kind === 'file' && (body.text ?? '') === '') return only;
  const values = Object.entries(body.values).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify([body.kind, body.text, values, fileHashes]))
    .digest('hex');
}

const SHOWN = 12;

/** As much of it as fits in a line. */
export const shortHash = (sha256: string): string => sha256.slice(0, SHOWN);
