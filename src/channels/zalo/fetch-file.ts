/** Fetches a file that a person sent on Zalo; its address comes from the event, so it is not trusted. */
import type { RemoteFile } from '../../conversation/message.js';
import { FileFetchError } from '../channel.js';
import { checkSize, download } from '../download.js';

/** Where Zalo keeps what people send. */
const MEDIA_HOSTS: readonly string[] = ['zdn.vn', 'zadn.vn', 'dlfl.vn', 'zaloapp.com', 'zalo.me', 'zaloplatforms.com'];

/** The bytes behind an address of Zalo's own hosts, at most `limitBytes`. `extraOrigins` are allowed as they are. */
export async function fetchMedia(
  file: RemoteFile,
  limitBytes: number,
  signal: AbortSignal,
  extraOrigins: readonly string[],
): Promise<Buffer> {
  checkSize(file.size, limitBytes);
  // Addresses expire after a while; then only the person can send the file again.
  return await download(
    allowed(file.ref, extraOrigins),
    limitBytes,
    signal,
    (status) => status < 500 && status !== 429,
  );
}

function allowed(ref: string, extraOrigins: readonly string[]): URL {
  const url = URL.canParse(ref) ? new URL(ref) : null;
  const ours =
    url?.protocol === 'https:' &&
    url.port === '' &&
    MEDIA_HOSTS.some((host) => url.hostname === host || url.hostname.endsWith(`.${host}`));
  if (url && (ours || extraOrigins.includes(url.origin))) return url;
  throw new FileFetchError('unavailable', true, 'download: not an address of Zalo');
}
