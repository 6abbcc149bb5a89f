import type { LogDocument } from '../../common/log_document';
import { averagePrecision, rocAuc } from '../../common/metrics';
import { createModelScorer } from '../../common/model_snapshot';
import { shuffled } from '../../server/detection/training/shuffled';
import { trainModel } from '../../server/detection/training/train_model';
import { configSchema } from '../command_line/config';
import { chooseDetector } from '../command_line/detectors';
import { readLabelledSets, type LabelledMessage, type LabelledSet } from '../real_logs/labelled_messages';
import type { BenchRow, BenchSection } from './section';

/*
 * Messages of events that training never held, in the sets of LogHub that are there. A detector with nothing but its
 * defaults is trained on three quarters of the messages of frequent events; the last quarter is ordinary, all messages of
 * rare events are never seen. Sets that say which lines are alerts are judged by that, too, trained on all lines.
 */

/** Messages of an event from which it is one of training. */
const FREQUENT = 20;
const SEED = 42;
const TARGET_FLAGGED = 0.9;
const TARGET_MULTIPLE = 2;

interface Judgement {
  readonly scores: Float64Array;
  readonly threshold: number;
  readonly contamination: number;
}

const documentsOf = (messages: readonly LabelledMessage[]): LogDocument[] =>
  messages.map(({ message }) => ({ message }));

/** Trains as `train-model` does with nothing but the logs. */
async function judge(history: readonly LogDocument[], test: readonly LogDocument[]): Promise<Judgement> {
  const config = configSchema.parse({});
  const { detector } = await chooseDetector({ name: 'application' }, config, history);
  const { snapshot } = trainModel({
    detector,
    documents: history,
    source: 'loghub',
    clock: { now: () => 0 },
  });
  const { threshold } = detector;
  return {
    scores: createModelScorer(snapshot).score(test).scores,
    threshold: snapshot.threshold,
    contamination: threshold.method === 'fixed' ? NaN : threshold.contamination,
  };
}

const shareFlagged = (scores: Float64Array, threshold: number): number =>
  scores.filter((score) => score >= threshold).length / scores.length;

async function neverSeen({ name, messages }: LabelledSet): Promise<{
  readonly name: string;
  readonly flagged: number;
  readonly unseen: number;
  readonly multiple: number;
  readonly area: number;
}> {
  const counts = new Map<string, number>();
  for (const { event } of messages) counts.set(event, (counts.get(event) ?? 0) + 1);
  const isFrequent = ({ event }: LabelledMessage): boolean => counts.get(event)! >= FREQUENT;
  const frequent = shuffled(messages.filter(isFrequent), SEED);
  const border = Math.floor(0.75 * frequent.length);
  const unseen = documentsOf(messages.filter((message) => !isFrequent(message)));
  const ordinary = documentsOf(frequent.slice(border));
  const { scores, threshold, contamination } = await judge(documentsOf(frequent.slice(0, border)), [
    ...ordinary,
    ...unseen,
  ]);
  const labels = Uint8Array.from(scores, (_, row) => (row < ordinary.length ? 0 : 1));
  return {
    name,
    flagged: shareFlagged(scores.slice(ordinary.length), threshold),
    unseen: unseen.length,
    multiple: shareFlagged(scores.slice(0, ordinary.length), threshold) / contamination,
    area: rocAuc(scores, labels),
  };
}

async function alerts({ name, messages }: LabelledSet): Promise<BenchRow[]> {
  const documents = documentsOf(messages);
  const { scores } = await judge(shuffled(documents, SEED), documents);
  const labels = Uint8Array.from(messages, ({ isAlert }) => (isAlert === true ? 1 : 0));
  const of = `${name}: lines labelled as alerts, ${labels.reduce((sum, label) => sum + label, 0)} of ${labels.length}`;
  return [
    { name: `${of}: ROC AUC`, value: rocAuc(scores, labels), unit: '' },
    { name: `${of}: average precision`, value: averagePrecision(scores, labels), unit: '' },
  ];
}

export async function run(): Promise<BenchSection> {
  const sets = readLabelledSets();
  const results = [];
  for (const set of sets) results.push(await neverSeen(set));
  const all = results.reduce((sum, { unseen }) => sum + unseen, 0);
  const flagged = results.reduce((sum, result) => sum + result.flagged * result.unseen, 0) / all;
  const rows: BenchRow[] = [
    {
      name: `${all} never-seen lines of ${sets.length} sets: share flagged`,
      value: flagged,
      unit: '',
      target: `>= ${TARGET_FLAGGED}`,
      met: flagged >= TARGET_FLAGGED,
    },
    ...results.flatMap((result): BenchRow[] => [
      {
        name: `${result.name}: share flagged of ${result.unseen} never-seen lines`,
        value: result.flagged,
        unit: '',
      },
      {
        name: `${result.name}: share flagged of ordinary lines, as multiple of contamination`,
        value: result.multiple,
        unit: 'x',
        target: `<= ${TARGET_MULTIPLE}`,
        met: result.multiple <= TARGET_MULTIPLE,
      },
      { name: `${result.name}: ROC AUC`, value: result.area, unit: '' },
    ]),
  ];
  for (const set of sets) {
    if (set.messages.some(({ isAlert }) => isAlert === true)) rows.push(...(await alerts(set)));
  }
  return { title: 'Events never seen in training, application logs of LogHub', rows };
}
