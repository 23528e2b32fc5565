/**
 * npm run knowledge:check [-- FOLDER]: checks the knowledge files; names file, field and reason of what is wrong. Where
 * official texts are loaded, quotes are compared with the version in force today.
 */
import path from 'node:path';
import {
  checkCard,
  findKnowledgeFolder,
  openShelf,
  readArchive,
  readBrowse,
  readDossiers,
  readEligibility,
  readKnowledge,
  TEXTS_FOLDER,
  type Knowledge,
} from '../awards/index.js';
import { readTextsFolder } from '../config.js';
import { localDate } from '../kernel/local-date.js';

/** What is wrong with the quotes of the cards, a line each. */
function wrongQuotes(knowledge: Knowledge, folder: string): string[] {
  const texts = openShelf(folder, () => knowledge);
  const today = localDate(new Date());
  return knowledge.cards.flatMap((card) => {
    const { wrong } = checkCard(card, texts, today);
    if (!wrong) return [];
    const { quote, check } = wrong;
    const place = [quote.document, quote.article, quote.clause, quote.point].filter(Boolean).join(' / ');
    const reason =
      check.kind === 'different'
        ? `khác văn bản gốc từ "${check.difference.quoted}" (văn bản gốc: "${check.difference.official}")`
        : 'văn bản gốc không có chỗ này';
    return [`${card.id}: lời trích ${place}: ${reason}`];
  });
}

function main(folder: string): number {
  const result = readKnowledge(folder);
  if (!result.ok) {
    for (const { file, field, reason } of result.problems) process.stderr.write(`${file}: ${field}: ${reason}\n`);
    return 1;
  }
  const { cards, documents } = result.knowledge;
  const own = cards.filter((card) => card.lifeOf === undefined);
  const gaps = own.filter((card) => card.outcome === 'hand_over').length;
  const local = own.filter((card) => card.outcome === 'local_setting').length;
  const textsFolder = readTextsFolder() ?? path.join(folder, TEXTS_FOLDER);
  const archive = readArchive(textsFolder);
  const wrong = [
    ...archive.broken.map((name) => `texts/${name}: không đọc được; nạp lại văn bản này`),
    ...wrongQuotes(result.knowledge, textsFolder),
    ...[
      ...readEligibility(result.knowledge, folder).problems,
      ...readBrowse(result.knowledge, folder).problems,
      ...readDossiers(result.knowledge, folder).problems,
    ].map(({ file, field, reason }) => `${file}: ${field}: ${reason}`),
  ];
  for (const line of wrong) process.stderr.write(`${line}\n`);
  process.stdout.write(
    `kho tri thức đúng mẫu: ${String(own.length)} thẻ (${String(local)} thẻ chờ quy định của tỉnh, ${String(gaps)} thẻ ghi chỗ chưa biết), ${String(documents.size)} văn bản; ${String(archive.texts.length)} văn bản gốc đã nạp\n`,
  );
  return wrong.length > 0 ? 1 : 0;
}

process.exitCode = main(process.argv[2] ?? findKnowledgeFolder());
