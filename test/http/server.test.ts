import { request } from 'node:http';
import { connect } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { Counter, Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { StoreUnavailableError } from '../../src/kernel/errors.js';
import { waitFor } from '../support/wait.js';
import { error, get, post, start } from './running.js';

describe('answers', () => {
  it('carry the security headers and do not say what serves them', async () => {
    const { url } = await start({ routes: [get(() => Promise.resolve(Response.json({})))], secure: true });
    const { headers } = await fetch(`${url}/api/x`);
    expect(headers.get('x-powered-by')).toBeNull();
    expect(headers.get('content-security-policy')).toBe("default-src 'none'; frame-ancestors 'none'");
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('x-frame-options')).toBe('DENY');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('strict-transport-security')).toMatch(/max-age/);
  });

  it('say in Vietnamese that an address is unknown', async () => {
    const { url } = await start({ routes: [get(() => Promise.resolve(Response.json({})))] });
    for (const path of ['/nothing', '/api/demo/people', '/webhooks/telegram', '/%E0%A4%A']) {
      expect((await fetch(url + path)).status).toBeGreaterThanOrEqual(400);
    }
    const answer = await error(await fetch(`${url}/nothing`));
    expect(answer).toEqual({ status: 404, code: 'not_found', message: 'Không tìm thấy nội dung này.' });
    expect((await fetch(`${url}/api/x`, { method: 'POST' })).status).toBe(404);
  });

  it('show no stack trace when a handler fails, while the log has it', async () => {
    const { url, log } = await start({ routes: [get(() => Promise.reject(new Error('secret detail')))] });
    const response = await fetch(`${url}/api/x?token=abc`);
    const text = await response.clone().text();
    expect(await error(response)).toMatchObject({ status: 500, code: 'internal' });
    expect(text).not.toContain('secret detail');
    expect(log.join()).toContain('a request failed');
    expect(log.join()).not.toContain('token=abc');
  });

  it('are 503 with a time to come back while the store is away', async () => {
    const { url } = await start({ routes: [get(() => Promise.reject(new StoreUnavailableError('down')))] });
    const response = await fetch(`${url}/api/x`);
    expect(response.headers.get('retry-after')).toBe('2');
    expect(await error(response)).toMatchObject({ status: 503, code: 'unavailable' });
  });

  it('hand path parameters and bodies to the handler as they are', async () => {
    const echo = post(
      async (request, { params }) => new Response(`${params['id'] ?? ''} ${await request.text()}`),
      '/api/y/:id',
    );
    const { url } = await start({ routes: [echo] });
    const response = await fetch(`${url}/api/y/b%20c`, { method: 'POST', body: 'dữ liệu' });
    expect(await response.text()).toBe('b c dữ liệu');
  });

  it('stream at the pace of the client, and the source learns when the client leaves', async () => {
    let cancelled = false;
    let produced = 0;
    const endless = get((incoming) => {
      incoming.signal.addEventListener('abort', () => (cancelled = true));
      const body = new ReadableStream<Uint8Array>({
        pull: (controller) => {
          produced += 1;
          controller.enqueue(new Uint8Array(64 * 1024));
        },
      });
      return Promise.resolve(new Response(body));
    });
    const { url } = await start({ routes: [endless] });
    const call = request(`${url}/api/x`);
    call.end();
    await new Promise<void>((resolve) =>
      call.once('response', (response) => response.once('readable', () => resolve())),
    );
    // Nobody reads on: what lies in buffers is bounded.
    const held = await waitFor(() => {
      const before = produced;
      return new Promise<number | false>((resolve) => setTimeout(() => resolve(produced === before && produced), 100));
    });
    expect(held).toBeLessThan(400);
    call.destroy();
    await waitFor(() => cancelled);
  });

  it('reach a client that is still sending what nobody wants', async () => {
    const refuse = post(() =>
      Promise.resolve(Response.json({ error: { code: 'no', message: 'no' } }, { status: 401 })),
    );
    const { url } = await start({ routes: [refuse] });
    const response = await fetch(`${url}/api/x`, { method: 'POST', body: new Uint8Array(30_000_000) });
    expect(response.status).toBe(401);
  });
});

describe('assets', () => {
  const body = Buffer.from(`<!doctype html>${'chào '.repeat(200)}`);
  const assets = [{ path: '/', type: 'text/html; charset=utf-8', body }];

  it('come with a tag, are not sent again, and may run only our own scripts', async () => {
    const { url } = await start({ assets });
    const first = await fetch(url);
    expect(await first.text()).toBe(body.toString());
    expect(first.headers.get('content-security-policy')).toContain("script-src 'self'");
    expect(first.headers.get('content-security-policy')).not.toContain('unsafe');
    const etag = first.headers.get('etag') ?? '';
    expect((await fetch(url, { headers: { 'If-None-Match': etag } })).status).toBe(304);
    expect((await fetch(url, { headers: { 'If-None-Match': '"other"' } })).status).toBe(200);
  });

  it('are compressed for those who can read that', async () => {
    const { port } = await start({ assets });
    const raw = await new Promise<{ headers: NodeJS.Dict<string | string[]>; body: Buffer }>((resolve) => {
      request({ port, headers: { 'Accept-Encoding': 'gzip' } }, (response) => {
        const pieces: Buffer[] = [];
        response.on('data', (piece: Buffer) => pieces.push(piece));
        response.on('end', () => resolve({ headers: response.headers, body: Buffer.concat(pieces) }));
      }).end();
    });
    expect(raw.headers['content-encoding']).toBe('gzip');
    expect(raw.body.length).toBeLessThan(body.length / 2);
    expect(gunzipSync(raw.body).equals(body)).toBe(true);
  });
});

describe('for operators', () => {
  it('is alive, and ready part by part', async () => {
    const { url } = await start();
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    const ready = await fetch(`${url}/readyz`);
    expect(ready.status).toBe(200);
    expect(await ready.json()).toEqual({
      ready: true,
      parts: { database: { state: 'ok' }, telegram: { state: 'off' } },
    });
  });

  it('is not ready while a part is down', async () => {
    const parts = { database: { state: 'down', detail: 'refused' } } as const;
    const { url } = await start({ ready: () => Promise.resolve({ ready: false, parts }) });
    expect((await fetch(`${url}/readyz`)).status).toBe(503);
  });

  it('gives its numbers to Prometheus', async () => {
    const registry = new Registry();
    new Counter({ name: 'messages_total', help: 'm', registers: [registry] }).inc(3);
    const { url } = await start({ metrics: registry });
    expect(await (await fetch(`${url}/metrics`)).text()).toContain('messages_total 3');
  });

  it.each([['Abc-123'], ['zalo_verifierAbc-123.html'], ['/zalo_verifierAbc-123.html']])(
    'proves the domain to Zalo, ZALO_VERIFIER being %s',
    async (zaloVerifier) => {
      const { url } = await start({ zaloVerifier });
      const page = await fetch(`${url}/zalo_verifierAbc-123.html`);
      expect(page.status).toBe(200);
      expect(await page.text()).toContain('<meta name="zalo-platform-site-verification" content="Abc-123">');
      expect((await fetch(`${url}/zalo_verifierOther.html`)).status).toBe(404);
    },
  );
});

describe('stopping', () => {
  it('lets a request that has begun finish, and takes no new one', async () => {
    let finish: (() => void) | undefined;
    const slow = get(() => new Promise((resolve) => (finish = () => resolve(new Response('done')))));
    const { url, server } = await start({ routes: [slow] });
    const answer = fetch(`${url}/api/x`);
    await waitFor(() => finish !== undefined);
    const closed = server.close(5_000);
    await expect(fetch(`${url}/healthz`)).rejects.toThrow();
    finish?.();
    expect(await (await answer).text()).toBe('done');
    await closed;
  });

  it('cuts off, at the deadline, who never ends', async () => {
    let begun = false;
    const never = get(() => {
      begun = true;
      return new Promise(() => undefined);
    });
    const { url, server } = await start({ routes: [never] });
    const answer = fetch(`${url}/api/x`).catch(() => 'cut');
    await waitFor(() => begun);
    const before = Date.now();
    await server.close(200);
    expect(await answer).toBe('cut');
    expect(Date.now() - before).toBeLessThan(2_000);
  });

  it('is not held up by a client that opened a line and says nothing', async () => {
    const { port, server } = await start();
    const line = connect(port, '127.0.0.1');
    await new Promise((resolve) => line.once('connect', resolve));
    line.write('GET / HT');
    await server.close(300);
    line.destroy();
  });

  it('says when its port is taken', async () => {
    const { port } = await start();
    await expect(start({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});
