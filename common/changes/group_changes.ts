import type { LogDocument } from '../log_document';
import { missingIn, valueReader, type ChangeSample } from './change_sample';
import type { MessagePatterns } from './message_patterns';
import type { BySpan } from './share_test';
import { LEAST_FACTOR, type FactChange } from './significant_changes';
import type { ChangeFact } from './value_candidates';

/** Changes of one direction that are changes of the same logs, the largest first. */
export interface ChangeGroup {
  readonly direction: 'more' | 'fewer';
  readonly changes: readonly FactChange[];
}

/**
 * The logs of one change explain another where this share of its surplus, or of what is missing of it, is gone without them. So
 * a value goes with another that is wider (an error level), narrower (a host) or the same.
 */
const EXPLAINED_SHARE = 0.7;
/** Logs of a sample from which on it tells what moves together. */
const FEWEST_LOGS = 15;

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);

/** Makes a check of single logs for a fact. */
export function factMatcher(
  fact: ChangeFact,
  patterns: readonly MessagePatterns[],
): (log: LogDocument) => boolean {
  switch (fact.kind) {
    case 'value': {
      const read = valueReader(fact.field);
      return (log) => read(log).includes(fact.value);
    }
    case 'missing':
      return missingIn(fact.field);
    case 'pattern': {
      const own = patterns.find(({ field }) => field === fact.field);
      return (log) => own?.patternOf(log) === fact.pattern;
    }
  }
}

/** Says of each log of a sample if it holds each of the facts: `held[fact][place]`. */
export interface HeldFacts {
  readonly sample: ChangeSample;
  readonly held: readonly Uint8Array[];
}

/** A sample of the logs that hold certain facts. */
export interface RareFacts extends HeldFacts {
  /** Logs that each log of the sample stands for. */
  readonly weights: { readonly window: number; readonly baseline: number };
  /** All logs of the spans, those without the facts as well. */
  readonly among: BySpan;
}

/** Looks for facts in all logs of a sample, one fact a step. */
export function* heldFactsSteps(
  sample: ChangeSample,
  facts: readonly ChangeFact[],
  patterns: readonly MessagePatterns[],
): Generator<void, HeldFacts> {
  const patternIds = new Map<MessagePatterns, Int32Array>();
  const held: Uint8Array[] = [];
  for (const fact of facts) {
    const own = fact.kind === 'pattern' ? patterns.find(({ field }) => field === fact.field) : undefined;
    if (own !== undefined && fact.kind === 'pattern') {
      let ids = patternIds.get(own);
      if (ids === undefined) {
        ids = Int32Array.from(sample.logs, (log) => own.patternOf(log));
        patternIds.set(own, ids);
      }
      held.push(Uint8Array.from(ids, (id) => Number(id === fact.pattern)));
    } else {
      const matches = factMatcher(fact, patterns);
      held.push(Uint8Array.from(sample.logs, (log) => Number(matches(log))));
    }
    yield;
  }
  return { sample, held };
}

/** Returns the logs of the window beyond what the baseline lets expect; negative where some are missing. */
function surplus(counts: BySpan, totals: BySpan): number {
  const baseline = sum(totals.pieces);
  return baseline === 0 ? counts.window : counts.window - (sum(counts.pieces) * totals.window) / baseline;
}

function countWithout(
  { sample, held }: HeldFacts,
  fact: number,
  without?: number,
): { counts: BySpan; totals: BySpan } {
  const own = held[fact];
  const other = without === undefined ? undefined : held[without];
  const isLeft = (place: number): boolean => other?.[place] !== 1;
  return {
    counts: sample.countOf((place) => own[place] === 1 && isLeft(place)),
    totals: sample.countOf(isLeft),
  };
}

/** Returns how many logs of the sample hold a fact, in the span where it is frequent. */
function supportOf(facts: HeldFacts, fact: number): number {
  const { counts } = countWithout(facts, fact);
  return Math.max(counts.window, sum(counts.pieces));
}

/** Returns the places of facts that a sample holds too rarely to say what they move with: logs have to be drawn of these. */
export const tooRare = (facts: HeldFacts): number[] =>
  facts.held.flatMap((_, fact) => (supportOf(facts, fact) < FEWEST_LOGS ? [fact] : []));

/**
 * Puts changes together that are changes of the same logs: each goes to the largest change before it without whose logs its own
 * surplus is nearly gone.
 *
 * @param changes the largest first
 * @param general a uniform sample of all logs; its facts are those of the changes, in their order
 * @param rare the same for logs that hold the rare ones: it decides where the general sample holds too few
 */
export function groupChanges(
  changes: readonly FactChange[],
  general: HeldFacts,
  rare?: RareFacts,
): ChangeGroup[] {
  const groups: { leader: number; members: number[] }[] = [];
  changes.forEach((change, place) => {
    const isRare = rare !== undefined && supportOf(general, place) < FEWEST_LOGS;
    const found = groups.find(
      ({ leader }) =>
        changes[leader].test.direction === change.test.direction &&
        isExplained(
          (without) => (isRare ? surplusOfRare(rare, place, without) : surplusOf(general, place, without)),
          leader,
        ),
    );
    if (found === undefined) groups.push({ leader: place, members: [place] });
    else found.members.push(place);
  });
  return groups.map(({ leader, members }) => ({
    direction: changes[leader].test.direction,
    changes: members.map((place) => changes[place]),
  }));
}

/**
 * Returns the groups as they explain the change: what has come more often before what has become rare, which is mostly what it
 * takes the place of; where the logs as a whole have become far fewer, what they have lost first.
 *
 * @param rateRatio logs of the window to those of the baseline in the same time
 */
export function causesFirst(groups: readonly ChangeGroup[], rateRatio: number): ChangeGroup[] {
  const first = rateRatio * LEAST_FACTOR <= 1 ? 'fewer' : 'more';
  const isFirst = ({ direction }: ChangeGroup): boolean => direction === first;
  return [...groups.filter(isFirst), ...groups.filter((group) => !isFirst(group))];
}

function surplusOf(facts: HeldFacts, fact: number, without?: number): number {
  const { counts, totals } = countWithout(facts, fact, without);
  return surplus(counts, totals);
}

function surplusOfRare(facts: RareFacts, fact: number, without?: number): number {
  const { counts } = countWithout(facts, fact, without);
  const { weights, among } = facts;
  const weighted = {
    window: counts.window * weights.window,
    pieces: counts.pieces.map((count) => count * weights.baseline),
  };
  return surplus(weighted, among);
}

function isExplained(surplusWithout: (fact?: number) => number, leader: number): boolean {
  const all = surplusWithout();
  return all !== 0 && surplusWithout(leader) / all <= 1 - EXPLAINED_SHARE;
}
