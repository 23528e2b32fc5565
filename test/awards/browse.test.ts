import { describe, expect, it } from 'vitest';
import { createBrowseFlow } from '../../src/awards/browse/flow.js';
import { loadBrowse, readBrowse } from '../../src/awards/browse/load.js';
import { createAskFlow } from '../../src/awards/flow-ask.js';
import { Play, someActor } from '../conversation/play.js';
import { answerer, knowledge } from './knowledge-of-tests.js';

const groups = loadBrowse(knowledge);
const awards = { fresh: () => Promise.resolve(), waiting: () => Promise.resolve(0), openOf: () => Promise.resolve([]) };
const play = (language: 'vi' | 'en' = 'vi') =>
  new Play(
    [createBrowseFlow(answerer, groups), createAskFlow(answerer)],
    { awards },
    {
      actor: someActor({ language }),
      fallback: { text: 'ask', file: 'menu', start: 'menu' },
    },
  );

describe('browsing', () => {
  it('leads from a group to a title to an answer with its basis, by taps alone', async () => {
    const p = play();
    await p.type('tra cứu');
    await p.tap('Danh hiệu cá nhân');
    expect(await p.tap('Chiến sĩ thi đua cơ sở')).toContain('muốn biết điều gì');
    expect(await p.tap('Tiêu chuẩn Chiến sĩ thi đua cơ sở')).toContain('Căn cứ: Luật số 06/2022/QH15, Điều 23');
  });

  it('is the same when the labels or their numbers are typed', async () => {
    const p = play();
    await p.type('tra cuu', 'danh hieu ca nhan', 'chien si thi dua co so');
    expect(p.text()).toContain('muốn biết điều gì');
  });

  it('shows everything of a group page by page, with a way back and a person on each', async () => {
    const p = play();
    const seen = new Set<string>();
    await p.type('tra cứu');
    await p.tap('Văn bản');
    for (let n = 0; n < 20; n += 1) {
      const labels = p.labels();
      expect(labels.slice(-2)).toEqual(['Quay lại', 'Gặp cán bộ']);
      for (const label of labels.slice(0, -2)) if (label !== 'Xem thêm') seen.add(label);
      if (!labels.includes('Xem thêm')) break;
      await p.tap('Xem thêm');
    }
    expect(seen.size).toBe(knowledge.documents.size);
    await p.tap('Quay lại');
    expect(p.labels()).toContain('Tiền thưởng');
  });

  it('reaches a card for every title that it names', () => {
    for (const group of groups)
      for (const subject of group.subjects)
        expect([subject, answerer.about(subject, []).length > 0]).toEqual([subject, true]);
  });

  it.each(['ca-nhan.cstdcs.99', 'ca-nhan.99', 'khong-co', 'ca-nhan.khong-co', '..', 'ca-nhan.-1'])(
    'shows a screen for a place that is none: %s',
    async (place) => {
      expect(await play().press(`go:browse:${place}`)).not.toBe('');
    },
  );

  it('refuses a file that names what is not there', () => {
    expect(readBrowse({ ...knowledge, cards: [] }).problems[0]).toMatchObject({
      file: 'browse.yaml',
      field: 'ho-so.cards',
    });
    expect(readBrowse(knowledge, '/khong-co').problems[0]?.field).toBe('-');
  });
});
