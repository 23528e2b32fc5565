import { describe, expect, it } from 'vitest';
import type { RawRequest } from '../../src/channels/channel.js';
import { StoreUnavailableError } from '../../src/kernel/errors.js';
import { error, get, start } from './running.js';

describe('webhooks', () => {
  const seen: RawRequest[] = [];
  const webhooks = [{ channel: 'telegram', path: '/webhooks/telegram' }] as const;
  const receiving = (status: number) => ({
    webhooks,
    receive: (_channel: string, raw: RawRequest) => {
      seen.push(raw);
      return Promise.resolve({ status });
    },
  });
  const call = (url: string, body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) =>
    fetch(`${url}/webhooks/telegram`, { method: 'POST', body, headers });

  it('get the bytes as they came, whatever the type says', async () => {
    const { url } = await start(receiving(200));
    const body = '{"a": "\\u00e0",  "b":1}\n';
    for (const type of ['application/json', 'text/plain', 'application/x-www-form-urlencoded']) {
      const response = await call(url, body, { 'Content-Type': type, 'X-ZEvent-Signature': 'mac=1' });
      expect(response.status).toBe(200);
      expect(seen.at(-1)?.body.toString()).toBe(body);
      expect(seen.at(-1)?.headers['x-zevent-signature']).toBe('mac=1');
    }
  });

  it.each([[400], [401], [503]])('pass the status %i on, with a message', async (status) => {
    const { url } = await start(receiving(status));
    const response = await call(url, '{}');
    expect(await error(response)).toMatchObject({ status, message: expect.any(String) as string });
  });

  it('answer 413 to more than a megabyte, before anybody looks at it', async () => {
    const { url } = await start(receiving(200));
    const before = seen.length;
    expect((await call(url, 'x'.repeat(1024 * 1024))).status).toBe(200);
    expect(await error(await call(url, 'x'.repeat(1024 * 1024 + 1)))).toMatchObject({ status: 413, code: 'too_large' });
    expect(await error(await call(url, new Uint8Array(60_000_000)))).toMatchObject({ status: 413 });
    expect(seen.length).toBe(before + 1);
  });

  it('answer 503 when storing fails because the store is away, 500 for a fault', async () => {
    const away = await start({ webhooks, receive: () => Promise.reject(new StoreUnavailableError('down')) });
    expect((await call(away.url, '{}')).status).toBe(503);
    const broken = await start({ webhooks, receive: () => Promise.reject(new Error('secret')) });
    const response = await call(broken.url, '{}');
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain('secret');
  });
});

describe('the rate limit', () => {
  const routes = [get(() => Promise.resolve(Response.json({}))), get(() => Promise.resolve(new Response()), '/page')];
  const rate = { perSecond: 1, burst: 3 };

  it('holds for one address, says when to come back, and leaves pages alone', async () => {
    const { url } = await start({ routes, limits: { perAddress: rate } });
    const statuses = [];
    for (let n = 0; n < 5; n += 1) statuses.push((await fetch(`${url}/api/x`)).status);
    expect(statuses).toEqual([200, 200, 200, 429, 429]);
    const refused = await fetch(`${url}/api/x`);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect(await error(refused)).toMatchObject({ code: 'too_many_requests' });
    expect((await fetch(`${url}/page`)).status).toBe(200);
  });

  it('holds for one token and not for its neighbour', async () => {
    const { url } = await start({ routes, limits: { perToken: rate } });
    const as = async (token: string) =>
      (await fetch(`${url}/api/x`, { headers: { Authorization: `Bearer ${token}` } })).status;
    for (let n = 0; n < 3; n += 1) expect(await as('a')).toBe(200);
    expect(await as('a')).toBe(429);
    expect(await as('b')).toBe(200);
  });

  it('believes a proxy on this machine about the address', async () => {
    const { url } = await start({ routes, limits: { perAddress: rate } });
    const from = async (ip: string) => (await fetch(`${url}/api/x`, { headers: { 'X-Forwarded-For': ip } })).status;
    for (let n = 0; n < 3; n += 1) expect(await from('203.0.113.5')).toBe(200);
    expect(await from('203.0.113.5')).toBe(429);
    expect(await from('203.0.113.6')).toBe(200);
  });
});
