import { z } from 'zod';
import { MOST_EVENT_COLUMNS } from '../../detector/bucket_schema';

/** Added to counts: nothing that never happened has the probability 0 (Jeffreys' prior). */
const PRIOR = 0.5;
/** Place of the begin of a session, which comes before all of its steps. */
export const BEGIN = -1;

/** Ways in which two steps can stand to each other. */
const ORDER_RULES = ['missing_after', 'missing_before', 'after', 'twice'] as const;
export type OrderRule = (typeof ORDER_RULES)[number];

const count = z.number().int().min(0).max(1e15);
const square = z.array(z.array(count).max(MOST_EVENT_COLUMNS)).max(MOST_EVENT_COLUMNS + 1);
export const ordersSchema = z.strictObject({
  /** Sessions that hold each step; the first is their number. */
  sessions: z
    .array(count)
    .min(1)
    .max(MOST_EVENT_COLUMNS + 1),
  /** By step, the begin first, and other step: sessions with the one in which the other comes after its last. */
  followed: square,
  /** Likewise those in which the other comes before its first. */
  preceded: square,
  /** Likewise those in which the other, or for the same step it itself, comes after its first. */
  after: square,
});
export type Orders = z.infer<typeof ordersSchema>;

/** Place of a step that a session does not have. */
export const ABSENT = -2;

/** Places of the first and the last log of each step of a session, or {@link ABSENT}. */
export interface Places {
  readonly first: Int32Array;
  readonly last: Int32Array;
}

/** The least likely part of a session's order. */
export interface RarestOrder {
  readonly rule: OrderRule;
  /** Columns; {@link BEGIN} for the begin of the session. */
  readonly step: number;
  readonly other: number;
  /** Sessions of training that are so, and all that hold the step. */
  readonly rows: number;
  readonly of: number;
  readonly share: number;
}

/**
 * Learns how often each step comes before, after and without each other one: the temporal invariants of Beschastnikh, Brun,
 * Schneider, Sloan & Ernst 2011 ("Leveraging existing instrumentation to automatically infer invariant-constrained models",
 * Synoptic: always followed by, always preceded by, never followed by), with their frequencies in place of always and never. Other
 * than neighbours, they hold in sessions whose threads log in between each other.
 *
 * @param rows places of the steps of each session
 * @param columns steps
 */
export function learnOrders(rows: readonly Places[], columns: number): Orders {
  const table = (): number[][] =>
    Array.from({ length: columns + 1 }, () => new Array<number>(columns).fill(0));
  const orders: Orders = {
    sessions: new Array<number>(columns + 1).fill(0),
    followed: table(),
    preceded: table(),
    after: table(),
  };
  for (const { first, last } of rows) {
    for (let step = 0; step <= columns; step++) {
      const [from, to] = step === 0 ? [BEGIN, BEGIN] : [first[step - 1], last[step - 1]];
      if (from === ABSENT) continue;
      orders.sessions[step]++;
      for (let other = 0; other < columns; other++) {
        if (first[other] === ABSENT) continue;
        if (last[other] > to) orders.followed[step][other]++;
        if (first[other] < from) orders.preceded[step][other]++;
        if (last[other] > from) orders.after[step][other]++;
      }
    }
  }
  return orders;
}

/** Judges the order of a session by what training held. */
export function readOrders({ sessions, followed, preceded, after }: Orders): {
  rarestOf(places: Places): RarestOrder | undefined;
  /** @returns minus the logarithm of the share of the sessions that are so in the least likely way */
  surpriseOf(places: Places): number;
} {
  const columns = sessions.length - 1;
  /** Shares by rule, step and other step: a session is compared with some thousands of them. */
  const table = (rowsOf: (step: number, other: number) => number): Float64Array => {
    const shares = new Float64Array((columns + 1) * columns);
    for (let step = 0; step <= columns; step++) {
      for (let other = 0; other < columns; other++) {
        shares[step * columns + other] = (rowsOf(step, other) + PRIOR) / (sessions[step] + 2 * PRIOR);
      }
    }
    return shares;
  };
  const rowsOf: Record<OrderRule, (step: number, other: number) => number> = {
    missing_after: (step, other) => sessions[step] - followed[step][other],
    missing_before: (step, other) => sessions[step] - preceded[step][other],
    after: (step, other) => after[step][other],
    twice: (step, other) => after[step][other],
  };
  const missingAfter = table(rowsOf.missing_after);
  const missingBefore = table(rowsOf.missing_before);
  const comingAfter = table(rowsOf.after);
  const find = ({ first, last }: Places): { share: number; at: number; rule: OrderRule } => {
    const found = { share: Infinity, at: -1, rule: ORDER_RULES[0] as OrderRule };
    const tell = (rule: OrderRule, share: number, at: number): void => {
      found.share = share;
      found.at = at;
      found.rule = rule;
    };
    for (let step = 0; step <= columns; step++) {
      const from = step === 0 ? BEGIN : first[step - 1];
      if (from === ABSENT) continue;
      const to = step === 0 ? BEGIN : last[step - 1];
      for (let other = 0, at = step * columns; other < columns; other++, at++) {
        if (other === step - 1) {
          if (to > from && comingAfter[at] < found.share) tell('twice', comingAfter[at], at);
          continue;
        }
        const isThere = first[other] !== ABSENT;
        if (missingAfter[at] < found.share && !(isThere && last[other] > to)) {
          tell('missing_after', missingAfter[at], at);
        }
        if (step === 0) continue;
        if (missingBefore[at] < found.share && !(isThere && first[other] < from)) {
          tell('missing_before', missingBefore[at], at);
        }
        // Of two ways to say that steps changed places this one is told.
        const isLess = found.rule.startsWith('missing')
          ? comingAfter[at] <= found.share
          : comingAfter[at] < found.share;
        if (isLess && isThere && last[other] > from) tell('after', comingAfter[at], at);
      }
    }
    return found;
  };
  return {
    rarestOf(places) {
      const { share, at, rule } = find(places);
      if (at < 0) return undefined;
      const [step, other] = [Math.floor(at / columns), at % columns];
      return {
        rule,
        step: step - 1,
        other,
        rows: rowsOf[rule](step, other),
        of: sessions[step],
        share,
      };
    },
    surpriseOf: (places) => Math.max(0, -Math.log(Math.min(1, find(places).share))),
  };
}
