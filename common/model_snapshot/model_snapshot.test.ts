import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DetectionError } from '../detection_error';
import { parseDetector, type Detector } from '../detector';
import { evaluateScores, type Evaluation } from '../evaluation';
import { createReferenceScorer, growForest, learnSurprise } from '../isolation_forest';
import { learnFeatures } from '../log_features';
import type { LogDocument } from '../log_document';
import { learnQuantiles, thresholdFrom } from '../threshold';
import {
  createModelScorer,
  createModelSnapshot,
  decodeModelSnapshot,
  encodeModelSnapshot,
  encodeTrainedModel,
  type ModelSnapshot,
} from '.';

const documents: LogDocument[] = Array.from({ length: 2_000 }, (_, i) => ({
  '@timestamp': new Date(Date.UTC(2026, 0, 5) + i * 60_000).toISOString(),
  response_time: 20 + ((i * 7_919) % 290),
  status_code: i % 20 === 0 ? 404 : 200,
  request_size: 500 + ((i * 31) % 977),
}));
const odd: LogDocument = {
  '@timestamp': '2026-01-05T10:00:00Z',
  response_time: 84_200,
  status_code: 500,
  request_size: 900,
};

const detector = parseDetector({
  name: 'Shop: Ärger & Logs',
  source: { index: 'logs' },
  features: [
    { type: 'number', field: 'response_time' },
    { type: 'category', field: 'status_code', encoding: 'rarity' },
    { type: 'number', field: 'request_size' },
  ],
});

function makeSnapshot({
  of = detector,
  logs = documents,
  finishedAt = '2026-01-06T12:34:56.789Z',
}: { of?: Detector; logs?: LogDocument[]; finishedAt?: string } = {}): ModelSnapshot {
  const { encoder, dirt, watches } = learnFeatures(of.features, logs, { timestampField: '@timestamp' });
  const matrix = encoder.encode(logs);
  const grown = growForest(matrix, {
    treeCount: 100,
    subsampleSize: 256,
    seed: 1,
    splits: 'axis',
    trainer: 'built_in',
  });
  const forest = learnSurprise(grown, matrix, watches, 1);
  const quantiles = learnQuantiles(createReferenceScorer(forest).score(matrix));
  return createModelSnapshot({
    detector: of,
    encoder,
    forest,
    quantiles,
    threshold: thresholdFrom(of.threshold, quantiles),
    training: {
      started_at: '2026-01-06T12:34:00.000Z',
      finished_at: finishedAt,
      rows: logs.length,
      source: 'test',
      dirt,
    },
  });
}

const snapshot = makeSnapshot();
const text = encodeModelSnapshot(snapshot);

/** Of as many kinds of labels as there are anomalous logs. */
const evaluation = JSON.parse(
  JSON.stringify(
    evaluateScores({
      modelVersion: snapshot.version,
      detector: detector.name,
      scores: Float64Array.from(documents, (_none, i) => 0.3 + (i % 500) / 1_000),
      threshold: 0.6,
      times: Float64Array.from(documents, (log) => Date.parse(String(log['@timestamp']))),
      truths: documents.map((_none, i) => ({
        anomaly: i % 2 === 0,
        kind: `${'k'.repeat(190)}-${i}`,
        incident: `${'i'.repeat(190)}-${i}`,
      })),
      queryDelay: 30_000,
      alertsPerDay: 10,
      top: Array.from({ length: 20 }, () => ({
        timestamp: '2026-01-05T10:00:00.000Z',
        entity: 'e'.repeat(256),
        score: 0.9,
        confidence: 0.99,
        severity: 'critical' as const,
        reason: 'r'.repeat(5_000),
        excerpt: 'x'.repeat(160),
        truth: 'k'.repeat(200),
      })),
    }),
  ),
) as Evaluation;

/** SHA-256 of the JSON with sorted keys, by another implementation than the one under test. */
function seal(file: Record<string, unknown>): string {
  const sort = (value: unknown): unknown =>
    Array.isArray(value)
      ? value.map(sort)
      : value !== null && typeof value === 'object'
        ? Object.fromEntries(
            Object.entries(value)
              .sort(([a], [b]) => (a < b ? -1 : 1))
              .map(([key, inner]) => [key, sort(inner)]),
          )
        : value;
  const { sha256: _, ...rest } = file;
  const sha256 = createHash('sha256')
    .update(JSON.stringify(sort(rest)))
    .digest('hex');
  return JSON.stringify({ ...rest, sha256 });
}
const altered = (change: (file: Record<string, never>) => unknown): string => {
  const file = JSON.parse(text);
  change(file);
  return seal(file);
};

describe('the version', () => {
  it('names the detector, the end of training and the content', () => {
    expect(snapshot.version).toMatch(/^shop-arger-logs-20260106T123456-[0-9a-f]{8}$/);
    expect(makeSnapshot().version).toBe(snapshot.version);
    expect(makeSnapshot({ finishedAt: '2026-01-06T12:34:56.790Z' }).version).not.toBe(snapshot.version);
  });

  it('stays when an evaluation is added', () => {
    const evaluated = decodeModelSnapshot(encodeModelSnapshot({ ...snapshot, evaluation }));
    expect(evaluated.version).toBe(snapshot.version);
    expect(evaluated.evaluation).toEqual(evaluation);
  });
});

describe('a model file', () => {
  it('takes at most 0.5 MB for 100 trees of psi 256, however varied the logs', () => {
    const fields = Array.from({ length: 20 }, (_, i) => `field_${i}`);
    const varied = parseDetector({
      ...detector,
      features: fields.map((field) => ({ type: 'number', field })),
    });
    const noise = documents.map((_, row) =>
      Object.fromEntries(
        fields.map((field, i) => [field, Math.sin(row * (i + 1.37) * 12.9898) * 43_758.5453]),
      ),
    );
    const large = encodeModelSnapshot(makeSnapshot({ of: varied, logs: noise }));
    expect(decodeModelSnapshot(large).forest.treeStart[100]).toBeGreaterThan(100 * 150);
    expect(large.length).toBeLessThan(500_000);
  });

  it('gives the same model back, with bit-identical scores', () => {
    const back = decodeModelSnapshot(text);
    expect(back.detector).toEqual(snapshot.detector);
    expect(back.quantiles).toEqual(snapshot.quantiles);
    expect(back.training).toEqual(snapshot.training);
    expect(back.threshold).toBe(snapshot.threshold);
    expect(createModelScorer(back).score([...documents, odd]).scores).toEqual(
      createModelScorer(snapshot).score([...documents, odd]).scores,
    );
    expect(encodeModelSnapshot(back)).toBe(text);
  });

  it('may be spaced and ordered otherwise', () => {
    const reversed = Object.fromEntries(Object.entries(JSON.parse(text)).reverse());
    expect(decodeModelSnapshot(JSON.stringify(reversed, null, 2)).version).toBe(snapshot.version);
  });

  it('is sealed by a SHA-256 that others can compute', () => {
    expect(JSON.parse(seal(JSON.parse(text))).sha256).toBe(JSON.parse(text).sha256);
  });
});

describe('a trained model', () => {
  it('is the text of its file', () => {
    const snapshot = makeSnapshot();
    expect(encodeTrainedModel(snapshot)).toBe(encodeModelSnapshot(snapshot));
  });

  it('that could not be read again is none', () => {
    const snapshot = makeSnapshot();
    const { features, ...state } = snapshot.encoder.toJSON() as { features: unknown[] };
    jest.spyOn(snapshot.encoder, 'toJSON').mockReturnValue({ ...state, features: features.slice(1) });
    expect(() => encodeTrainedModel(snapshot)).toThrow(
      expect.objectContaining({
        code: 'internal',
        message: expect.stringMatching(/could not be read again, so it is not stored.*refused/) as string,
      }),
    );
  });
});

describe('a hostile or damaged model file is refused with the reason:', () => {
  const nested = `{"format":"log-anomalies-model","schema_version":1,"a":${'['.repeat(100)}${']'.repeat(100)}}`;
  it.each<[string, string, RegExp]>([
    ['no JSON', '{"format":', /it is not JSON/],
    ['no object', '[1]', /it is not a JSON object/],
    ['null', 'null', /it is not a JSON object/],
    ['another format', '{"format":"pickle"}', /format is "pickle", must be "log-anomalies-model"/],
    [
      'a later schema',
      altered((file) => Object.assign(file, { schema_version: 2 })),
      /schema_version is 2, this program reads 1/,
    ],
    ['a missing part', altered((file) => delete file.forest), /forest: /],
    ['an unknown part', altered((file) => Object.assign(file, { code: 'x' })), /"code"/],
    ['deep nesting', nested, /refused/],
    [
      'a changed threshold',
      text.replace(/"threshold":0\.\d/, '"threshold":0.1'),
      /does not match its sha256/,
    ],
    [
      'a changed threshold, sealed again',
      altered((file) => Object.assign(file, { threshold: 0.1 })),
      /version is .*, its content makes it/,
    ],
    [
      'a version that leaves the folder',
      altered((file) => Object.assign(file, { version: '../../etc/passwd' })),
      /version: must be <name>/,
    ],
    ['a forest that is not base64', altered((file) => Object.assign(file, { forest: '%%%' })), /not base64/],
    ['a forest of noise', altered((file) => Object.assign(file, { forest: 'AAAAAAAAAAAA' })), /refused/],
    [
      'an invalid detector',
      altered((file) => Object.assign(file.detector, { features: [] })),
      /The detector is not valid: features/,
    ],
    [
      'a detector with other features',
      altered((file) => (file.detector as { features: unknown[] }).features.pop()),
      /encoding has 3 features, its detector 2/,
    ],
    [
      'quantiles that do not rise',
      altered((file) => (file.quantiles as { scores: number[] }).scores.reverse()),
      /quantiles.scores: must rise strictly/,
    ],
    [
      'a tail elsewhere',
      altered((file) => Object.assign((file.quantiles as { tail: object }).tail, { from: 0.01 })),
      /the tail must begin at the last/,
    ],
    [
      'a time that is none',
      altered((file) => Object.assign(file.training, { finished_at: 'yesterday' })),
      /training.finished_at/,
    ],
  ])('%s', (_, hostile, reason) => {
    let thrown: unknown;
    try {
      decodeModelSnapshot(hostile);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(DetectionError);
    expect((thrown as DetectionError).code).toBe('refused');
    expect((thrown as DetectionError).message).toMatch(reason);
    expect((thrown as DetectionError).message.length).toBeLessThan(2_000);
  });

  it('an encoding of another forest', () => {
    const two = parseDetector({ ...detector, features: detector.features.slice(0, 2) });
    const { encoder } = learnFeatures(two.features, documents, { timestampField: '@timestamp' });
    const mixed = createModelSnapshot({ ...snapshot, detector: two, encoder });
    expect(() => decodeModelSnapshot(encodeModelSnapshot(mixed))).toThrow(/columns, its forest was grown on/);
  });

  const withEvaluation = (given: unknown): string =>
    altered((file) => Object.assign(file, { evaluation: given }));
  it.each<[string, unknown, RegExp]>([
    ['of another shape', { padding: 'x'.repeat(4_000_000) }, /evaluation\.schema_version/],
    ['with a part that is not known', { ...evaluation, padding: 'x' }, /evaluation: .*padding/],
    [
      'with a list of any length',
      { ...evaluation, top: Array(101).fill(evaluation.top[0]) },
      /evaluation\.top/,
    ],
    ['with a text of any length', { ...evaluation, notes: ['x'.repeat(10_000)] }, /evaluation\.notes\.0/],
    [
      'with labels of any number',
      {
        ...evaluation,
        labelled: { ...evaluation.labelled, by_kind: Array(1_001).fill(evaluation.labelled?.by_kind[0]) },
      },
      /evaluation\.labelled\.by_kind/,
    ],
  ])('an evaluation %s; of a stored model it is left out', (_, given, reason) => {
    const file = withEvaluation(given);
    expect(() => decodeModelSnapshot(file)).toThrow(reason);
    const read = decodeModelSnapshot(file, { stored: true });
    expect(read.version).toBe(snapshot.version);
    expect(read.evaluation).toBeUndefined();
  });

  it('what dirt names without end', () => {
    const dirt = Object.fromEntries(
      Array.from({ length: 1_001 }, (_none, i) => [`field_${i}`, { missing: 1 }]),
    );
    expect(() => decodeModelSnapshot(altered((file) => Object.assign(file.training, { dirt })))).toThrow(
      /training\.dirt: must name at most 1000 fields/,
    );
  });

  it('any single changed character', () => {
    for (let at = 3; at < text.length; at += Math.floor(text.length / 60)) {
      const digit = text[at] === '1' ? '2' : '1';
      expect(() => decodeModelSnapshot(text.slice(0, at) + digit + text.slice(at + 1))).toThrow(
        DetectionError,
      );
    }
  });
});

describe('the scorer of a model', () => {
  const scorer = createModelScorer(snapshot);

  it('scores documents, and an odd one above the threshold', () => {
    const { scores, matrix } = scorer.score([documents[7], odd]);
    expect(matrix.rowCount).toBe(2);
    expect(scorer.verdict(scores[0]).isAnomaly).toBe(false);
    expect(scorer.verdict(scores[1]).isAnomaly).toBe(true);
    expect(scorer.verdict(scores[1], 1).isAnomaly).toBe(false);
  });

  it('explains by features, the largest share first, adding up to 1', () => {
    const { attribution, reason } = scorer.explain(odd);
    expect(attribution.map(({ feature }) => feature).sort()).toEqual([
      'request_size',
      'response_time',
      'status_code',
    ]);
    expect(attribution.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 12);
    expect(attribution[0].share).toBeGreaterThanOrEqual(attribution[1].share);
    expect(
      attribution
        .slice(0, 2)
        .map(({ feature }) => feature)
        .sort(),
    ).toEqual(['response_time', 'status_code']);
    expect(reason).toMatch(
      /^status_code never seen before in 2,000 logs: 500(; response_time 84,200, usually \d+ to \d+)?$/,
    );
    expect(reason).toContain('500');
  });

  it('explains a row of a batch as it does the document', () => {
    const batch = [...documents.slice(0, 50), odd];
    const { matrix } = scorer.score(batch);
    expect(scorer.explain(odd, matrix, 50)).toEqual(scorer.explain(odd));
  });

  it('counts dirt', () => {
    const dirt = {};
    scorer.score([{ response_time: 'fast', request_size: [1, 2] }], dirt);
    expect(dirt).toMatchObject({ response_time: { wrong_type: 1 }, status_code: { missing: 1 } });
  });
});

describe('a model file of version 0.1.0', () => {
  const stored = JSON.parse(readFileSync(join(__dirname, 'model_of_0_1_0.json'), 'utf8')) as {
    model: string;
    logs: LogDocument[];
    scores: number[];
  };

  it('is read and scores as it did then, with features of all kinds and what it learned from verdicts', () => {
    const model = decodeModelSnapshot(stored.model);
    expect([...createModelScorer(model).score(stored.logs).scores]).toEqual(stored.scores);
    expect(model.forest.lengthAdjustment).toBeDefined();
    expect(model.forest.surprise).toBeUndefined();
  });

  it('explains logs in the sentences of today, without the counts that it does not hold', () => {
    const scorer = createModelScorer(decodeModelSnapshot(stored.model));
    const reasons = stored.logs.map((log) => scorer.explain(log));
    for (const { attribution, reason } of reasons) {
      expect(attribution.every(({ comparison }) => comparison !== undefined)).toBe(true);
      expect(reason).toMatch(/usually|never seen|rare|in .+ % of the logs|unusual text/);
      expect(reason).not.toMatch(/undefined|NaN|\(0 logs\)/);
    }
  });

  it('is written again as it was', () => {
    expect(JSON.parse(encodeModelSnapshot(decodeModelSnapshot(stored.model))).forest).toBe(
      JSON.parse(stored.model).forest,
    );
    const again = decodeModelSnapshot(encodeModelSnapshot(decodeModelSnapshot(stored.model)));
    expect(again.version).toBe((JSON.parse(stored.model) as { version: string }).version);
  });
});
