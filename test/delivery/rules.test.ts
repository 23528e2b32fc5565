import { describe, expect, it } from 'vitest';
import type { Failure } from '../../src/channels/channel.js';
import { createTelegramChannel, createTelegramClient } from '../../src/channels/telegram/index.js';
import { createWebChannel } from '../../src/channels/web/index.js';
import { createZaloChannel, createZaloClient } from '../../src/channels/zalo/index.js';
import { backoffMs, MAX_SENDS, outcomeOf } from '../../src/delivery/sending/outcome.js';
import { createPacer } from '../../src/delivery/sending/pacer.js';
import { POLICIES } from '../../src/delivery/policy.js';
import { DEFAULT_QUIET_HOURS, holdUntil, quietUntil } from '../../src/delivery/quiet-hours.js';
import { ATTEMPT_STATES, CHANNEL_PROOFS, FINAL_STATES, TRANSITIONS } from '../../src/delivery/states.js';
import { atLocal } from '../../src/kernel/local-date.js';
import { createFileMemory } from '../channels/file-memory.js';

const at = (time: string) => atLocal('2026-11-23', time);

describe('quiet hours', () => {
  it('end at the next 06:30 in Việt Nam, whatever the zone of the host', () => {
    expect(quietUntil(at('20:59'), DEFAULT_QUIET_HOURS)).toBeNull();
    expect(quietUntil(at('21:00'), DEFAULT_QUIET_HOURS)).toEqual(atLocal('2026-11-24', '06:30'));
    expect(quietUntil(at('00:00'), DEFAULT_QUIET_HOURS)).toEqual(at('06:30'));
    expect(quietUntil(at('06:29'), DEFAULT_QUIET_HOURS)).toEqual(at('06:30'));
    expect(quietUntil(at('06:30'), DEFAULT_QUIET_HOURS)).toBeNull();
  });

  it('may lie within one day, or be none', () => {
    expect(quietUntil(at('12:15'), { from: '11:30', to: '13:30' })).toEqual(at('13:30'));
    expect(quietUntil(at('14:00'), { from: '11:30', to: '13:30' })).toBeNull();
    expect(quietUntil(at('23:00'), { from: '00:00', to: '00:00' })).toBeNull();
    expect(quietUntil(at('23:00'), null)).toBeNull();
  });

  it('hold duties that the product reminds of by itself, never what a person ordered or what is critical', () => {
    const morning = atLocal('2026-11-24', '06:30');
    expect(holdUntil(at('22:00'), 'deadline', DEFAULT_QUIET_HOURS)).toEqual(morning);
    expect(holdUntil(at('22:00'), 'deadline', DEFAULT_QUIET_HOURS, undefined, true)).toBeNull();
    for (const kind of ['reply', 'critical', 'announcement', 'honour'] as const) {
      expect(holdUntil(at('22:00'), kind, DEFAULT_QUIET_HOURS)).toBeNull();
    }
  });

  it('are added to a wish for later', () => {
    expect(holdUntil(at('10:00'), 'deadline', DEFAULT_QUIET_HOURS, at('15:00'))).toEqual(at('15:00'));
    expect(holdUntil(at('10:00'), 'deadline', DEFAULT_QUIET_HOURS, at('22:00'))).toEqual(
      atLocal('2026-11-24', '06:30'),
    );
    expect(holdUntil(at('10:00'), 'deadline', DEFAULT_QUIET_HOURS, at('09:00'))).toBeNull();
  });
});

describe('the outcome of a call', () => {
  const failed = (failure: Failure) => ({ kind: 'failed', failure, detail: 'd' }) as const;

  it.each([
    ['retryable', 'queued', 2_000, null],
    ['unknown', 'queued', 2_000, null],
    ['rate-limited', 'queued', 5_000, 5_000],
    ['channel-down', 'queued', 60_000, 60_000],
    ['recipient-gone', 'failed', null, null],
    ['rejected', 'failed', null, null],
    ['window-closed', 'failed', null, null],
  ] as const)('%s makes the attempt %s', (failure, state, waitMs, banMs) => {
    const outcome = outcomeOf(failed(failure), 1, 1_000_000);
    expect(outcome).toMatchObject({ state, reason: failure });
    expect(outcome.dueMs).toBe(waitMs === null ? null : 1_000_000 + waitMs);
    expect(outcome.banUntilMs).toBe(banMs === null ? null : 1_000_000 + banMs);
  });

  it('obeys the wait that the platform names, for one person or for the account', () => {
    const limited = { kind: 'failed', failure: 'rate-limited', retryAfterMs: 18_053_000, detail: '429' } as const;
    expect(outcomeOf(limited, 99, 0)).toMatchObject({ state: 'queued', dueMs: 18_053_000, banUntilMs: 18_053_000 });
    expect(outcomeOf({ ...limited, scope: 'contact' }, 1, 0)).toMatchObject({
      state: 'queued',
      dueMs: 18_053_000,
      banUntilMs: null,
    });
  });

  it('gives up what may succeed later only after eight calls', () => {
    expect(outcomeOf(failed('retryable'), MAX_SENDS - 1, 0).state).toBe('queued');
    expect(outcomeOf(failed('retryable'), MAX_SENDS, 0).state).toBe('failed');
    expect([1, 2, 3, 4, 5, 6, 7].map(backoffMs)).toEqual([2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
  });
});

describe('the pacer', () => {
  it('gives each reserved moment once, not before it comes', () => {
    const pacer = createPacer(10);
    pacer.add(1_000, 3);
    expect(pacer.take(999)).toBe(false);
    expect(pacer.take(1_000)).toBe(true);
    expect(pacer.take(1_000)).toBe(false);
    expect(pacer.take(1_105)).toBe(true);
    expect(pacer.next(1_105)).toBe(1_200);
  });

  it('forfeits a moment that was missed instead of making up for it', () => {
    const pacer = createPacer(10);
    pacer.add(1_000, 3);
    expect(pacer.take(1_190)).toBe(false);
    expect(pacer.take(1_201)).toBe(true);
    expect(pacer.take(1_202)).toBe(false);
  });

  it('reserves no more than it needs, and less than half a second ahead', () => {
    const pacer = createPacer(30);
    expect(pacer.wants(0, 1_000)).toBe(9);
    expect(pacer.wants(0, 2)).toBe(2);
    pacer.add(0, 9);
    expect(pacer.wants(0, 1_000)).toBe(0);
    expect(pacer.wants(200, 1_000)).toBeGreaterThan(0);
  });
});

describe('what is known as data', () => {
  it('names the proof that each channel really gives', () => {
    const files = createFileMemory({});
    const channels = [
      createTelegramChannel({ client: createTelegramClient({ token: '1:x', apiRoot: 'http://127.0.0.1' }), files }),
      createZaloChannel({
        client: createZaloClient({ apiRoot: 'http://127.0.0.1', oauthRoot: 'http://127.0.0.1' }),
        tokens: { current: () => Promise.resolve(null), renew: () => Promise.resolve(null) },
        files,
        appId: 'a',
        oaId: 'o',
        oaSecretKey: 's',
        buttons: 'none',
      }),
      createWebChannel({} as Parameters<typeof createWebChannel>[0]),
    ];
    expect(Object.fromEntries(channels.map(({ name, proof }) => [name, proof]))).toEqual(
      Object.fromEntries(Object.entries(CHANNEL_PROOFS).map(([name, { proof }]) => [name, proof])),
    );
  });

  it('lets every state that is not final go on, and ends nowhere else', () => {
    for (const state of ATTEMPT_STATES) {
      const after = TRANSITIONS[state];
      expect(after.every((next) => ATTEMPT_STATES.includes(next))).toBe(true);
      if (!FINAL_STATES.includes(state)) expect(after.length).toBeGreaterThan(0);
      // What is final only grows more certain.
      else expect(after.every((next) => FINAL_STATES.includes(next))).toBe(true);
    }
  });

  it('sends only duties elsewhere for want of proof, answers nowhere, and honours to no colleague', () => {
    const fallbacks = Object.fromEntries(Object.entries(POLICIES).map(([name, { fallback }]) => [name, fallback]));
    expect(fallbacks).toEqual({
      reply: { channel: false, seat: false, unprovenAfterMs: null },
      announcement: { channel: true, seat: true, unprovenAfterMs: null },
      deadline: { channel: true, seat: true, unprovenAfterMs: 86_400_000 },
      critical: { channel: true, seat: true, unprovenAfterMs: 1_800_000 },
      honour: { channel: true, seat: false, unprovenAfterMs: null },
    });
    expect(POLICIES.critical.proof).toEqual({ share: 0.9, afterMs: 3_600_000 });
  });
});
