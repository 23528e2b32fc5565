/** The process that draws pictures for another one, and ends with it. */
import { barChart, renderHonourCard, type PaintAnswer, type PaintRequest } from './paint.js';

process.on('message', (request: PaintRequest) => {
  void answer(request).then((told) => process.send?.(told));
});
process.on('disconnect', () => process.exit(0));
// A Ctrl-C reaches the whole group; the one who asked decides when this ends.
process.on('SIGINT', () => undefined);

async function answer(request: PaintRequest): Promise<PaintAnswer> {
  try {
    const draw = request.kind === 'card' ? renderHonourCard(request.card) : barChart(request.chart);
    return { id: request.id, ok: true, result: await draw };
  } catch (error) {
    return { id: request.id, ok: false, message: error instanceof Error ? error.message : String(error) };
  }
}
