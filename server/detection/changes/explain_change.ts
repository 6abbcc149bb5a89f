import type { ChangeExplanation } from '../../../common/changes/explanation_schema';
import {
  candidatesOf,
  causesFirst,
  ChangeSample,
  concentratedValuesSteps,
  groupChanges,
  heldFactsSteps,
  keyOf,
  lengthsOf,
  minePatterns,
  piecesOf,
  profileOf,
  shiftedNumbersSteps,
  significantChanges,
  testable,
  tooRare,
  type BySpan,
  type ChangeFact,
  type ChangeGroup,
  type ChangeSpans,
  type CountedFact,
  type FieldProfile,
  type HeldFacts,
  type MessagePatterns,
  type RareFacts,
  type Span,
} from '../../../common/changes';
import type { ValueUnit } from '../../../common/detector/feature_schema';
import { groundTruthOf } from '../../../common/log_features';
import type { LogDocument } from '../../../common/log_document';
import type { LogRange } from '../ports';
import type { ChangeSource } from '../ports/changes';
import { createTurns, type Turns } from '../ports/in_turns';
import { timestampOf } from '../scoring/log_values';
import { changeBody, finite, shiftBody, type Logs } from './change_bodies';

/** Logs of each span that are looked at one by one. */
const SAMPLE = 5_000;
/** Logs with rare values of each span. */
const RARE_SAMPLE = 1_500;
/** Facts of the sample, and as many risen values, that are counted in all logs. */
const MOST_COUNTED = 100;
const MOST_CHANGES = 60;
const MOST_GROUPS = 20;
/** Values that say where the logs of a group are. */
const MOST_FOUND_IN = 5;
/** Logs of a span below which it tells little. */
const FEW_LOGS = 100;
/** Logs of an entity in the time before, below which they are nothing to compare with. */
const FEWEST_OF_ENTITY = 20;
/** The same question has the same answer. */
const SEED = 42;

export interface ChangeQuestion extends ChangeSpans {
  /** Source of the logs; its times are not looked at. */
  readonly range: LogRange;
  /** Source of all logs, where `range` is narrowed to an entity: they are compared where the entity has next to none in the baseline. */
  readonly allLogs?: LogRange;
  /** Units of numeric fields that a detector names. */
  readonly units?: ReadonlyMap<string, ValueUnit>;
  readonly signal?: AbortSignal;
}

interface Drawn {
  readonly logs: readonly LogDocument[];
  readonly total: number;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);

/** One comparison: what is asked, and what is known of it so far. */
class Comparison {
  readonly turns: Turns = createTurns();
  readonly remarks = new Set<ChangeExplanation['remarks'][number]>();
  readonly pieces: readonly Span[];
  readonly lengths: BySpan;

  constructor(
    readonly source: ChangeSource,
    readonly question: ChangeQuestion,
    readonly fields: readonly string[],
  ) {
    this.pieces = piecesOf(question);
    this.lengths = lengthsOf(question.window, this.pieces);
  }

  at = (span: Span): LogRange => ({ ...this.question.range, ...span });

  async draw(range: LogRange, size: number): Promise<Drawn> {
    const { signal } = this.question;
    const fields = [...new Set([range.timestampField, ...this.fields])];
    const drawn = await this.source.sample(range, { size, seed: SEED, fields, signal });
    return { logs: drawn.logs.map(({ document }) => document), total: drawn.total };
  }

  /** Draws logs of both times. @param narrowed chooses among them */
  drawBoth(
    size: number,
    narrowed: (range: LogRange) => LogRange = (range) => range,
  ): Promise<[window: Drawn, baseline: Drawn]> {
    const { window, baseline } = this.question;
    return Promise.all([
      this.draw(narrowed(this.at(window)), size),
      this.draw(narrowed(this.at(baseline)), size),
    ]);
  }

  sampleOf = ([window, baseline]: readonly [Drawn, Drawn]): ChangeSample =>
    new ChangeSample(
      {
        window: window.logs,
        baseline: baseline.logs,
        timeOf: (log) => timestampOf(log, this.question.range.timestampField),
      },
      this.lengths,
      this.pieces,
    );
}

/**
 * Finds what the logs of a window hold more or less often than those of the time before: values and missing values of fields, patterns
 * of messages, and numbers that shifted; changes of the same logs together.
 *
 * A uniform sample of each time says what may have changed, and what changes together; the cluster adds values that have risen and are too
 * rare for a sample, and counts all of them in all logs. Tests: see `common/changes`.
 */
export async function explainChange(
  source: ChangeSource,
  { allLogs, ...question }: ChangeQuestion,
): Promise<ChangeExplanation> {
  const found = await compareTimes(source, question);
  if (allLogs === undefined || found.window.logs === 0 || found.baseline.logs >= FEWEST_OF_ENTITY)
    return found;
  const wider = await compareTimes(source, { ...question, range: allLogs });
  return { ...wider, remarks: ['entity_without_past', ...wider.remarks] };
}

async function compareTimes(source: ChangeSource, question: ChangeQuestion): Promise<ChangeExplanation> {
  const { window, baseline, range } = question;
  const { fields, leftOut } = await source.fields([
    { ...range, ...window },
    { ...range, ...baseline },
  ]);
  const names = fields.map(({ field }) => field);
  const comparison = new Comparison(source, question, names);
  const { remarks, turns, lengths } = comparison;
  const drawn = await comparison.drawBoth(SAMPLE);
  const logs: Logs = { window: drawn[0].total, baseline: drawn[1].total };
  if (leftOut > 0) remarks.add('fields_left_out');
  if (logs.window === 0) remarks.add('empty_window');
  if (logs.baseline === 0) remarks.add('empty_baseline');
  const rateRatio = (logs.window * sum(lengths.pieces)) / (logs.baseline * lengths.window);
  const answer = {
    window: spanBody(window, drawn[0]),
    baseline: spanBody(baseline, drawn[1]),
    rate_ratio: finite(rateRatio),
  };
  // The answer to what happened is no cause of it.
  const isGroundTruth = groundTruthOf([...drawn[0].logs, ...drawn[1].logs]);
  const looked = fields.filter(({ field }) => !isGroundTruth(field));
  const compared = { fields: looked.map(({ field }) => field), left_out: leftOut, tests: 0 };
  if (logs.window === 0 || logs.baseline === 0) {
    return { ...answer, groups: [], numbers: [], compared, remarks: [...remarks] };
  }
  if (Math.min(logs.window, logs.baseline) < FEW_LOGS) remarks.add('few_logs');

  const sample = comparison.sampleOf(drawn);
  const profiles: FieldProfile[] = [];
  const patterns: MessagePatterns[] = [];
  for (const field of looked) {
    const profile = profileOf(sample, field);
    profiles.push(profile);
    if (profile.as === 'message') patterns.push(minePatterns(sample, field.field));
    await turns.next();
  }
  const fieldsAs = (as: FieldProfile['as']): string[] =>
    profiles.filter((profile) => profile.as === as).map(({ field }) => field);
  const facts = testable([...profiles, ...patterns].flatMap((each) => [...each.facts]));
  const risen = await risenFacts(comparison, profiles, logs);
  const counted = await countCandidates(comparison, facts, risen.facts, logs);
  const tests = facts.length + risen.looked;
  const newcomers = new Map(profiles.map(({ field, usualNewcomer }) => [field, usualNewcomer]));
  const changes = significantChanges(
    counted.facts,
    lengths,
    tests,
    (field) => newcomers.get(field) ?? 0,
  ).slice(0, MOST_CHANGES);

  const changed = changes.map(({ fact }) => fact);
  const held = await turns.finish(heldFactsSteps(sample, changed, patterns));
  const rare = await drawRare(comparison, { held, changed, patterns, logs });
  const groups = causesFirst(groupChanges(changes, held, rare).slice(0, MOST_GROUPS), rateRatio);
  const heldBy = ({ changes: [leader] }: ChangeGroup): Uint8Array => held.held[changes.indexOf(leader)];
  const numbers = await turns.finish(shiftedNumbersSteps(sample, fieldsAs('numbers'), groups.map(heldBy)));
  const bodies: ChangeExplanation['groups'] = [];
  for (const group of groups) {
    const own = new Set(group.changes.map(({ fact }) => keyOf(fact)));
    bodies.push({
      direction: group.direction,
      values: group.changes.map((change) =>
        changeBody(change, {
          lengths,
          patterns,
          ...(!counted.isOfAllLogs(change.totals) && { logs }),
        }),
      ),
      found_in:
        group.direction === 'fewer'
          ? []
          : await turns.finish(
              concentratedValuesSteps(sample, heldBy(group), {
                fields: fieldsAs('values'),
                isKnown: (field, value) => own.has(keyOf({ kind: 'value', field, value })),
                most: MOST_FOUND_IN,
              }),
            ),
    });
  }
  return {
    ...answer,
    groups: bodies,
    numbers: numbers.map((shift) => shiftBody(shift, question.units)),
    compared: { ...compared, tests: tests + fieldsAs('numbers').length },
    remarks: [...remarks],
  };
}

const spanBody = ({ from, to }: Span, { total, logs }: Drawn): ChangeExplanation['window'] => ({
  from: new Date(from).toISOString(),
  to: new Date(to).toISOString(),
  logs: total,
  sampled: logs.length,
});

/** Finds values that have risen among all logs of the window. A field whose values name single logs has none, and neither has one of a single value. */
async function risenFacts(
  { source, question, at, remarks }: Comparison,
  profiles: readonly FieldProfile[],
  logs: Logs,
): Promise<{ readonly facts: ChangeFact[]; readonly looked: number }> {
  const fields = profiles
    .filter(({ as, isIdentifier, isConstant }) => as === 'values' && !isIdentifier && !isConstant)
    .map(({ field }) => field);
  if (fields.length === 0) return { facts: [], looked: 0 };
  const risen = await source.risenValues(at(question.window), at(question.baseline), fields, logs.window);
  if (risen === undefined) remarks.add('rare_values_not_searched');
  const { values, looked } = risen ?? { values: [], looked: 0 };
  return { facts: values.map((each) => ({ kind: 'value', ...each })), looked };
}

/**
 * Counts, in all logs, the facts that may have changed. Patterns, which no search finds, are those of the sample, and so is what the
 * cluster could not count.
 *
 * @returns `isOfAllLogs`: says of the totals of a fact if all logs were counted
 */
async function countCandidates(
  { source, question, lengths, pieces, remarks }: Comparison,
  facts: readonly CountedFact[],
  risen: readonly ChangeFact[],
  logs: Logs,
): Promise<{ facts: CountedFact[]; isOfAllLogs(totals: BySpan): boolean }> {
  const isPattern = ({ fact }: CountedFact): boolean => fact.kind === 'pattern';
  const patterns = candidatesOf(facts.filter(isPattern), lengths, MOST_COUNTED);
  const sampled = candidatesOf(
    facts.filter((each) => !isPattern(each)),
    lengths,
    MOST_COUNTED,
  );
  const known = new Set(sampled.map(({ fact }) => keyOf(fact)));
  const more = risen.filter((fact) => !known.has(keyOf(fact))).slice(0, MOST_COUNTED);
  const wanted = [...sampled.map(({ fact }) => fact), ...more];
  if (wanted.length === 0) return { facts: patterns, isOfAllLogs: () => false };
  const { window } = question;
  const found = await source.count(question.range, { window, pieces }, wanted, logs.window + logs.baseline);
  if (found === undefined || found.share < 1) remarks.add('counts_estimated');
  if (found === undefined) return { facts: [...sampled, ...patterns], isOfAllLogs: () => false };
  const counted = wanted.map((fact, place): CountedFact => {
    const counts = found.counts[place];
    // Elasticsearch may keep a value out of its index, such as too long a keyword: no search finds it.
    const isFound = counts.window + sum(counts.pieces) > 0;
    return isFound || place >= sampled.length ? { fact, counts, totals: found.totals } : sampled[place];
  });
  return {
    facts: [...counted, ...patterns],
    isOfAllLogs: (totals) => totals === found.totals && found.share === 1,
  };
}

/** Draws logs of changes that the sample holds too few of, to see what they move with; undefined where there are none. */
async function drawRare(
  comparison: Comparison,
  given: {
    readonly held: HeldFacts;
    readonly changed: readonly ChangeFact[];
    readonly patterns: readonly MessagePatterns[];
    readonly logs: Logs;
  },
): Promise<RareFacts | undefined> {
  const { held, changed, patterns, logs } = given;
  const rare = tooRare(held)
    .map((place) => changed[place])
    .filter(({ kind }) => kind !== 'pattern');
  if (rare.length === 0) return undefined;
  const drawn = await comparison.drawBoth(RARE_SAMPLE, (range) => comparison.source.holding(range, rare));
  const sample = comparison.sampleOf(drawn);
  const found = await comparison.turns.finish(heldFactsSteps(sample, changed, patterns));
  const { pieces } = held.sample.totals;
  const scale = logs.baseline / Math.max(1, sum(pieces));
  return {
    ...found,
    weights: {
      window: drawn[0].total / Math.max(1, drawn[0].logs.length),
      baseline: drawn[1].total / Math.max(1, drawn[1].logs.length),
    },
    among: { window: logs.window, pieces: pieces.map((count) => count * scale) },
  };
}
