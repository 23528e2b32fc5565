/** The mark of an Excel form: for which obligation it was made and after which version, signed so that no other counts. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { isId } from '../../kernel/ids.js';

export interface SheetMark {
  readonly obligationId: string;
  /** The newest version that was handed in when the form was made; 0 before the first. */
  readonly version: number;
}

export interface SheetMarks {
  sign(mark: SheetMark): string;
  /** Null for what this installation did not sign. */
  read(text: string): SheetMark | null;
}

const KIND = 'NG1';

/**
 * Signs with HMAC-SHA256. The mark only says what a form is for: whoever sends it must still hold a seat of the unit.
 */
export function createSheetMarks(secret: string): SheetMarks {
  const signature = (body: string): Buffer => createHmac('sha256', secret).update(`sheet:${body}`).digest();
  return {
    sign({ obligationId, version }) {
      const body = `${KIND}.${obligationId}.${String(version)}`;
      return `${body}.${signature(body).toString('base64url')}`;
    },
    read(text) {
      const [, body, obligationId = '', version, given = ''] = /^(NG1\.([^.]+)\.(\d{1,6}))\.([\w-]+)$/.exec(text) ?? [];
      if (body === undefined || !isId(obligationId)) return null;
      const [right, sent] = [signature(body), Buffer.from(given, 'base64url')];
      if (sent.length !== right.length || !timingSafeEqual(sent, right)) return null;
      return { obligationId, version: Number(version) };
    },
  };
}
