import { beforeEach, describe, expect, it } from 'vitest';
import { createHonoursFlows } from '../../src/honours/index.js';
import { Play, someActor } from '../conversation/play.js';

const drawn = new Map<string, { fileId: string | null }>();
const read = {
  audience: {
    plan: () =>
      Promise.resolve({
        people: 12,
        routes: {
          web: 12,
          telegram: 0,
          zaloFree: 0,
          zaloBilled: 0,
          zaloTemplate: 0,
          otherChannel: 0,
          otherSeat: 0,
          unreachable: 0,
        },
        byChannel: { web: 12, telegram: 0, zalo: 0 },
        costVnd: 0,
        seconds: 0,
        isGuessed: false,
      }),
  },
  honours: {
    latest: () => Promise.resolve([]),
    one: () => Promise.resolve(null),
    drawnCard: (id: string) => Promise.resolve(drawn.get(id) ?? null),
  },
};
const officer = () => new Play(createHonoursFlows(), read, { actor: someActor({ roles: ['officer'] }) });
const FORM = [
  'tôn vinh',
  'Nguyễn Thị Mẫu',
  'Trạm Y tế',
  'Trực đêm giao thừa',
  'Câu chuyện',
  'Bằng khen',
  '123/QĐ-UBND',
  '20/11/2026',
];

const workOf = (play: Play<typeof read>): string =>
  (play.effects().find((effect) => effect.type === 'inbox.work')?.payload as { workId: string }).workId;

describe('tôn vinh', () => {
  beforeEach(() => {
    drawn.clear();
  });

  it('publishes only after consent, a drawn card and a confirmation', async () => {
    const p = officer();
    expect(await p.type(...FORM)).toContain('đã đồng ý công bố');
    expect(await p.type('chưa')).toContain('Chỉ công bố khi người được tôn vinh đồng ý');
    await p.type('có');
    expect(await p.tap('Không có ảnh')).toContain('Đang dựng thẻ ảnh');
    const workId = workOf(p);
    await p.turn({ kind: 'result', workId, work: 'honours.card', ok: true, data: { fileId: 'f1' } });
    expect(p.text()).toContain('Công bố tới 12 người');
    await p.tap('Công bố');
    expect(p.effects()[0]).toMatchObject({
      type: 'honours.publish',
      payload: { personName: 'Nguyễn Thị Mẫu', cardId: 'f1', consent: 'loi-noi' },
    });
  });

  it('does not draw again when a number is typed while the card is drawn', async () => {
    const p = officer();
    await p.type(...FORM, 'có', 'không có');
    await p.type('1');
    expect(p.effects()).toEqual([]);
    expect(p.text()).toContain('Đang dựng thẻ ảnh');
  });

  it('finds the card that was drawn while the officer was busy with something else', async () => {
    const p = officer();
    await p.type(...FORM, 'có', 'không có');
    const workId = workOf(p);
    await p.type('menu');
    await p.turn({ kind: 'result', workId, work: 'honours.card', ok: true, data: { fileId: 'f2' } });
    drawn.set(workId, { fileId: 'f2' });
    await p.type('tôn vinh');
    expect(await p.tap('Làm tiếp')).toContain('Công bố tới');
  });

  it('asks for another photo when the card could not be drawn', async () => {
    const p = officer();
    await p.type(...FORM, 'có', 'không có');
    await p.turn({ kind: 'result', workId: workOf(p), work: 'honours.card', ok: false, data: null });
    expect(p.text()).toContain('Chưa dựng được thẻ ảnh');
  });
});
