/** The Excel form goes out and comes back through both platforms: as a document on Telegram, as a signed link on Zalo. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readForm, sourceOf, writeForm, type FormSheet } from '../../src/documents/index.js';
import { createFileStore } from '../../src/store/index.js';
import { World } from './world.js';

const PATIENCE = { timeoutMs: 15_000 };
const MADE = 'Biểu mẫu Excel của ';
const WRONG = 'còn 1 ô chưa đúng, chưa nộp';

let world: World;
beforeAll(async () => {
  world = await World.create({ backend: 'postgres', platforms: true });
}, 120_000);
afterAll(() => world.close());

/** Fills in a form that a person received; the mark in it is the product's own. */
async function fill(bytes: Buffer, values: Readonly<Record<string, number>>): Promise<Buffer> {
  const form = await readForm(sourceOf(bytes));
  if (!form) throw new Error('what came is no form');
  const rows: FormSheet['rows'] = [...form.cells.keys()].map((key) => ({
    ...{ key, label: key, rule: '', value: values[key] ?? null },
    input: { kind: 'number' },
  }));
  const head = { number: 'STT', label: 'Chỉ tiêu', rule: 'Cách điền', value: 'Giá trị', error: 'Lỗi' };
  return writeForm({ mark: form.mark, name: 'Biểu mẫu', title: 'Đã điền', facts: [], notes: [], head, rows });
}

const cellsOf = async (bytes: Buffer) =>
  Object.fromEntries([...((await readForm(sourceOf(bytes)))?.cells ?? [])].map(([key, { content }]) => [key, content]));

const BAD = { guong: 12, tap_the: 200_000, ca_nhan: 3 };
const GOOD = { ...BAD, tap_the: 2 };
const KEPT = { guong: { kind: 'number', value: 12 }, tap_the: { kind: 'number', value: 200_000 } };

/** The values of the newest report of a unit. */
async function handedIn(code: string): Promise<unknown> {
  const { db } = world.db.store;
  const { id: unitId } = await db.unit.findFirstOrThrow({ where: { code } });
  const found = await db.submission.findFirst({
    where: { obligation: { unitId } },
    orderBy: { submittedAt: 'desc' },
  });
  return found?.data;
}

it('as a document on Telegram, with the errors in their rows until it is right', { timeout: 60_000 }, async () => {
  const person = world.telegram?.person(501);
  if (!person) throw new Error('Telegram is off');
  await person.type(`/start ${(await world.invite('seat-p-phu-ly')).telegramStart}`);
  await person.waitFor('Phường Phủ Lý', PATIENCE);
  await person.type('bieu mau excel');
  const sent = await person.waitFor(MADE, PATIENCE);
  expect(sent.file).toMatchObject({ kind: 'document', uploaded: true });
  expect(sent.file?.name).toMatch(/\.xlsx$/);

  await person.upload('da-dien.xlsx', await fill(await newest(sent.file), BAD));
  const wrong = await person.waitFor(WRONG, PATIENCE);
  expect(wrong.text).toContain('Số tập thể được khen: cần số từ 0 đến 100.000');
  const back = await newest(wrong.file);
  expect(await cellsOf(back)).toMatchObject(KEPT);

  await person.upload('da-sua.xlsx', await fill(back, GOOD));
  await person.waitFor('Sẽ nộp', PATIENCE);
  await person.type('gui');
  await person.waitFor('✅ Đã nhận', PATIENCE);
  expect(await handedIn('p-phu-ly')).toMatchObject({ values: GOOD });
});

/** The bytes of a document that Telegram took. */
async function newest(file: { readonly name: string; readonly size: number } | undefined): Promise<Buffer> {
  const row = await world.db.store.db.file.findFirst({
    where: { size: file?.size ?? 0 },
    orderBy: { createdAt: 'desc' },
  });
  const stored = row && (await createFileStore(world.db.store).read(row.id));
  if (!stored) throw new Error('no such document');
  return stored.bytes;
}

it('as a signed link on Zalo, which opens for whoever holds it and for nothing else', { timeout: 60_000 }, async () => {
  const person = world.zalo?.person('3333444455556666701');
  if (!person) throw new Error('Zalo is off');
  await person.follow();
  await person.type((await world.invite('seat-p-duy-tien')).zaloText);
  await person.waitFor('Phường Duy Tiên', PATIENCE);
  await person.type('bieu mau excel');
  const sent = await person.waitFor(MADE, PATIENCE);
  const link = linkIn(sent.text);
  const leftMs = Number(new URL(link).searchParams.get('until')) * 1000 - Date.now();
  expect(leftMs / 3_600_000).toBeCloseTo(24, 1);
  const form = await download(link);

  await person.upload('da-dien.xlsx', await fill(form, BAD));
  const wrong = await person.waitFor(WRONG, PATIENCE);
  const back = await download(linkIn(wrong.text));
  expect(await cellsOf(back)).toMatchObject(KEPT);
  // The signature of one file opens no other.
  const foreign = new URL(linkIn(wrong.text));
  foreign.search = new URL(link).search;
  expect((await fetch(foreign)).status).toBe(401);

  await person.upload('da-sua.xlsx', await fill(back, GOOD));
  await person.waitFor('Sẽ nộp', PATIENCE);
  await person.type('gui');
  await person.waitFor('✅ Đã nhận', PATIENCE);
  expect(await handedIn('p-duy-tien')).toMatchObject({ values: GOOD });
});

function linkIn(text: string): string {
  const link = /https?:\/\/\S+/.exec(text)?.[0];
  if (link === undefined) throw new Error(`no link in ${text}`);
  return link;
}

async function download(link: string): Promise<Buffer> {
  const answer = await fetch(link);
  expect(answer.status).toBe(200);
  return Buffer.from(await answer.arrayBuffer());
}
