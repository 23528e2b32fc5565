/** Takes a multipart body apart: the file goes to disk as it comes, hashed on the way, never whole in memory. */
import { createHash, type Hash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Transform, type TransformCallback } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import busboy from 'busboy';
import { decodeFileName } from './decode.js';
import type { ProblemCode } from './problem.js';

const FILE_LIMIT_BYTES = 20 * 1024 * 1024;
// What the multipart form itself adds.
const FORM_BYTES = 128 * 1024;

/** A received form. `path` lives until `discard`. */
export interface Upload {
  readonly id: string;
  readonly text: string;
  readonly file: { readonly path: string; readonly name: string; readonly size: number; readonly sha256: string };
}

export type Received =
  { readonly ok: true; readonly upload: Upload } | { readonly ok: false; readonly code: ProblemCode };

/** Receives a form and hands it to `use`; whatever happens, nothing stays on the disk. */
export async function withUpload(request: Request, use: (received: Received) => Promise<Response>): Promise<Response> {
  const declared = Number(request.headers.get('content-length') ?? 0);
  if (declared > FILE_LIMIT_BYTES + FORM_BYTES) return use({ ok: false, code: 'file_too_large' });
  if (!/^multipart\/form-data\b/i.test(request.headers.get('content-type') ?? '')) {
    return use({ ok: false, code: 'unsupported' });
  }
  const folder = await mkdtemp(join(tmpdir(), 'neu-guong-upload-'));
  try {
    return await use(await receive(request, join(folder, 'file')));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Says that a part grew beyond its limit. */
class TooLarge extends Error {
  override readonly name = 'TooLarge';
}

async function receive(request: Request, path: string): Promise<Received> {
  const form = openForm(request);
  if (!form || !request.body) return { ok: false, code: 'bad_request' };
  const fields = new Map<string, string>();
  let saving: Promise<Upload['file']> | undefined;
  form.on('field', (name, value) => fields.set(name, value));
  form.on('file', (name, stream, { filename }) => {
    if (name !== 'file' || saving) {
      stream.resume();
      return;
    }
    saving = saveTo(path, stream, typeof filename === 'string' ? filename : '');
    // The form must not go on reading for a file that is refused; the reason is told below.
    saving.catch((error: unknown) =>
      form.destroy(error instanceof Error ? error : new Error('the file could not be kept')),
    );
  });

  try {
    await pipeline(Readable.fromWeb(request.body), form);
    const file = await saving;
    if (!file) return { ok: false, code: 'no_file' };
    return { ok: true, upload: { id: fields.get('id') ?? '', text: fields.get('text') ?? '', file } };
  } catch (error) {
    await saving?.catch(() => undefined);
    if (error instanceof TooLarge) return { ok: false, code: 'file_too_large' };
    if (isBadForm(error)) return { ok: false, code: 'bad_request' };
    throw error;
  }
}

function openForm(request: Request): busboy.Busboy | null {
  try {
    return busboy({
      headers: { 'content-type': request.headers.get('content-type') ?? '' },
      defParamCharset: 'utf8',
      limits: { files: 2, fields: 8, fieldSize: 64 * 1024, parts: 10, headerPairs: 50 },
    });
  } catch {
    // A boundary is missing.
    return null;
  }
}

/** Busboy has words but no codes for forms that end too early or are no forms. */
function isBadForm(error: unknown): boolean {
  return error instanceof Error && /Unexpected end of form|Malformed|the client left/i.test(error.message);
}

async function saveTo(path: string, source: Readable, filename: string): Promise<Upload['file']> {
  const hash = createHash('sha256');
  const meter = new Meter(hash);
  await pipeline(source, meter, createWriteStream(path, { mode: 0o600 }));
  const name = decodeFileName(filename);
  return { path, name: name === '' ? 'tep' : name, size: meter.size, sha256: hash.digest('hex') };
}

/** Counts and hashes what flows through; breaks off beyond the limit. */
class Meter extends Transform {
  size = 0;
  readonly #hash: Hash;

  constructor(hash: Hash) {
    super();
    this.#hash = hash;
  }

  override _transform(piece: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.size += piece.length;
    if (this.size > FILE_LIMIT_BYTES) {
      done(new TooLarge());
      return;
    }
    this.#hash.update(piece);
    done(null, piece);
  }
}
