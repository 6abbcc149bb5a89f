import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseDetector } from '../../common/detector';
import { encodeModelSnapshot } from '../../common/model_snapshot';
import { trainModel } from '../../server/detection/training/train_model';
import { outputOf } from '../../test/unit/command_output';
import { evaluateModel } from './evaluate_model';
import { validateModelPerformance } from './validate_model_performance';

let folder = '';
let model = '';
let whole = '';
let torn = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'evaluate-model-'));
  const file = (name: string): string => join(folder, name);
  [model, whole, torn] = ['model.json', 'whole.ndjson', 'torn.ndjson'].map(file);
  const detector = parseDetector({
    name: 'demo',
    source: { index: 'logs' },
    features: [{ type: 'number', field: 'response_time' }],
    threshold: { method: 'contamination', contamination: 0.05 },
  });
  const documents = Array.from({ length: 300 }, (_none, place) => ({
    '@timestamp': new Date(Date.UTC(2026, 0, 5) + place * 60_000).toISOString(),
    response_time: place % 50 === 0 ? 900 : 10 + (place % 7),
    label: place % 50 === 0 ? 'anomaly' : 'normal',
  }));
  const clock = { now: () => Date.UTC(2026, 0, 6) };
  const { snapshot } = trainModel({ detector, documents, source: 'test', clock });
  await writeFile(model, encodeModelSnapshot(snapshot));
  const lines = documents.map((document) => JSON.stringify(document));
  await writeFile(whole, lines.join('\n'));
  await writeFile(torn, [...lines.slice(0, 2), '{"cut', '[]', ...lines.slice(2)].join('\n'));
});
afterAll(() => rm(folder, { recursive: true }));

interface Said {
  readonly notes: readonly string[];
  readonly unreadable_lines?: number;
}
const evaluate = (...options: string[]) => outputOf(evaluateModel(), '--model', model, ...options);

it('counts lines that cannot be read, and ends with 9, also with --quiet or --json', async () => {
  const { code, stdout, stderr } = await evaluate('--test-data', torn, '--json');
  const said = JSON.parse(stdout) as Said;
  expect(said.unreadable_lines).toBe(2);
  expect(said.notes).toEqual([
    expect.stringMatching(
      /^2 lines of .*torn\.ndjson could not be read and count nowhere, e\.g\. line 3: not JSON/,
    ),
  ]);
  expect(code).toBe(9);
  expect(JSON.parse(stderr)).toMatchObject({
    incomplete: { lines_left_out: 2, first: { file: torn, line: 3 } },
  });
  const quiet = await evaluate('--test-data', torn, '--quiet');
  expect(quiet.code).toBe(9);
  expect(quiet.stdout).toContain('2 lines of');
  expect(quiet.stderr).toMatch(
    /Not everything could be read: 2 lines were left out \(the first: line 3 of .*not JSON/,
  );
});

it('says nothing of lines where all were read', async () => {
  const { code, stdout } = await evaluate('--test-data', whole, '--json');
  const said = JSON.parse(stdout) as Said;
  expect([code, said.unreadable_lines, said.notes]).toEqual([undefined, undefined, []]);
});

it('counts them in an evaluation of several models as well', async () => {
  const { code, stdout } = await evaluate(model, '--test-data', torn, whole, '--json');
  const said = JSON.parse(stdout) as { union: Said; unreadable_lines: number };
  expect([code, said.unreadable_lines, said.union.notes.length]).toEqual([9, 2, 1]);
});

it('ends a check of a model with 9 as well', async () => {
  const { code, stderr } = await outputOf(
    validateModelPerformance(),
    ...['--model', model, '--test-data', torn, '--compare', 'none', '--quiet'],
  );
  expect(code).toBe(9);
  expect(stderr).toContain('2 lines were left out');
});
