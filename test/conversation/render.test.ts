import { describe, expect, it } from 'vitest';
import { CAPTION_LIMIT, renderSay, renderText, TEXT_LIMIT } from '../../src/conversation/render.js';
import { raw, t } from '../../src/conversation/text.js';

const sentences = (length: number) => 'Phong trào thi đua yêu nước. '.repeat(Math.ceil(length / 29)).slice(0, length);

describe('renderText', () => {
  it('puts several texts one below the other and leaves no gap for an empty one', () => {
    expect(renderText([raw('Một'), raw(' '), raw('Hai')], 'vi')).toBe('Một\nHai');
  });

  it('speaks the language of the reader', () => {
    expect(renderText(t('delivery.repeat'), 'vi')).toBe('Nhắc lại:');
    expect(renderText(t('delivery.repeat'), 'en')).toBe('Reminder, repeated:');
  });
});

describe('renderSay', () => {
  it('gives buttons the command that they start', () => {
    const [content] = renderSay(
      { text: raw('Chọn'), buttons: [{ label: raw('Hồ sơ'), command: 'dossier', arg: 'HS-2' }] },
      'vi',
    );
    expect(content).toEqual({ text: 'Chọn', buttons: [{ label: 'Hồ sơ', action: 'go:dossier:HS-2' }] });
  });

  it('cuts a long text into messages that every channel takes, with the buttons under the last', () => {
    const text = sentences(4_000);
    const contents = renderSay({ text: raw(text), buttons: [{ label: raw('Tiếp'), command: 'menu' }] }, 'vi');
    expect(contents.length).toBe(3);
    for (const content of contents) expect(content.text.length).toBeLessThanOrEqual(TEXT_LIMIT);
    expect(contents.map((content) => content.text).join(' ')).toBe(text.trim());
    expect(contents.map((content) => content.buttons?.length ?? 0)).toEqual([0, 0, 1]);
  });

  it('never cuts an emoji in two', () => {
    for (const { text } of renderSay({ text: raw('👏'.repeat(2_000)) }, 'vi'))
      expect(() => encodeURIComponent(text)).not.toThrow();
  });

  it('keeps a short text as the caption of its picture', () => {
    expect(renderSay({ text: raw('Gương tốt'), imageId: 'i1', imageAlt: 'Ảnh' }, 'vi')).toEqual([
      { text: 'Gương tốt', imageId: 'i1', imageAlt: 'Ảnh' },
    ]);
  });

  it('sends the picture first and the words after it when they are too many for a caption', () => {
    const text = sentences(CAPTION_LIMIT + 1).trim();
    expect(
      renderSay({ text: raw(text), imageId: 'i1', buttons: [{ label: raw('Xem'), command: 'honours' }] }, 'vi'),
    ).toEqual([
      { text: '', imageId: 'i1' },
      { text, buttons: [{ label: 'Xem', action: 'go:honours' }] },
    ]);
  });

  it('sends a picture and a file as two messages', () => {
    expect(renderSay({ text: raw('Bản đầy đủ'), imageId: 'i1', fileId: 'f1' }, 'vi')).toEqual([
      { text: 'Bản đầy đủ', imageId: 'i1' },
      { text: '', fileId: 'f1' },
    ]);
  });

  it('makes no message of spaces only', () => {
    expect(renderSay({ text: [raw('  '), raw('\n')] }, 'vi')).toEqual([]);
  });
});
