import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { outputOf } from '../../test/unit/command_output';
import { writeTestFiles } from '../../test/unit/torn_test_data';
import { evaluateModel } from './evaluate_model';
import { validateModelPerformance } from './validate_model_performance';

let folder = '';
let model = '';
let whole = '';
let torn = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'evaluate-model-'));
  ({ model, whole, torn } = await writeTestFiles(folder));
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
