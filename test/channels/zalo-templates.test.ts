import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { TEMPLATE_CODES } from '../../src/channels/zalo/failure.js';
import { atLocal } from '../../src/kernel/local-date.js';
import { startFakeZalo, type FakeZalo } from '../support/fake-zalo.js';
import { buildZalo, USER } from './zalo-world.js';

let fake: FakeZalo;
const DAY = 86_400_000;
const template = (data: Record<string, string> = { ten: 'Nguyễn Văn Mẫu' }, id = '123456') => ({ id, data });

beforeAll(async () => {
  fake = await startFakeZalo();
});
afterAll(() => fake.stop());
beforeEach(async () => {
  await fake.reset();
  await fake.addUser(USER);
  await fake.addTemplate('123456', { ten: 20 });
});

const send = async (
  given: Parameters<typeof template>[0] = undefined,
  id?: string,
  options: Parameters<typeof buildZalo>[1] = {},
) => {
  const zalo = await buildZalo(fake, options);
  const result = await zalo.channel.send(
    {
      attemptId: '1',
      contactId: 'c',
      address: USER,
      content: { text: 'Lời văn đầy đủ' },
      template: template(given, id),
      lane: 'bulk',
      at: new Date(0),
    },
    new AbortController().signal,
  );
  return { result, alarms: zalo.alarms };
};

describe('a template', () => {
  it('reaches whoever has been silent for longer than a message may wait, and is counted as charged', async () => {
    await fake.silence(USER, 30 * DAY);
    const zalo = await buildZalo(fake);
    expect(await zalo.send('Lời văn đầy đủ')).toMatchObject({ failure: 'window-closed' });
    expect((await send()).result).toMatchObject({
      kind: 'sent',
      platformMessageId: expect.stringMatching(/^f1x/) as string,
    });
    expect(await fake.person(USER).messages()).toMatchObject([
      { text: 'ten: Nguyễn Văn Mẫu', template: '123456', charged: true },
    ]);
    expect(await fake.stats()).toMatchObject({ templates: 1, sent: 1 });
  });

  it('carries names in the form in which Zalo counts their letters', async () => {
    expect((await send({ ten: 'Nguyễn Văn Mẫu'.normalize('NFD') })).result.kind).toBe('sent');
  });

  it.each([
    ['is unknown', {}, '999'],
    ['lacks a parameter', {}, undefined],
    ['has a parameter too many', { ten: 'x', khac: 'y' }, undefined],
    ['has a value that is too long', { ten: 'x'.repeat(21) }, undefined],
  ])('that %s leaves the window closed and somebody looks at it', async (_name, data: Record<string, string>, id) => {
    const { result, alarms } = await send(data, id);
    expect(result).toMatchObject({ kind: 'failed' });
    expect(result.kind === 'failed' && ['window-closed', 'rejected'].includes(result.failure)).toBe(true);
    expect(await fake.stats()).toMatchObject({ sent: 0 });
    if (id === '999') expect(alarms).toEqual([['template-refused', expect.stringMatching(/^999: -131/)]]);
  });

  it('that works by phone only leaves the window closed', async () => {
    await fake.addTemplate('7', { ten: 20 }, { uid: false });
    expect((await send(undefined, '7')).result).toMatchObject({
      failure: 'window-closed',
      detail: expect.stringMatching(/^-249/) as string,
    });
  });

  it('above the quota of the day waits for the next one, and only for itself', async () => {
    await fake.limits({ templatesPerDay: 1 });
    expect((await send()).result.kind).toBe('sent');
    const now = atLocal('2026-11-23', '10:00');
    expect((await send(undefined, undefined, { now })).result).toMatchObject({
      failure: 'rate-limited',
      scope: 'contact',
      retryAfterMs: (14 * 60 + 5) * 60_000,
    });
    await fake.limits({ templatesPerDay: 500 });
  });

  it('takes a new token once', async () => {
    await fake.fault({ kind: 'answer', method: 'template', answer: { error: -124, message: 'x' } });
    expect((await send()).result.kind).toBe('sent');
  });

  it('whose answer never comes may have arrived', async () => {
    await fake.fault({ kind: 'reset-after', method: 'template' });
    expect((await send()).result.kind).toBe('uncertain');
  });

  it('has its own reading of every code of its table', async () => {
    expect(Object.keys(TEMPLATE_CODES).length).toBe(22);
    for (const [code, { failure }] of Object.entries(TEMPLATE_CODES)) {
      await fake.fault({ kind: 'answer', method: 'template', times: 2, answer: { error: Number(code), message: 'x' } });
      const { result } = await send(undefined, undefined, { renew: 'none' });
      expect(result, code).toMatchObject({ kind: 'failed', failure, detail: `${code} x` });
      await fake.clearFaults();
    }
  });
});
