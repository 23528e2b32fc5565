import { describe, expect, it } from 'vitest';
import { Resvg } from '@resvg/resvg-js';
import { MAX_BAR_ROWS } from '../../src/documents/bar-chart.js';
import { barChart, inspectFile, renderHonourCard, type HonourCard } from '../../src/documents/index.js';
import { preparePhoto } from '../../src/documents/photo.js';
import { toSvg, words } from '../../src/documents/render.js';
import { exe, jpeg, png } from './samples.js';

const card: HonourCard = {
  name: 'Nguyễn Thị Hương Giang',
  unit: 'Trạm Y tế phường Phủ Lý',
  deed: 'Suốt 12 năm khám sức khỏe tận nhà cho người cao tuổi neo đơn.',
  award: 'Bằng khen của Chủ tịch Ủy ban nhân dân tỉnh',
  decision: 'Số 1234/QĐ-UBND ngày 16/11/2026',
  labels: {
    issuer: 'TỈNH NINH BÌNH',
    heading: 'GƯƠNG NGƯỜI TỐT, VIỆC TỐT',
    award: 'Hình thức khen thưởng',
    decision: 'Quyết định',
    footer: 'Nêu Gương',
    stamp: 'DỮ LIỆU MẪU',
  },
  demo: false,
};

interface Pixels {
  readonly width: number;
  readonly height: number;
  at(x: number, y: number): readonly number[];
}

/** The pixels of a PNG, so that a test can look at the picture itself. */
function decode(bytes: Buffer): Pixels {
  const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
  const image = `<image width="${width}" height="${height}" href="data:image/png;base64,${bytes.toString('base64')}"/>`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${image}</svg>`;
  const pixels = new Resvg(svg).render().pixels;
  return { width, height, at: (x, y) => [...pixels.subarray(4 * (y * width + x), 4 * (y * width + x) + 3)] };
}

async function drawn(more: Partial<HonourCard> = {}): Promise<Buffer> {
  const result = await renderHonourCard({ ...card, ...more });
  if (!result.ok) throw new Error(result.problem);
  return result.png;
}

/** How many pixels of a part of the picture differ between two. */
function difference(
  a: Pixels,
  b: Pixels,
  [left, top, right, bottom]: readonly [number, number, number, number],
): number {
  let count = 0;
  for (let y = top; y < bottom; y += 2) {
    for (let x = left; x < right; x += 2) if (a.at(x, y).join() !== b.at(x, y).join()) count += 1;
  }
  return count;
}

const isRed = ([r = 0, , b = 0]: readonly number[]): boolean => r > 120 && b < 100;
const isBlue = ([r = 0, , b = 0]: readonly number[]): boolean => b > 120 && r < 100;

describe('renderHonourCard', () => {
  it('draws a PNG of at most 1 MB with the emblem where there is no photo', async () => {
    const picture = await drawn();
    expect(await inspectFile(picture, 'card.png')).toMatchObject({ ok: true, ext: 'png' });
    expect(picture.length).toBeLessThan(1_000_000);
    const pixels = decode(picture);
    expect([pixels.width, pixels.height]).toEqual([1080, 1440]);
    expect(pixels.at(540, 460)).toEqual([217, 165, 33]);
  });

  it('shows the photo', async () => {
    const blue = decode(await drawn({ photo: png(300, 400, { colour: [20, 20, 200] }) }));
    expect(blue.at(540, 460)).toEqual([20, 20, 200]);
  });

  it('writes each text that it is given, and the stamp only in the demo', async () => {
    const plain = decode(await drawn());
    const whole = [0, 0, 1080, 1440] as const;
    for (const change of [
      { name: 'Nguyễn Thị Hương Giáng' },
      { unit: 'Trạm Y tế phường Phù Lý' },
      { deed: 'Suốt 13 năm khám sức khỏe tận nhà cho người cao tuổi neo đơn.' },
      { award: 'Bằng khen của Chủ tịch Ủy ban nhân dân xã' },
      { decision: 'Số 1235/QĐ-UBND ngày 16/11/2026' },
      { labels: { ...card.labels, footer: 'Nêu gương' } },
      { demo: true },
    ]) {
      expect(difference(plain, decode(await drawn(change)), whole), JSON.stringify(change)).toBeGreaterThan(0);
    }
    const stamped = decode(await drawn({ demo: true }));
    expect(difference(plain, stamped, [800, 40, 1040, 110])).toBeGreaterThan(1000);
  });

  it('keeps long texts inside: nothing reaches the photo above nor the edge below', async () => {
    const name = 'Tập thể cán bộ, giáo viên và nhân viên Trường Trung học phổ thông Chuyên Biên Hòa '.repeat(3);
    const long = { name, unit: name, deed: name.repeat(4), award: name, decision: name };
    const [short, tall] = [decode(await drawn()), decode(await drawn(long))];
    expect(difference(short, tall, [0, 660, 1080, 702])).toBe(0);
    expect(difference(short, tall, [0, 1390, 1080, 1440])).toBe(0);
    expect(difference(short, tall, [0, 0, 76, 1440])).toBe(0);
    expect(difference(short, tall, [1004, 0, 1080, 1440])).toBe(0);
  });

  it('breaks a word that is longer than the card', async () => {
    const [short, tall] = [decode(await drawn()), decode(await drawn({ name: 'Ệ'.repeat(95), deed: 'm'.repeat(400) }))];
    expect(difference(short, tall, [1004, 0, 1080, 1440])).toBe(0);
  });

  it('leaves out what its letters cannot show', async () => {
    expect(await drawn({ name: `${card.name} 🎉\u200b\u0007` })).toEqual(await drawn());
  });

  it('makes a restless photo fit into 1 MB', async () => {
    const picture = await drawn({ photo: png(1400, 1700, { noise: true }) });
    expect(picture.length).toBeLessThanOrEqual(1_000_000);
    expect(decode(picture).width).toBeGreaterThanOrEqual(540);
  });

  it.each<[string, Buffer, string]>([
    ['half a PNG', png(200, 200, { noise: true }).subarray(0, 5000), 'broken'],
    ['a PNG whose picture is damaged', damaged(png(200, 200, { noise: true })), 'broken'],
    ['half a JPEG', jpeg().subarray(0, 200), 'broken'],
    ['an empty file', Buffer.alloc(0), 'empty'],
    ['no picture at all', exe(), 'wrong_type'],
    ['a picture that would fill the memory', huge(), 'too_large'],
  ])('refuses %s as a photo', async (_, photo, problem) => {
    expect(await renderHonourCard({ ...card, photo })).toEqual({ ok: false, problem });
  });

  it('stands every photo upright, whichever way the camera was held', async () => {
    // The sample's left half is red. What the top left and the bottom right corner show, for each way it may lie:
    const corners: Record<number, string> = { 1: 'rb', 2: 'br', 3: 'br', 4: 'rb', 5: 'rb', 6: 'rb', 7: 'br', 8: 'br' };
    for (const [orientation, expected] of Object.entries(corners)) {
      const isTall = Number(orientation) >= 5;
      const photo = await preparePhoto(jpeg(Number(orientation)), isTall ? 80 : 160, isTall ? 160 : 80);
      if (!photo.ok) throw new Error(photo.problem);
      const pixels = decode(Buffer.from(photo.href.split(',')[1] ?? '', 'base64'));
      const seen = [pixels.at(5, 5), pixels.at(pixels.width - 6, pixels.height - 6)];
      expect(seen.map((one) => (isRed(one) ? 'r' : isBlue(one) ? 'b' : '?')).join(''), orientation).toBe(expected);
    }
  });

  it('has a shape of its own for every Vietnamese letter', async () => {
    const bases = ['aăâeêioôơuưy', 'AĂÂEÊIOÔƠUƯY'].flatMap((letters) => [...letters]);
    const tones = ['', '\u0300', '\u0301', '\u0309', '\u0303', '\u0323'];
    const letters = [...bases.flatMap((base) => tones.map((tone) => (base + tone).normalize('NFC'))), 'đ', 'Đ', '中'];
    const shapes = await Promise.all(letters.map((letter) => toSvg(words(letter, { fontSize: 40 }), 60, 80)));
    // The last one is no letter of the font: its shape is the box that stands for an unknown sign.
    expect(new Set(shapes).size).toBe(letters.length);
  });
});

describe('barChart', () => {
  const row = (label: string, share: number) => ({ label, value: '7/15', share });

  it('draws bars as long as their shares, and none for what is not a number', async () => {
    const pixels = decode(
      await barChart({ title: 'Đăng ký', rows: [row('a', 1), row('b', 0.5), row('c', Number.NaN), row('d', -3)] }),
    );
    const y = (index: number): number => 56 + 90 + 64 * index + 32;
    const redAt = (index: number, x: number): boolean => isRed(pixels.at(x, y(index)));
    expect([redAt(0, 480), redAt(0, 790), redAt(1, 600), redAt(1, 680), redAt(2, 480), redAt(3, 480)]).toEqual([
      true,
      true,
      true,
      false,
      false,
      false,
    ]);
  });

  it('grows with its rows and stays under 1 MB', async () => {
    const rows = Array.from({ length: MAX_BAR_ROWS }, (_, i) =>
      row(`Đơn vị có tên khá dài số ${i} của tỉnh Ninh Bình`, i / MAX_BAR_ROWS),
    );
    const picture = await barChart({
      title: 'Tình hình',
      subtitle: 'đến 16/11/2026',
      rows,
      footer: 'Nêu Gương',
      stamp: 'DỮ LIỆU MẪU',
    });
    expect(picture.length).toBeLessThan(1_000_000);
    expect(decode(picture).height).toBeGreaterThan(64 * MAX_BAR_ROWS);
    await expect(barChart({ title: 'x', rows: [...rows, row('one more', 1)] })).rejects.toThrow(RangeError);
  });
});

/** Sound in structure, but the packed pixels are not. */
function damaged(picture: Buffer): Buffer {
  const bytes = Buffer.from(picture);
  bytes.fill(0xaa, 50, bytes.length - 40);
  return bytes;
}

/** A small file that says it has 40,000 × 40,000 pixels. */
function huge(): Buffer {
  const bytes = png(4, 4);
  bytes.writeUInt32BE(40_000, 16);
  bytes.writeUInt32BE(40_000, 20);
  return bytes;
}
