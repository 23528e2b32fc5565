/** Renders the picture card of an exemplar: work, because it takes some 100 ms of CPU. */
import { formatDate } from '../kernel/format.js';
import { renderHonourCard } from '../documents/index.js';
import type { WorkHandler } from '../inbox/index.js';
import { translate } from '../i18n/index.js';
import type { FileStore } from '../store/index.js';
import { CARD_WORK, cardRequest } from './model.js';

export interface CardDeps {
  readonly files: Pick<FileStore, 'save' | 'read'>;
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
export function createCardWork({ files, demo }: CardDeps): WorkHandler {
  return {
    kind: CARD_WORK,
    async run({ payload }) {
      const request = cardRequest.parse(payload);
      const photo = request.photoId === undefined ? undefined : (await files.read(request.photoId))?.bytes;
      const card = await renderHonourCard({
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
      return files.save(card.png, { name: 'the-ton-vinh.png', type: 'image/png' });
    },
  };
}
