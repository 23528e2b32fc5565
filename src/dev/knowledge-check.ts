/** npm run knowledge:check [-- FOLDER]: checks the knowledge files; names file, field and reason of what is wrong. */
import { findKnowledgeFolder, readKnowledge } from '../awards/index.js';

const folder = process.argv[2] ?? findKnowledgeFolder();
const result = readKnowledge(folder);
if (result.ok) {
  const { cards, documents } = result.knowledge;
  const own = cards.filter((card) => card.lifeOf === undefined);
  const gaps = own.filter((card) => card.outcome === 'hand_over').length;
  const local = own.filter((card) => card.outcome === 'local_setting').length;
  process.stdout.write(
    `kho tri thức đúng mẫu: ${String(own.length)} thẻ (${String(local)} thẻ chờ quy định của tỉnh, ${String(gaps)} thẻ ghi chỗ chưa biết), ${String(documents.size)} văn bản\n`,
  );
} else {
  for (const { file, field, reason } of result.problems) process.stderr.write(`${file}: ${field}: ${reason}\n`);
  process.exitCode = 1;
}
