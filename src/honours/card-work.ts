/** Renders the picture card of an exemplar: work, because it takes some 100 ms of CPU. */
import type { z } from 'zod';
import { formatDate } from '../kernel/format.js';
import type { Painter } from '../documents/index.js';
import type { WorkHandler } from '../inbox/index.js';
import { translate } from '../i18n/index.js';
import type { FileStore } from '../store/index.js';
import { CARD_WORK, cardRequest, type cardResult } from './model.js';

export interface CardDeps {
  readonly files: Pick<FileStore, 'save' | 'read'>;
  /** Draws outside this process: pictures take memory that is not given back. */
  readonly paint: Painter['honourCard'];
  /** Puts the sample-data mark on the card. */
  readonly demo: boolean;
}

const LABELS = {
  issuer: translate('vi', 'honours.card.issuer'),
  heading: translate('vi', 'honours.card.heading'),
  award: translate('vi', 'honours.card.award'),
  decision: translate('vi', 'honours.card.decision'),
  footer: translate('vi', 'honours.card.footer'),
  stamp: translate('vi', 'honours.demoMark'),
};

/** Builds the handler. Running it twice makes two files and harms nothing: the step takes the first result only. */
export function createCardWork({ files, paint, demo }: CardDeps): WorkHandler {
  return {
    kind: CARD_WORK,
    async run({ payload }) {
      const request = cardRequest.parse(payload);
      const photo = request.photoId === undefined ? undefined : (await files.read(request.photoId))?.bytes;
      const card = await paint({
        name: request.personName ?? '',
        unit: request.unitName ?? '',
        deed: request.deed ?? '',
        award: request.award ?? '',
        decision: translate('vi', 'honours.cardDecision', {
          number: request.decisionNumber ?? '',
          day: formatDate(request.decisionOn ?? ''),
        }),
        labels: LABELS,
        demo,
        ...(photo === undefined ? {} : { photo }),
      });
      // A photo that cannot be drawn will not get better by trying again.
      if (!card.ok) throw Object.assign(new Error(`card: ${card.problem}`), { permanent: true });
      const saved = await files.save(card.png, { name: 'the-ton-vinh.png', type: 'image/png' });
      return { fileId: saved.id } satisfies z.infer<typeof cardResult>;
    },
  };
}
