/** Pages and their files, held in memory: an ETag, compressed once, checked by the browser at every visit. */
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { Route } from './handler.js';
import { PAGE_POLICY } from './security.js';

/** One file that anybody may have. */
export interface Asset {
  /** Where it is served, e.g. `/` or `/page/chat.js`. */
  readonly path: string;
  readonly type: string;
  readonly body: Buffer;
  /** How long a browser may keep it without asking; absent: it asks every time. */
  readonly maxAgeSeconds?: number;
}

const COMPRESSIBLE = /^(?:text\/|font\/ttf|application\/(?:json|javascript|manifest\+json)|image\/svg)/;

/** Routes for the given assets. */
export function assetRoutes(assets: readonly Asset[]): Route[] {
  return assets.map((asset) => assetRoute(asset));
}

function assetRoute({ path, type, body, maxAgeSeconds }: Asset): Route {
  const tag = createHash('sha256').update(body).digest('base64url').slice(0, 22);
  const zipped = COMPRESSIBLE.test(type) ? gzipSync(body, { level: 9 }) : undefined;
  const common = {
    'Content-Type': type,
    'Cache-Control': maxAgeSeconds === undefined ? 'no-cache' : `public, max-age=${String(maxAgeSeconds)}`,
    'Content-Security-Policy': PAGE_POLICY,
    Vary: 'Accept-Encoding',
  };

  return {
    method: 'GET',
    path,
    handler: (request) => {
      const zip = zipped !== undefined && /\bgzip\b/.test(request.headers.get('accept-encoding') ?? '');
      const etag = zip ? `"${tag}-gz"` : `"${tag}"`;
      const headers = { ...common, ETag: etag };
      if (knows(request.headers.get('if-none-match'), etag)) {
        return Promise.resolve(new Response(null, { status: 304, headers }));
      }
      const bytes = zip ? zipped : body;
      const sized = {
        ...headers,
        'Content-Length': String(bytes.length),
        ...(zip ? { 'Content-Encoding': 'gzip' } : {}),
      };
      return Promise.resolve(new Response(new Uint8Array(bytes), { headers: sized }));
    },
  };
}

/** True when the browser's copy, by its tag, is the present one. Proxies may have weakened the tag. */
function knows(given: string | null, etag: string): boolean {
  return given !== null && given.split(',').some((one) => one.trim().replace(/^W\//, '') === etag);
}
