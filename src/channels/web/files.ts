/** Files of web clients: sending one, and getting those that one may see. */
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { StoredFile } from '../../conversation/message.js';
import type { FileSource } from '../../documents/index.js';
import type { FileStore } from '../../store/index.js';
import { isId } from '../../kernel/ids.js';
import { decodeCaption, decodeId } from './decode.js';
import { encodeFile } from './encode.js';
import type { FileLinks } from './file-links.js';
import { acceptOwn, type MessageDeps } from './messages.js';
import type { InspectPort } from './ports.js';
import { problem, type ProblemCode } from './problem.js';
import type { WebHandler } from './route.js';
import type { WebContact } from './store.js';
import { withUpload, type Received, type Upload } from './upload.js';

export interface FileDeps extends MessageDeps {
  readonly files: Pick<FileStore, 'save' | 'stat' | 'readStream'>;
  readonly inspector: InspectPort;
  readonly links?: FileLinks | undefined;
}

/** `POST /api/web/files`. */
export function postFile(deps: FileDeps): WebHandler {
  return async (request) => {
    const contact = await deps.sessions.whoIs(request);
    if (!contact) return problem('unauthorized');
    return withUpload(request, async (received) => {
      const checked = check(received);
      if (!checked.ok) return problem(checked.code);
      const { upload, id, caption } = checked;
      const known = await storedBefore(deps, contact, id, upload, caption);
      if (known === 'other') return problem('id_reused');
      const file = known ?? (await inspectAndSave(deps, contact, upload));
      return 'code' in file ? problem(file.code) : finish(deps, contact, { id, caption, upload }, file);
    });
  };
}

type Checked =
  | { readonly ok: true; readonly upload: Upload; readonly id: string; readonly caption: string }
  | { readonly ok: false; readonly code: ProblemCode };

function check(received: Received): Checked {
  if (!received.ok) return received;
  const { upload } = received;
  const id = decodeId(upload.id);
  if (id === null) return { ok: false, code: 'bad_id' };
  const caption = decodeCaption(upload.text);
  if (!caption.ok) return caption;
  if (upload.file.size === 0) return { ok: false, code: 'file_empty' };
  return { ok: true, upload, id, caption: caption.value };
}

/** The stored file when this very form came before; 'other' when its id was used for something else. */
async function storedBefore(
  { store, files }: FileDeps,
  contact: WebContact,
  id: string,
  upload: Upload,
  caption: string,
): Promise<StoredFile | 'other' | null> {
  const earlier = await store.earlierFile(contact.contactId, id);
  if (!earlier) return null;
  const stored = earlier.file ? await files.stat(earlier.file.fileId) : null;
  const same = stored?.sha256 === upload.file.sha256 && stored.name === upload.file.name && earlier.caption === caption;
  return same && earlier.file ? earlier.file : 'other';
}

async function inspectAndSave(
  { files, inspector }: FileDeps,
  contact: WebContact,
  { file }: Upload,
): Promise<StoredFile | { code: ProblemCode }> {
  const found = await withSource(file, (source) => inspector.inspect(source, file.name));
  if (!found.ok) return { code: codeOf(found.problem) };
  const { name } = file;
  const saved = await files.save(createReadStream(file.path), { name, type: found.type, contactId: contact.contactId });
  const { id: fileId, type, size } = saved;
  return { fileId, name: saved.name, type, size, ...(found.form ? { form: true } : {}) };
}

/** The received file, read in pieces where somebody wants to look. */
async function withSource<T>(file: Upload['file'], look: (source: FileSource) => Promise<T>): Promise<T> {
  const handle = await open(file.path);
  try {
    return await look({
      size: file.size,
      read: async (offset, length) => {
        const bytes = Buffer.alloc(Math.max(0, Math.min(length, file.size - offset)));
        const { bytesRead } = await handle.read(bytes, 0, bytes.length, offset);
        return bytes.subarray(0, bytesRead);
      },
    });
  } finally {
    await handle.close();
  }
}

const REFUSALS: Readonly<Partial<Record<string, ProblemCode>>> = {
  too_large: 'file_too_large',
  empty: 'file_empty',
  macros: 'file_macros',
  broken: 'file_broken',
};
const codeOf = (trouble: string): ProblemCode => REFUSALS[trouble] ?? 'file_wrong_type';

/** Hands the file to the conversation. Where a twin of this request was faster, its file is the one that counts. */
async function finish(
  deps: FileDeps,
  contact: WebContact,
  { id, caption, upload }: { readonly id: string; readonly caption: string; readonly upload: Upload },
  file: StoredFile,
): Promise<Response> {
  let stored = file;
  let seq = await acceptOwn(deps, contact, id, { kind: 'file', caption, file: stored });
  if (seq === null) {
    const twin = await storedBefore(deps, contact, id, upload, caption);
    if (twin === 'other' || twin === null) return problem('id_reused');
    stored = twin;
    seq = await acceptOwn(deps, contact, id, { kind: 'file', caption, file: stored });
  }
  if (seq === null) return problem('id_reused');
  return Response.json({ seq, file: encodeFile({ ...stored, id: stored.fileId }) }, { status: 202 });
}

/** `GET /api/web/files/:id`, with a token that may see the file or with a signed link. */
export function getFile(deps: FileDeps): WebHandler {
  return async (request, { params }) => {
    const id = params['id'] ?? '';
    const query = new URL(request.url).searchParams;
    const signed = deps.links?.verify(id, query) ?? false;
    if (!signed) {
      const contact = await deps.sessions.whoIs(request);
      if (!contact) return problem('unauthorized');
      if (!isId(id) || !(await deps.store.maySee(contact, id))) return problem('not_found');
    }
    const file = await deps.files.stat(id);
    if (!file) return problem('not_found');

    const etag = `"${file.sha256.slice(0, 32)}"`;
    const headers = { ETag: etag, 'Cache-Control': 'private, max-age=86400' };
    if (request.headers.get('if-none-match') === etag) return new Response(null, { status: 304, headers });
    const body = request.method === 'HEAD' ? null : Readable.toWeb(deps.files.readStream(id));
    return new Response(body as ReadableStream<Uint8Array> | null, {
      headers: {
        ...headers,
        'Content-Type': file.type,
        'Content-Length': String(file.size),
        'Content-Disposition': disposition(file.type, file.name),
        // Whatever is in the file, it may run nothing in our name.
        'Content-Security-Policy': "default-src 'none'; sandbox",
      },
    });
  };
}

/** Pictures may be shown in place, everything else is saved under its own name. */
function disposition(type: string, name: string): string {
  const plain = name.replace(/[^\x20-\x7e]|["\\%]/g, '_');
  const encoded = encodeURIComponent(name).replace(
    /['()*]/g,
    (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  const how = /^image\/(?:png|jpeg|webp|gif)$/.test(type) ? 'inline' : 'attachment';
  return `${how}; filename="${plain}"; filename*=UTF-8''${encoded}`;
}
