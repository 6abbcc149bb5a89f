import { parseDetector } from '../../common/detector';
import { growForest, learnSurprise } from '../../common/isolation_forest';
import { surpriseOfRow } from '../../common/isolation_forest/scoring/surprise';
import type { LogDocument } from '../../common/log_document';
import { learnFeatures } from '../../common/log_features';

const LOGS = 4_000;
const PLACES = ['home', 'account', 'news', 'orders', 'help', 'start'];
const logOf = (next: string, row = 1): LogDocument => ({
  url: { original: `/${['shop', 'cart', 'login', 'help'][row % 4]}?next=${next}&page=${(row * 7) % 40}` },
});
const { features } = parseDetector({
  name: 'signs',
  source: { index: 'logs' },
  features: [{ type: 'text', field: 'url.original', patterns: [{ name: 'own', regex: 'odd[.]sign' }] }],
});

/** Returns the surprise of a log with the sign, of which training held `seen`. */
function surpriseOf(sign: string, seen: number): number {
  const documents = Array.from({ length: LOGS }, (_none, row) =>
    logOf(seen > 0 && row % (LOGS / seen) === 1 ? sign : PLACES[row % 6], row),
  );
  const { encoder, matrix, watches } = learnFeatures(features, documents, { timestampField: '@timestamp' });
  const forest = growForest(matrix, {
    ...{ treeCount: 50, subsampleSize: 256, maxDepth: 8, seed: 1 },
    ...{ splits: 'axis' as const, trainer: 'built_in' as const },
  });
  const { surprise } = learnSurprise(forest, matrix, watches, 1);
  return surprise === undefined ? 0 : surpriseOfRow(surprise, encoder.encode([logOf(sign)]).values, 0);
}

it('an own pattern surprises by the share of the training logs that hold it', () => {
  const [never, once, oftenEnough] = [0, 1, LOGS / 20].map((seen) => surpriseOf('odd.sign', seen));
  expect(once).toBeGreaterThan(0.15);
  expect(never).toBeGreaterThan(once);
  expect(oftenEnough).toBeLessThan(0.1 * once);
});
