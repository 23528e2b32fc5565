/** A reason why the embedded database cannot be had, in words for the person who started the program. */
import { translate, type LocaleKey } from '../i18n/index.js';

export class EmbeddedError extends Error {
  override readonly name = 'EmbeddedError';

  constructor(key: LocaleKey, params: Readonly<Record<string, string | number>> = {}, options?: ErrorOptions) {
    super(translate('vi', key, params), options);
  }
}
