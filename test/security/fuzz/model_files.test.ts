import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { crc32 } from '../../../common/isolation_forest/codec/byte_stream';
import type { LogDocument } from '../../../common/log_document';
import { createModelScorer, decodeModelSnapshot, type ModelSnapshot } from '../../../common/model_snapshot';
import { hashOfJson } from '../../../common/model_snapshot/canonical_json';
import { compilePipeline } from '../../../common/painless';
import { bounded, boundedSteps, edited, edits, holds, hostileText, reportLongest, RUNS } from './fuzzing';

jest.setTimeout(600_000);
afterAll(reportLongest);

const CHECKSUM_BYTES = 4;
const FOLDER = join(__dirname, '../../unit/model_files');
const text = readFileSync(join(FOLDER, 'model_of_0_1_0.json'), 'utf8');
const { sha256: _sha256, ...file } = JSON.parse(text) as Record<string, unknown>;
const { logs } = JSON.parse(readFileSync(join(FOLDER, 'scores_of_0_1_0.json'), 'utf8')) as {
  logs: LogDocument[];
};

/** Anybody can seal a file: its hash, and its version, which is made of its content. */
function sealed(content: unknown): string {
  try {
    return JSON.stringify({ ...(content as object), sha256: hashOfJson(content) });
  } catch {
    // Nested so deeply that only a text of it can be made.
    return '['.repeat(20_000) + ']'.repeat(20_000);
  }
}

function decoded(content: unknown): ModelSnapshot | undefined {
  const first = sealed(content);
  let expected: string | undefined;
  const model = bounded('reading a model', () => {
    try {
      return decodeModelSnapshot(first);
    } catch (error) {
      expected = /its content makes it (\S+)$/.exec((error as Error).message)?.[1];
      throw error;
    }
  });
  if (model !== undefined || expected === undefined) return model;
  const renamed = sealed({ ...(content as object), version: expected });
  return bounded('reading a model', () => decodeModelSnapshot(renamed));
}

/** Of the end of a file, which hold its hash. */
const END_CHARACTERS = 20;
const COMPILED_EVERY = 5;
const LOGS_SCORED = 3;

/** @param order of the model among those that were taken */
function use(model: ModelSnapshot, order: number): void {
  const scorer = bounded('preparing a model', () => createModelScorer(model));
  if (scorer === undefined) return;
  const scored = boundedSteps('scoring by a mutated model', () =>
    scorer.scoreInSteps(logs.slice(0, LOGS_SCORED)),
  );
  if (scored === undefined) return;
  for (const [row, score] of scored.scores.entries()) {
    if (!(score > 0 && score <= 1)) throw new Error(`A score is ${score}.`);
    boundedSteps('explaining by a mutated model', () => scorer.explainInSteps(logs[row], scored.matrix, row));
    const { confidence } = scorer.verdict(score);
    if (!(confidence >= 0 && confidence <= 1)) throw new Error(`A confidence is ${confidence}.`);
  }
  if (order % COMPILED_EVERY !== 0) return;
  const pipeline = bounded('compiling a mutated model', () => compilePipeline(model, { detectorId: 'd' }));
  // The text of the script is ours: what was learned is in its parameters alone.
  for (const processor of pipeline?.processors ?? []) JSON.stringify(processor);
}

it('a model that was changed and sealed again is refused or scores', () => {
  let used = 0;
  holds(fc.oneof(edits(1), edits(3)), (changes) => {
    const model = decoded(edited(file, changes));
    if (model === undefined) return;
    used++;
    use(model, used);
  });
  // Otherwise the mutations test the first check alone.
  expect(used).toBeGreaterThan(RUNS / 100);
});

it('a forest of any bytes is refused or scores', () => {
  const bytes = Buffer.from(file.forest as string, 'base64');
  const changes = fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 });
  let used = 0;
  expect(decoded(file)).toBeDefined();
  holds(changes, (places) => {
    const changed = Buffer.from(bytes);
    for (const [place, value] of places) changed[place] = value;
    // The checksum tells damage, and anybody can compute it.
    changed.writeUInt32LE(crc32(changed.subarray(0, -CHECKSUM_BYTES)), changed.length - CHECKSUM_BYTES);
    const model = decoded({ ...file, forest: changed.toString('base64') });
    if (model === undefined) return;
    used++;
    use(model, used);
  });
  expect(used).toBeGreaterThan(RUNS / 100);
});

it('a file that is no model is refused', () => {
  const cut = fc
    .tuple(fc.nat(text.length - END_CHARACTERS), hostileText)
    .map(([at, tail]) => text.slice(0, at) + tail);
  holds(fc.oneof(hostileText, cut), (content) => {
    expect(bounded('reading a model', () => decodeModelSnapshot(content))).toBeUndefined();
  });
});
