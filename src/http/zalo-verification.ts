/** Proof for Zalo that the domain is ours: a small page under a name that carries the code. */
import type { Route } from './handler.js';

/** The bare code of a `ZALO_VERIFIER` value, which may be the code, the file's name, or its address. */
function zaloVerifierCode(value: string): string {
  const code = value
    .trim()
    .replace(/^.*zalo_verifier/, '')
    .replace(/\.html$/, '');
  return code.replace(/[^\w-]/g, '');
}

/** The meta tag that Zalo looks for on the home page; empty without a value. */
export function zaloVerifierTag(value: string | undefined): string {
  const code = zaloVerifierCode(value ?? '');
  return code === '' ? '' : `<meta name="zalo-platform-site-verification" content="${code}">`;
}

/** `/zalo_verifier<code>.html`; no other name is answered. */
export function zaloVerificationRoutes(value: string | undefined): Route[] {
  const code = zaloVerifierCode(value ?? '');
  if (code === '') return [];
  const page = `<!doctype html><html lang="vi"><head><meta charset="utf-8">${zaloVerifierTag(code)}<title>Zalo</title></head><body>${code}</body></html>`;
  const headers = { 'Content-Type': 'text/html; charset=utf-8' };
  return [
    {
      method: 'GET',
      path: `/zalo_verifier${code}.html`,
      handler: () => Promise.resolve(new Response(page, { headers })),
    },
  ];
}
