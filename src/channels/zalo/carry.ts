/** Decides how a file of ours travels on Zalo, and uploads it where Zalo takes it. */
import type { FileAccess } from '../channel.js';
import type { Uploads } from '../uploads.js';
import type { ApiOutcome, ZaloFile } from './client.js';
import type { Carried } from './encode.js';
import { judge, type Unsent } from './failure.js';

export type CarryKind = 'image' | 'file';
/** Carried, left out (null), or a reason why the message cannot leave now. */
export type CarryResult = { readonly carried: Carried | null } | { readonly failed: Unsent };

const LIMITS: Readonly<Record<CarryKind, { bytes: number; types: readonly string[]; path: string; idField: string }>> =
  {
    image: {
      bytes: 1_000_000,
      types: ['image/jpeg', 'image/png'],
      path: 'v2.0/oa/upload/image',
      idField: 'attachment_id',
    },
    file: {
      bytes: 5_000_000,
      types: [
        'application/pdf',
        'application/msword',
        'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
      ],
      path: 'v2.0/oa/upload/file',
      idField: 'token',
    },
  };

const REMEMBERED = 500;

export interface CarryDeps {
  readonly files: FileAccess;
  readonly uploads: Uploads;
  /** Uploads with a valid token. */
  readonly upload: (path: string, file: ZaloFile, signal: AbortSignal) => Promise<ApiOutcome>;
  /** An address that opens the file for a day; absent where the product has no public address. */
  readonly signedLink?: (fileId: string) => Promise<string>;
  readonly now: () => Date;
}

/** The carrier of one account. */
export function createCarrier(deps: CarryDeps) {
  /** Files that Zalo does not take: they need not be read again for every recipient. */
  const linked = new Set<string>();

  async function carry(fileId: string, kind: CarryKind, signal: AbortSignal): Promise<CarryResult> {
    if (linked.has(fileId)) return await byLink(fileId, kind);
    const claim = await deps.uploads.claim(fileId, kind);
    if ('id' in claim) return { carried: { by: 'id', fileId, id: claim.id } };
    let id: string | null = null;
    try {
      // Whoever went first may have been refused while this one waited.
      if (linked.has(fileId)) return await byLink(fileId, kind);
      const file = await deps.files.read(fileId);
      const limits = LIMITS[kind];
      if (file.bytes.length > limits.bytes || !limits.types.includes(file.type)) return await byLink(fileId, kind);
      const outcome = await deps.upload(limits.path, file, signal);
      if (outcome.kind !== 'ok') return await refused(fileId, kind, outcome);
      const given = outcome.data[limits.idField];
      id = typeof given === 'string' && given !== '' ? given : null;
      return id === null ? await byLink(fileId, kind) : { carried: { by: 'id', fileId, id } };
    } finally {
      await claim.settle(id);
    }
  }

  /** Nothing reached the person yet, so silence means "try again"; a refusal for good means "as a link". */
  async function refused(
    fileId: string,
    kind: CarryKind,
    outcome: Exclude<ApiOutcome, { kind: 'ok' }>,
  ): Promise<CarryResult> {
    const { result } = judge(outcome, deps.now());
    if (result.kind === 'uncertain')
      return { failed: { kind: 'failed', failure: 'retryable', detail: `upload: ${result.detail}` } };
    if (result.failure === 'rejected' || result.failure === 'unknown') return await byLink(fileId, kind);
    return { failed: { ...result, detail: `upload: ${result.detail}` } };
  }

  /** A picture without a link is left out, since the words stand for it; a document is the message. */
  async function byLink(fileId: string, kind: CarryKind): Promise<CarryResult> {
    if (linked.size >= REMEMBERED) linked.clear();
    linked.add(fileId);
    if (deps.signedLink) return { carried: { by: 'link', url: await deps.signedLink(fileId) } };
    if (kind === 'image') return { carried: null };
    return {
      failed: {
        kind: 'failed',
        failure: 'rejected',
        detail: 'Zalo does not take this file and there is no public address for a link',
      },
    };
  }

  return {
    carry,
    /** Uploads anew after Zalo said that the earlier upload has expired. */
    again: async (fileId: string, kind: CarryKind, staleId: string, signal: AbortSignal): Promise<CarryResult> => {
      await deps.uploads.forget(fileId, kind, staleId);
      return await carry(fileId, kind, signal);
    },
  };
}
