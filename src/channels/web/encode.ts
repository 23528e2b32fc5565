/** Events as the page and other clients of the web API get them. */
import type { EventRow, ShownFile } from './store.js';

interface EncodedFile {
  readonly url: string;
  readonly name: string;
  readonly type: string;
  readonly size: number;
  readonly alt?: string;
}

/** One event in the shape of the contract. */
export interface EncodedEvent {
  readonly seq: number;
  readonly id: string;
  readonly kind: EventRow['kind'];
  readonly text: string;
  readonly buttons: readonly { readonly label: string; readonly action: string }[];
  readonly image?: EncodedFile;
  readonly file?: EncodedFile;
  /** Of a person's own message: the button that was tapped. */
  readonly action?: string;
  readonly at: string;
}

/** Turns a row into an event. */
export function encodeEvent(row: EventRow): EncodedEvent {
  const base = { seq: row.seq, id: row.messageId, kind: row.kind, at: row.at.toISOString() };
  if (row.kind === 'own') return { ...base, buttons: [], ...encodeOwn(row.own) };
  return {
    ...base,
    text: row.text,
    buttons: row.buttons.map(({ label, action }) => ({ label, action })),
    ...(row.image ? { image: encodeFile(row.image, row.imageAlt ?? '') } : {}),
    ...(row.file ? { file: encodeFile(row.file) } : {}),
  };
}

export const fileUrl = (fileId: string): string => `/api/web/files/${fileId}`;

/** A file, its address only good with a token. */
export function encodeFile({ id, name, type, size }: ShownFile, alt?: string): EncodedFile {
  return { url: fileUrl(id), name, type, size, ...(alt === undefined ? {} : { alt }) };
}

/** What the person wrote, from the stored message. */
function encodeOwn(stored: unknown): { text: string; action?: string; file?: EncodedFile } {
  const body = stored as { text?: string; action?: string; caption?: string; file?: ShownFile & { fileId: string } };
  return {
    text: body.text ?? body.caption ?? '',
    ...(body.action === undefined ? {} : { action: body.action }),
    ...(body.file ? { file: encodeFile({ ...body.file, id: body.file.fileId }) } : {}),
  };
}
