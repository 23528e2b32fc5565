import { expect, it } from 'vitest';
import { renderText } from '../../src/conversation/index.js';
import type { BroadcastControl, Resent } from '../../src/delivery/index.js';
import type { EffectContext } from '../../src/inbox/index.js';
import { createControlEffects, resendBroadcast } from '../../src/notices/control.js';
import { someActor } from '../conversation/play.js';

/** What an officer hears when nobody could be told again; nobody was faster. */
async function refusalOf(counts: { unreachable: number; overQuota: number }): Promise<string> {
  const resent: Resent = { outcome: 'done', state: 'finished', people: 0, ...counts };
  const control = { resend: () => Promise.resolve(resent) } as unknown as BroadcastControl;
  const effects = createControlEffects({ unitsOf: () => Promise.resolve([]), control: () => control });
  const at = {
    tx: { auditEntry: { findFirst: () => Promise.resolve(null) } },
    now: new Date('2026-11-23T03:00:00Z'),
    actor: someActor({ roles: ['officer'] }),
  } as unknown as EffectContext;
  const payload = { id: 'b', only: 'uncertain' };
  const refusal = await effects.find(({ type }) => type === resendBroadcast.type)?.apply(payload, at);
  return refusal ? renderText(refusal.text, 'vi') : '';
}

it.each([
  [{ unreachable: 0, overQuota: 0 }, 'Không còn ai cần gửi lại'],
  [{ unreachable: 2, overQuota: 0 }, '2 người chưa nhận không còn kênh nào'],
  [{ unreachable: 2, overQuota: 7 }, '7 người chưa nhận chỉ còn cách gửi qua Zalo mà hạn mức đã hết'],
])('says why nobody was told again: %o', async (counts, words) => {
  expect(await refusalOf(counts)).toContain(words);
});
