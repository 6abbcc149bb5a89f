import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bucketDocuments } from '../../../common/buckets';
import { parseDetector } from '../../../common/detector';
import type { LogDocument } from '../../../common/log_document';
import {
  EventCounter,
  eventReader,
  tokensOfEvent,
  variantOfEvent,
  type EventTally,
} from '../../../common/log_features/events/event_tally';
import { TemplateMatcher } from '../../../common/log_features/template/template_matcher';
import { mineCounted } from '../../../common/log_features/template/template_miner';
import { averagePrecision } from '../../../common/metrics';
import { createModelScorer } from '../../../common/model_snapshot';
import { trainModel } from '../../../server/detection/training/train_model';
import { BENCH_FOLDER, startScikitLearn, type ScikitLearn } from '../scikit_learn';
import type { BenchRow, BenchSection } from '../section';
import { generateWorkflows, type WorkflowFault } from '../traffic/workflow_logs';

/** Systems that the method was tried on while it was made, and those that were kept apart. */
const LOOKED_AT = [1];
const KEPT_APART = [2, 5, 6, 7, 8];
const TRAINED_ON = 6_000;
const TESTED_ON = 6_000;
/** Shares of sessions with a fault. */
const FAULTS = { training: 0.01, test: 0.03 };
const START = Date.UTC(2026, 10, 1);
const APART = 4_000;
const METHODS = ['isolation_forest', 'pca'] as const;

const detector = parseDetector({
  name: 'workflows',
  source: { index: 'workflows' },
  unit: 'bucket',
  bucket: { session: { field: 'trace.id' }, events: { field: 'message' } },
});

interface Session {
  readonly fault: WorkflowFault | undefined;
  readonly tally: EventTally;
  readonly document: LogDocument;
}

function sessionsOf(seed: number, count: number, faultRate: number): Session[] {
  const documentOf = bucketDocuments(detector);
  const read = eventReader(() => []);
  return [...generateWorkflows({ seed, count, faultRate, from: START, apart: APART })].map(
    ({ id, logs, fault }) => {
      const counter = new EventCounter(true);
      for (const { message } of logs) counter.add(read(message) ?? '');
      const tally = counter.toTally();
      const document = documentOf({
        start: logs[0].time,
        end: logs[logs.length - 1].time,
        entity: id,
        count: logs.length,
        errors: 0,
        distinct: {},
        rare: {},
        events: tally,
      });
      return { fault, tally, document };
    },
  );
}

/** Counts of the templates that are mined from the training sessions, all others together: what the literature ranks. */
function vectorsOf(training: readonly Session[]): { columns: number; of(session: Session): number[] } {
  const logs = new Map<string, number>();
  for (const { tally } of training) {
    tally.texts.forEach((text, place) => logs.set(text, (logs.get(text) ?? 0) + tally.counts[place]));
  }
  const templates = mineCounted([...logs].map(([text, count]) => variantOfEvent(text, count)));
  const matcher = new TemplateMatcher(templates.map(({ tokens }) => tokens));
  const columns = templates.length + 1;
  return {
    columns,
    of({ tally }) {
      const vector = new Array<number>(columns).fill(0);
      tally.texts.forEach((text, place) => {
        const id = matcher.match(tokensOfEvent(text));
        vector[id < 0 ? columns - 1 : id] += tally.counts[place];
      });
      return vector;
    },
  };
}

interface Figures {
  readonly precision: number;
  /** At as many alerts as there are faults, where precision, recall and F1 are the same. */
  readonly f1: number;
}

function figuresOf(scores: Float64Array, test: readonly Session[]): Figures {
  const labels = Uint8Array.from(test, ({ fault }) => (fault === undefined ? 0 : 1));
  const faults = labels.reduce((sum, label) => sum + label, 0);
  const highest = [...scores.keys()].sort((one, other) => scores[other] - scores[one]).slice(0, faults);
  return {
    precision: averagePrecision(scores, labels),
    f1: highest.filter((row) => labels[row] === 1).length / faults,
  };
}

const rowsOfKind = (scores: Float64Array, test: readonly Session[], kind: WorkflowFault): number => {
  const rows = [...test.keys()].filter((row) => test[row].fault === undefined || test[row].fault === kind);
  return averagePrecision(
    Float64Array.from(rows, (row) => scores[row]),
    Uint8Array.from(rows, (row) => (test[row].fault === kind ? 1 : 0)),
  );
};

async function others(
  scikit: ScikitLearn,
  training: readonly Session[],
  test: readonly Session[],
): Promise<Record<(typeof METHODS)[number], Figures>> {
  const { columns, of } = vectorsOf(training);
  const paths = { training: join(BENCH_FOLDER, 'sessions.f32'), test: join(BENCH_FOLDER, 'others.f32') };
  writeFileSync(paths.training, new Uint8Array(Float32Array.from(training.flatMap(of)).buffer));
  writeFileSync(paths.test, new Uint8Array(Float32Array.from(test.flatMap(of)).buffer));
  const found: Partial<Record<(typeof METHODS)[number], Figures>> = {};
  for (const method of METHODS) {
    const { scores } = await scikit.ask<{ scores: number[] }>({ method, ...paths, columns, seed: 0 });
    found[method] = figuresOf(Float64Array.from(scores), test);
  }
  Object.values(paths).forEach((path) => rmSync(path));
  return found as Record<(typeof METHODS)[number], Figures>;
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

const KINDS: readonly WorkflowFault[] = ['skipped', 'repeated', 'reordered'];
const NAMES = {
  isolation_forest: 'IsolationForest of scikit-learn',
  pca: 'PCA as in loglizer',
} as const;

/** Sessions of generated workflows with skipped, repeated and reordered steps, beside others on the same count vectors. */
export async function run(): Promise<BenchSection> {
  const scikit = await startScikitLearn('sessions_reference.py');
  const rows: BenchRow[] = [];
  try {
    for (const [name, systems] of [
      ['looked at', LOOKED_AT],
      ['kept apart', KEPT_APART],
    ] as const) {
      const ours: Figures[] = [];
      const theirs: Record<(typeof METHODS)[number], Figures>[] = [];
      const kinds: Record<WorkflowFault, number>[] = [];
      for (const system of systems) {
        const training = sessionsOf(10 * system, TRAINED_ON, FAULTS.training);
        const test = sessionsOf(10 * system + 1, TESTED_ON, FAULTS.test);
        const { snapshot } = trainModel({
          detector,
          documents: training.map(({ document }) => document),
          source: 'workflows',
          clock: { now: () => START },
        });
        const { scores } = createModelScorer(snapshot).score(test.map(({ document }) => document));
        ours.push(figuresOf(scores, test));
        kinds.push(
          Object.fromEntries(KINDS.map((kind) => [kind, rowsOfKind(scores, test, kind)])) as Record<
            WorkflowFault,
            number
          >,
        );
        theirs.push(await others(scikit, training, test));
      }
      const tell = (who: string, figures: readonly Figures[]): void => {
        rows.push(
          {
            name: `${name}: ${who}, average precision`,
            value: mean(figures.map((each) => each.precision)),
            unit: '',
          },
          {
            name: `${name}: ${who}, F1 at as many alerts`,
            value: mean(figures.map(({ f1 }) => f1)),
            unit: '',
          },
        );
      };
      tell('sessions', ours);
      for (const method of METHODS)
        tell(
          NAMES[method],
          theirs.map((each) => each[method]),
        );
      for (const kind of KINDS) {
        rows.push({
          name: `${name}: sessions, average precision of ${kind} steps`,
          value: mean(kinds.map((each) => each[kind])),
          unit: '',
        });
      }
    }
  } finally {
    scikit.close();
  }
  return {
    title: 'Sessions',
    notes: `Generated workflows of ${LOOKED_AT.length + KEPT_APART.length} systems, five kinds each, with optional steps, loops, branches that log at the same time and messages that come anywhere; ${TRAINED_ON.toLocaleString('en')} sessions to train on, of which ${100 * FAULTS.training}% have a fault that nobody has labelled, and as many to rank, of which ${100 * FAULTS.test}% have one: a step skipped, repeated or exchanged with its neighbour. The others rank the counts of the same templates. Counts do not tell order. “Looked at” is the system that the method was made on; the others were run once.`,
    rows,
  };
}
