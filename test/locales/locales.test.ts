import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readTree } from '../architecture/imports.js';

const read = (language: string): Record<string, string> =>
  JSON.parse(readFileSync(`locales/${language}.json`, 'utf8')) as Record<string, string>;
const vi = read('vi');
const en = read('en');

const placeholders = (text = ''): string[] => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort();

describe('texts', () => {
  it('have the same keys in every language', () => {
    expect(readdirSync('locales').sort()).toEqual(['en.json', 'vi.json']);
    expect(Object.keys(en).sort()).toEqual(Object.keys(vi).sort());
  });

  it('have the same placeholders in every language', () => {
    const different = Object.keys(vi).filter(
      (key) => placeholders(vi[key]).join() !== placeholders(en[key]).join(),
    );
    expect(different).toEqual([]);
  });

  it('are never empty, and begin and end without a space', () => {
    const wrong = [vi, en].flatMap((texts) => Object.entries(texts).filter(([, text]) => text === '' || text !== text.trim()));
    expect(wrong).toEqual([]);
  });

  it('are written with composed letters (NFC), without invisible characters', () => {
    const wrong = [vi, en].flatMap((texts) =>
      Object.entries(texts).filter(([, text]) => text !== text.normalize('NFC') || /[\u200B-\u200F\uFEFF\u00AD]/.test(text)),
    );
    expect(wrong).toEqual([]);
  });

  it('are flat: a key is words joined by dots, and stands once in its file', () => {
    expect(Object.keys(vi).filter((key) => !/^[a-z0-9]+(\.[A-Za-z0-9_-]+)+$/.test(key))).toEqual([]);
    for (const language of ['vi', 'en']) {
      const keys = [...readFileSync(`locales/${language}.json`, 'utf8').matchAll(/^ {2}"([^"]+)":/gm)].map(([, key]) => key);
      expect(keys).toHaveLength(new Set(keys).size);
    }
  });

  it('exist for every key that the code names, and each is named by the code', () => {
    const code = readTree(path.resolve('src'));
    const named = code.flatMap((file) => file.textKeys);
    expect(named.length).toBeGreaterThan(50);
    expect(named.filter((key) => !(key in vi))).toEqual([]);

    // Many keys are chosen at run time: they stand in the code as values, or as the beginning of a template.
    const strings = new Set(code.flatMap((file) => file.strings));
    const beginnings = [...strings].filter((text) => /^[a-z0-9]+\.([\w-]+\.)*[\w-]*$/.test(text) && !(text in vi));
    const unused = Object.keys(vi).filter((key) => !strings.has(key) && !beginnings.some((start) => start.length > 3 && key.startsWith(start)));
    expect(unused).toEqual([]);
  });
});
