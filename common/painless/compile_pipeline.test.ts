import { DetectionError } from '../detection_error';
import { parseDetector, type DetectorInput } from '../detector';
import { growForest, treeShapeFor } from '../isolation_forest';
import { learnFeatures } from '../log_features';
import type { LogDocument } from '../log_document';
import { createModelSnapshot, type ModelSnapshot } from '../model_snapshot';
import { learnQuantiles } from '../threshold';
import { compilePipeline, definitionBytes } from './index';

const documents: LogDocument[] = Array.from({ length: 400 }, (_, i) => ({
  '@timestamp': new Date(Date.UTC(2026, 10, 1) + i * 700_000).toISOString(),
  size: (i * 37) % 211,
  host: `host-${i % 17}`,
  message: `request ${i % 5} took ${(i * 13) % 97} ms`,
  path: `/a/${(i * 7) % 31}`,
}));

function train(
  features: DetectorInput['features'],
  forest: DetectorInput['forest'] = {},
  logs: readonly LogDocument[] = documents,
): ModelSnapshot {
  const detector = parseDetector({ name: 'unit', source: { index: 'logs' }, features, forest });
  const { encoder } = learnFeatures(detector.features, logs, { timestampField: '@timestamp' });
  const grown = growForest(encoder.encode(logs), {
    treeCount: detector.forest.tree_count,
    ...treeShapeFor(logs.length, {
      trainer: 'built_in',
      subsampleSize: detector.forest.subsample_size,
      maxDepth: detector.forest.max_depth,
    }),
    seed: detector.forest.seed,
    splits: detector.forest.splits,
    trainer: 'built_in',
  });
  return createModelSnapshot({
    detector,
    encoder,
    forest: grown,
    quantiles: learnQuantiles(Float64Array.from({ length: 300 }, (_, i) => 0.3 + i / 1_000)),
    threshold: 0.59,
    training: {
      started_at: '2026-11-01T00:00:00Z',
      finished_at: '2026-11-01T00:01:00Z',
      rows: logs.length,
      source: 'test',
      dirt: {},
    },
  });
}

const compile = (snapshot: ModelSnapshot) => compilePipeline(snapshot, { detectorId: 'unit' });
const scriptOf = (snapshot: ModelSnapshot): { source: string; params: Record<string, unknown> } =>
  (compile(snapshot).processors[0] as { script: { source: string; params: Record<string, unknown> } }).script;

/** The parts of a message that a refusal must have: what is refused, and the other way. */
function expectRefusal(action: () => unknown, ...parts: string[]): void {
  let error: unknown;
  try {
    action();
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toBeInstanceOf(DetectionError);
  expect(error).toMatchObject({ code: 'refused' });
  for (const part of [...parts, 'job']) expect((error as Error).message).toContain(part);
}

describe('compilePipeline', () => {
  it('keeps 100 trees of 256 rows and 4 features below 300 KB', () => {
    const pipeline = compile(
      train([
        { type: 'number', field: 'size' },
        { type: 'category', field: 'host', encoding: 'rarity' },
        { type: 'hour_of_day', field: '@timestamp' },
        { type: 'day_of_week', field: '@timestamp', name: 'day' },
      ]),
    );
    expect(definitionBytes(pipeline)).toBeLessThan(300 * 1_024);
    expect(pipeline._meta).toMatchObject({ detector_id: 'unit', threshold: 0.59 });
  });

  it('puts nothing of users or logs into the script: its text is the same for other names, fields and data', () => {
    const renamed = documents.map(({ size, host, ...rest }) => ({
      ...rest,
      'ev\'il"); ctx.clear(); //': Number(size) * 3 + 1,
      computer: `"); throw 1; // ${String(host)}`,
    }));
    const one = scriptOf(
      train([
        { type: 'number', field: 'size', scale: 'linear' },
        { type: 'category', field: 'host', encoding: 'rarity' },
      ]),
    );
    const other = scriptOf(
      train(
        [
          { type: 'number', field: 'ev\'il"); ctx.clear(); //', scale: 'linear', name: '*/ 1' },
          { type: 'category', field: 'computer', encoding: 'rarity' },
        ],
        {},
        renamed,
      ),
    );
    expect(other.source).toBe(one.source);
    expect(JSON.stringify(other.params)).toContain('throw 1');
  });

  it('refuses numbers in messages, naming the feature', () => {
    expect(() => compile(train([{ type: 'message_numbers', field: 'message', name: 'counted' }]))).toThrow(
      '"counted" is of type message_numbers (field "message"), which an ingest pipeline cannot compute',
    );
  });

  it('refuses a template, naming the feature and the other way', () => {
    expectRefusal(
      () => compile(train([{ type: 'template', field: 'message', name: 'what happened' }])),
      '"what happened"',
      'template',
    );
  });

  it('refuses patterns of users that the forest looks at', () => {
    const features: DetectorInput['features'] = [
      { type: 'text', field: 'path', patterns: [{ name: 'ones', regex: '1' }] },
    ];
    expectRefusal(() => compile(train(features)), '"path"', '"ones"');
  });

  it('refuses hyperplanes and forests that are too large', () => {
    const numbers: DetectorInput['features'] = [
      { type: 'number', field: 'size' },
      { type: 'hour_of_day', field: '@timestamp' },
    ];
    expectRefusal(() => compile(train(numbers, { splits: 'extended' })), 'forest.splits', 'extended');
    const many = Array.from({ length: 3_000 }, (_, i) => ({
      ...documents[i % 400],
      size: Math.sin(i) * 1e6,
    }));
    expectRefusal(
      () => compile(train(numbers, { tree_count: 300, subsample_size: 1_024 }, many)),
      'forest.tree_count',
    );
  });

  it('holds no half of a surrogate pair, which would break the cluster state', () => {
    const broken = documents.map((log, i) => ({ ...log, host: i % 2 === 0 ? 'a\ud800' : `b\udfff${i % 3}` }));
    const pipeline = compile(train([{ type: 'category', field: 'host' }], {}, broken));
    expect(JSON.stringify(pipeline)).not.toMatch(/\\ud[89a-f]/);
    expect(JSON.stringify(pipeline)).toContain('97 55296 ');
  });
});
