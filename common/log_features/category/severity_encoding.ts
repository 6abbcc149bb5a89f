import { z } from 'zod';
import type { ParentsOfField } from '../fields/route_parameters';
import type { FeatureDefinition } from '../../detector';
import { GROUP_CHARACTERS, USUAL_CHARACTERS } from '../../anomaly/comparison';
import { printable } from '../../printable';
import type { ColumnEncoding } from '../columns/column_encoding';
import { compileField, type FieldReader } from '../fields/field_access';
import { DirtCounter, readableShare, textOf } from '../columns/field_value';
import { groupReader, MAX_GROUP_NAME, readableGroup } from '../fields/group_fields';
import { badnessOf, codeOf, MAX_CODE, severityCodesOf } from './severity_codes';
import { SEVERITY_CODES } from '../../detector/feature_schema';

/** Groups with the most logs are remembered; the others share what holds for a wider one. */
const MAX_GROUPS = 2_000;
/** Groups with fewer logs are not remembered. */
const MIN_GROUP_LOGS = 5;
/** Different codes of a group that are remembered, the most frequent. */
const MAX_CODES = 64;
/** Logs that a wider group counts for when the share of a code in a narrower one is estimated (Lindley 1962). */
const PRIOR_LOGS = 20;
/** Logs that a code which never was counts for: so many logs of training cannot say that one is rarer. */
const RAREST = 0.5;

const groupSchema = z.strictObject({
  name: z.string().max(MAX_GROUP_NAME),
  total: z.number().int().min(0).max(1e15),
  /** Code and count, most frequent first. */
  values: z.array(z.tuple([z.string().max(MAX_CODE), z.number().int().min(1).max(1e15)])).max(MAX_CODES),
});
export const severityStateSchema = z.strictObject({
  kind: z.literal('severity'),
  codes: z.enum(SEVERITY_CODES).exclude(['auto']),
  groups: z.array(groupSchema).max(MAX_GROUPS),
  /** All logs. */
  others: groupSchema,
});
export type SeverityState = z.infer<typeof severityStateSchema>;
type Group = z.infer<typeof groupSchema>;

/** A status with the groups that it is compared within, from the widest to the narrowest. */
interface Reading {
  readonly value: unknown;
  readonly groups: readonly string[];
}

/** Reads a status and its groups at once. */
export function severityReader(definition: FeatureDefinition, parentsOf?: ParentsOfField): FieldReader {
  const read = compileField(definition.field);
  const readGroups = groupReader(definition.by, parentsOf);
  return (document): Reading => ({ value: read(document), groups: readGroups(document) });
}

const byCount = (one: readonly [string, number], other: readonly [string, number]): number =>
  other[1] - one[1] || (one[0] < other[0] ? -1 : 1);

export function learnSeverity(definition: FeatureDefinition, readings: readonly unknown[]): ColumnEncoding {
  const dirt = new DirtCounter();
  const all = new Map<string, number>();
  const byGroup = new Map<string, Map<string, number>>();
  for (const { value, groups } of readings as readonly Reading[]) {
    const text = textOf(value, MAX_CODE, dirt);
    if (text === undefined) continue;
    const code = codeOf(text);
    all.set(code, (all.get(code) ?? 0) + 1);
    for (const name of groups) {
      let counts = byGroup.get(name);
      if (counts === undefined) byGroup.set(name, (counts = new Map()));
      counts.set(code, (counts.get(code) ?? 0) + 1);
    }
  }
  const groupOf = (name: string, counts: ReadonlyMap<string, number>): Group => ({
    name,
    total: [...counts.values()].reduce((sum, count) => sum + count, 0),
    values: [...counts].sort(byCount).slice(0, MAX_CODES),
  });
  const state: SeverityState = {
    kind: 'severity',
    codes: severityCodesOf(definition, all),
    groups: [...byGroup]
      .map(([name, counts]) => groupOf(name, counts))
      .filter(({ name, total }) => name !== '' && total >= MIN_GROUP_LOGS)
      .sort((one, other) => other.total - one.total || (one.name < other.name ? -1 : 1))
      .slice(0, MAX_GROUPS),
    others: groupOf('', all),
  };
  const encoding = decodeSeverity(state);
  if (state.groups.length === 0) return encoding;
  const leastTail = tailOfNewLogs(state, readings as readonly Reading[]);
  return { ...encoding, watched: [{ tail: 'high', decay: DECAY, leastTail }] };
}

/** Logs from which on the end of the severities is extrapolated: the last few may be anomalies. */
const LAST_RANKED = 5;

/**
 * Returns the severity that a share of new logs reach, as those of training tell when each is left out of what it is compared with: a
 * failure of a route that had no other is new to it, and there are as many of these as routes that failed once.
 */
function tailOfNewLogs(state: SeverityState, readings: readonly Reading[]): (share: number) => number {
  const severityOf = severityReaderOf(state);
  const dirt = new DirtCounter();
  const severities = new Float64Array(state.others.total);
  let place = 0;
  for (const { value, groups } of readings) {
    const text = textOf(value, MAX_CODE, dirt);
    if (text !== undefined) severities[place++] = severityOf(codeOf(text), groups, 1);
  }
  severities.sort().reverse();
  return (share) => {
    const rank = share * severities.length;
    const known = severities[Math.min(severities.length, Math.max(LAST_RANKED, Math.ceil(rank))) - 1] ?? 0;
    return known === 0 ? 0 : known + DECAY * Math.max(0, Math.log(LAST_RANKED / rank));
  };
}

/** Counts of a group for a code: its logs that were as bad and as rare. */
export interface SeverityTails {
  readonly total: number;
  /** For each code of the group: logs whose code is worse, or as bad and not more frequent. */
  readonly tails: ReadonlyMap<string, number>;
  /** For each badness: logs whose code is worse, which is the tail of a code that the group never held. */
  readonly worse: readonly number[];
}

const WORST = 3;
/** The worst are as surprising as they are rare; of what is less bad the rarity counts in part. */
const DECAY = WORST;

export function severityTails({ total, values }: Group, codes: SeverityState['codes']): SeverityTails {
  const rated = values.map(([code, count]) => ({ code, count, badness: badnessOf(code, codes) }));
  const sumWhere = (counts: (each: (typeof rated)[number]) => boolean): number =>
    rated.reduce((sum, each) => sum + (counts(each) ? each.count : 0), 0);
  return {
    total,
    tails: new Map(
      rated.map(({ code, count, badness }) => [
        code,
        sumWhere((each) => each.badness > badness || (each.badness === badness && each.count <= count)),
      ]),
    ),
    worse: Array.from({ length: WORST + 1 }, (_, badness) => sumWhere((each) => each.badness > badness)),
  };
}

/** Returns the severity of a code in groups, where `without` logs like it are left out of training. */
type SeverityOf = (code: string, groups: readonly string[], without?: number) => number;

function severityReaderOf(state: SeverityState): SeverityOf {
  const { codes } = state;
  const groups = new Map(state.groups.map((group) => [group.name, severityTails(group, codes)]));
  const others = severityTails(state.others, codes);
  return (code, names, without = 0) => {
    const badness = badnessOf(code, codes);
    if (badness === 0) return 0;
    const tailOf = ({ tails, worse }: SeverityTails): number => {
      const known = tails.get(code);
      // Of a code that the group keeps no count of nothing is left out.
      return known === undefined ? worse[badness] : known - without;
    };
    const total = others.total - without;
    let share = (tailOf(others) + 1) / (total + 2);
    for (const name of names) {
      const found = groups.get(name);
      if (found === undefined) continue;
      share = (tailOf(found) + PRIOR_LOGS * share) / (found.total - without + PRIOR_LOGS);
    }
    share = Math.max(share, RAREST / (total + 1));
    return badness * -Math.log(share);
  };
}

/**
 * Encodes a status as its badness times the rarity of one that bad: badness x -log p, where p is the share of training logs whose status is
 * worse, or as bad and not more frequent, with one log added. Within a group p is drawn towards that of the wider group, which
 * counts for PRIOR_LOGS logs; groups within groups hold the same logs, and however many they are, p is never less than all of training can
 * tell. 0 for all that is fine; rises with badness and with rarity.
 */
export function decodeSeverity(state: SeverityState): ColumnEncoding {
  const others = severityTails(state.others, state.codes);
  const groups = new Map(state.groups.map((group) => [group.name, group]));
  const severityOf = severityReaderOf(state);
  const unread = new DirtCounter();
  const narrowest = (names: readonly string[]): Group => {
    for (let index = names.length - 1; index >= 0; index--) {
      const found = groups.get(names[index]);
      if (found !== undefined) return found;
    }
    return state.others;
  };
  const usualOf = ({ name, values, total }: Group): string => {
    if (values.length === 0) return 'no value';
    const of = name === '' ? '' : ` of ${printable(readableGroup(name), 80)}`;
    return `${printable(values[0][0], 40)} (${readableShare(values[0][1] / total)}${of})`;
  };
  return {
    columns: [''],
    watched: [{ tail: 'high', decay: DECAY }],
    missing: NaN,
    encode(reading, out, offset, dirt) {
      const { value, groups: names } = reading as Reading;
      const text = textOf(value, MAX_CODE, dirt);
      if (text === undefined) return false;
      const code = codeOf(text);
      if (!others.tails.has(code)) dirt.add('unseen');
      out[offset] = severityOf(code, names);
      return true;
    },
    actual(reading) {
      const text = textOf((reading as Reading).value, MAX_CODE, unread);
      return text === undefined ? undefined : printable(text, MAX_CODE);
    },
    compare(reading) {
      const { value, groups: names } = reading as Reading;
      const text = textOf(value, MAX_CODE, unread);
      const { name, values, total } = narrowest(names);
      const usual = values.length === 0 ? undefined : values[0][0];
      const code = text === undefined ? undefined : codeOf(text);
      const allCodes = state.others.values;
      const isKnown = code === undefined || others.tails.has(code) || allCodes.length >= MAX_CODES;
      return {
        kind: 'status',
        ...(text !== undefined && { value: code === usual ? code : printable(text, MAX_CODE) }),
        ...(usual !== undefined && {
          usual: printable(usual, USUAL_CHARACTERS),
          usual_share: values[0][1] / total,
        }),
        ...(name !== '' && { group: printable(readableGroup(name), GROUP_CHARACTERS), group_logs: total }),
        logs: state.others.total,
        ...(!isKnown && { count: 0 }),
      };
    },
    typical: usualOf(state.others),
    typicalOf: (reading) => usualOf(narrowest((reading as Reading).groups)),
    toJSON: () => state,
  };
}
