import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { featureSchema } from '../../common/detector';
import { learnTemplate } from '../../common/log_features';
import { groupingAccuracy } from './grouping_accuracy';
import { readLabelledSets, type LabelledSet } from '../real_logs/labelled_messages';
import { median, type BenchRow, type BenchSection } from './section';

/*
 * Templates of the sets of LogHub that are there, beside Drain3 with its defaults: grouping accuracy, and time to learn
 * the templates of a set and find that of each message, which Drain3 does in one.
 */

const DRAIN3_VERSION = '0.9.11';
const ENVIRONMENT = join(__dirname, '..', '..', '.cache', `drain3-${DRAIN3_VERSION}`);
const TARGET_ACCURACY = 0.9;
const ROUNDS = 3;

interface Grouping {
  readonly groups: readonly (string | number)[];
  readonly seconds: number;
}

function ours(messages: readonly string[]): Grouping {
  const start = performance.now();
  const encoding = learnTemplate(featureSchema.parse({ type: 'template', field: 'message' }), messages);
  const groups = messages.map((message, row) => encoding.templateOf(message)?.id ?? `none ${row}`);
  return { groups, seconds: (performance.now() - start) / 1_000 };
}

/** Runs Drain3 in a process of its own, after installing it from PyPI into `.cache` when it is not there yet. */
function drain3(sets: readonly LabelledSet[]): Grouping[] {
  const python = join(ENVIRONMENT, 'bin', 'python');
  const installed = join(ENVIRONMENT, 'installed');
  if (!existsSync(installed)) {
    execFileSync('python3', ['-m', 'venv', ENVIRONMENT], { stdio: 'inherit' });
    execFileSync(python, ['-m', 'pip', 'install', '-q', `drain3==${DRAIN3_VERSION}`], { stdio: 'inherit' });
    mkdirSync(installed);
  }
  const output = execFileSync(python, [join(__dirname, 'drain3_groups.py')], {
    input: sets.map(({ messages }) => JSON.stringify(messages.map(({ message }) => message))).join('\n'),
    encoding: 'utf8',
    maxBuffer: 1024 ** 3,
  });
  return output
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Grouping);
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

export async function run(): Promise<BenchSection> {
  const sets = readLabelledSets();
  const theirRounds = Array.from({ length: ROUNDS }, () => drain3(sets));
  const results = sets.map(({ name, messages }, index) => {
    const events = messages.map(({ event }) => event);
    const texts = messages.map(({ message }) => message);
    const rounds = Array.from({ length: ROUNDS }, () => ours(texts));
    return {
      name,
      accuracy: groupingAccuracy(rounds[0].groups, events),
      reference: groupingAccuracy(theirRounds[0][index].groups, events),
      microseconds: (median(rounds.map(({ seconds }) => seconds)) * 1e6) / texts.length,
      ratio:
        median(theirRounds.map((round) => round[index].seconds)) /
        median(rounds.map(({ seconds }) => seconds)),
    };
  });
  const accuracy = mean(results.map((result) => result.accuracy));
  const rows: BenchRow[] = [
    {
      name: `grouping accuracy, mean of ${sets.length} sets`,
      value: accuracy,
      unit: '',
      target: `>= ${TARGET_ACCURACY}`,
      met: accuracy >= TARGET_ACCURACY,
    },
    {
      name: 'grouping accuracy, mean, Drain3',
      value: mean(results.map(({ reference }) => reference)),
      unit: '',
    },
    ...results.flatMap((result): BenchRow[] => [
      { name: `${result.name}: grouping accuracy`, value: result.accuracy, unit: '' },
      { name: `${result.name}: grouping accuracy, Drain3`, value: result.reference, unit: '' },
      {
        name: `${result.name}: time for a message, beside Drain3`,
        value: result.microseconds,
        unit: 'us',
        ratio: result.ratio,
      },
    ]),
  ];
  return Promise.resolve({ title: 'Templates of the messages of LogHub, beside Drain3', rows });
}
