import { describe, expect, it } from 'vitest';
import { createNoticesFlows } from '../../src/notices/index.js';
import { Play, someActor } from '../conversation/play.js';

const BROADCAST = '0190a000-0000-7000-8000-000000000001';
const subject = (n: number) => ({
  kind: 'broadcast',
  id: BROADCAST.replace(/1$/, String(n)),
  title: `Thông báo số ${String(n)}`,
  at: '2026-11-23T01:00:00.000Z',
});
const reading = (subjects: ReturnType<typeof subject>[]) => ({
  records: {
    latest: (count: number) => Promise.resolve(subjects.slice(0, count)),
    find: (key: string) =>
      Promise.resolve(subjects.find(({ id, kind }) => key === id || key === `${kind}:${id}`) ?? null),
  },
});
const play = (subjects = [subject(1), subject(2)], roles: ('officer' | 'leader' | 'admin')[] = ['officer']) =>
  new Play(createNoticesFlows(), reading(subjects) as never, { actor: someActor({ roles }) });

describe('biên bản', () => {
  it('offers the latest sendings, asks for the format, and asks for the file', async () => {
    const p = play();
    expect(await p.type('bien ban')).toContain('Lập biên bản cho lần gửi nào?');
    expect(p.text()).toContain('1. Thông báo số 1 (08:00, 23/11/2026)');
    expect(await p.type('2')).toContain('Thông báo số 2');
    expect(await p.type('excel')).toContain('Tệp sẽ được gửi vào đây');
    expect(p.effects()).toEqual([
      {
        type: 'inbox.work',
        payload: {
          workId: expect.any(String) as string,
          kind: 'notices.record',
          payload: { subject: subject(2), format: 'xlsx', person: 'm:m1' },
        },
      },
    ]);
    // The chat is free at once.
    expect(p.session).toBeNull();
  });

  it('takes a sending named in the button or typed', async () => {
    for (const typed of [`go:record:${BROADCAST}`, null]) {
      const p = play();
      if (typed) await p.turn({ kind: 'action', action: typed });
      else await p.type(`biên bản broadcast:${BROADCAST}`);
      expect(p.text()).toContain('Biên bản thông báo: Thông báo số 1');
      await p.tap('PDF');
      expect(p.effects()[0]?.payload).toMatchObject({ payload: { format: 'pdf' } });
    }
  });

  it('says so when what was typed is no sending, and shows the latest', async () => {
    const p = play();
    expect(await p.type('biên bản hôm qua')).toContain('Không tìm thấy lần gửi “hôm qua”');
    expect(p.text()).toContain('1. Thông báo số 1');
  });

  it('says so when nothing was ever sent', async () => {
    expect(await play([]).type('biên bản')).toContain('Chưa có lần gửi nào');
  });

  it('is for officers only', async () => {
    const p = play([subject(1)], ['leader']);
    await p.type('biên bản');
    expect(p.text()).not.toContain('Thông báo số 1');
    expect(p.effects()).toEqual([]);
  });
});
