/** Links to one file for a limited time, for channels that cannot carry the file itself. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { fileUrl } from './encode.js';

export interface FileLinks {
  /** An address at which anybody who has it gets the file, until it expires. */
  sign(fileId: string): string;
  /** True for the query of a link of ours that has not expired. */
  verify(fileId: string, query: URLSearchParams): boolean;
}

export interface FileLinkOptions {
  readonly secret: string;
  /** Where the product is reached from outside. */
  readonly publicUrl: string;
  readonly lifeMs?: number;
  readonly now?: () => Date;
}

const DAY_MS = 86_400_000;

/** Signs with HMAC-SHA256; links live 24 hours of machine time. */
export function createFileLinks({
  secret,
  publicUrl,
  lifeMs = DAY_MS,
  now = () => new Date(),
}: FileLinkOptions): FileLinks {
  const signature = (fileId: string, until: string): Buffer =>
    createHmac('sha256', secret).update(`file:${fileId}:${until}`).digest();

  return {
    sign(fileId) {
      const until = String(Math.floor((now().getTime() + lifeMs) / 1000));
      const query = new URLSearchParams({ until, sig: signature(fileId, until).toString('base64url') });
      return `${publicUrl.replace(/\/+$/, '')}${fileUrl(fileId)}?${query.toString()}`;
    },

    verify(fileId, query) {
      const until = query.get('until') ?? '';
      const given = Buffer.from(query.get('sig') ?? '', 'base64url');
      const right = signature(fileId, until);
      if (given.length !== right.length || !timingSafeEqual(given, right)) return false;
      return Number(until) * 1000 > now().getTime();
    },
  };
}
