import { parseDetector } from '../../common/detector';
import { growForest, createReferenceScorer } from '../../common/isolation_forest';
import { ForestBuilder } from '../../common/isolation_forest/forest/forest_builder';
import { learnFeatures } from '../../common/log_features';
import type { LogDocument } from '../../common/log_document';
import { createModelSnapshot, type ModelSnapshot } from '../../common/model_snapshot';
import { learnQuantiles, thresholdFrom } from '../../common/threshold';

const ROWS = 2_000;
const MOST_TREES = 1_000;

/**
 * A model as large as is wanted: a forest of full trees over features with much to remember (templates, categories, groups).
 *
 * @param treeRows rows that each tree was grown on; 1,000 trees of 2,500 rows make a file of 20 MB
 */
export function largeModel(treeRows: number, treeCount = MOST_TREES): ModelSnapshot {
  const documents = Array.from({ length: ROWS }, (_none, i): LogDocument => ({
    '@timestamp': new Date(Date.UTC(2026, 0, 5) + i * 60_000).toISOString(),
    service: `service-${i % 400}`,
    user: `user-${(i * 7_919) % 997}`,
    duration: 20 + ((i * 7_919) % 290),
    message: `job ${'abcdefghij'[i % 10]}${'klmnopqrst'[Math.floor(i / 10) % 10]} of step ${i} ended after ${i % 7} tries`,
  }));
  const detector = parseDetector({
    name: 'Large',
    source: { index: 'logs' },
    features: [
      { type: 'number', field: 'duration' },
      { type: 'category', field: 'user', encoding: 'rarity' },
      { type: 'deviation', field: 'duration', by: 'service', name: 'duration of its service' },
      { type: 'template', field: 'message' },
      { type: 'text', field: 'message', name: 'text' },
    ],
  });
  const { encoder, dirt } = learnFeatures(detector.features, documents, { timestampField: '@timestamp' });
  const matrix = encoder.encode(documents);
  const grown = growForest(matrix, {
    treeCount: 10,
    subsampleSize: 256,
    seed: 1,
    splits: 'axis',
    trainer: 'built_in',
  });
  const { columnCount, fillValues } = grown;
  const builder = new ForestBuilder({ subsampleSize: treeRows, columnCount, splits: 'axis', fillValues });
  let state = 1;
  const draw = (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  for (let tree = 0; tree < treeCount; tree++) {
    const open = [{ node: builder.addTree(treeRows), rows: treeRows }];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      const { node, rows } = next;
      if (rows < 2) continue;
      const onLeft = rows >> 1;
      const left = builder.split(
        node,
        { columns: [draw(columnCount)], threshold: draw(1e6) / 7 },
        onLeft,
        rows - onLeft,
      );
      open.push({ node: left + 1, rows: rows - onLeft }, { node: left, rows: onLeft });
    }
  }
  const quantiles = learnQuantiles(createReferenceScorer(grown).score(matrix));
  return createModelSnapshot({
    detector,
    encoder,
    forest: builder.build(),
    quantiles,
    threshold: thresholdFrom(detector.threshold, quantiles),
    training: {
      started_at: '2026-01-06T12:34:00.000Z',
      finished_at: '2026-01-06T12:34:56.000Z',
      rows: ROWS,
      source: 'test',
      dirt,
    },
  });
}
