import { xoroshiro128plus } from 'pure-rand';
import { drawFraction, drawIndex } from '../../../common/isolation_forest/forest/subsample';

/** Faults of a session. */
const WORKFLOW_FAULTS = ['skipped', 'repeated', 'reordered'] as const;
export type WorkflowFault = (typeof WORKFLOW_FAULTS)[number];

export interface WorkflowLog {
  /** Epoch milliseconds. */
  readonly time: number;
  readonly message: string;
}

export interface WorkflowSession {
  readonly id: string;
  readonly logs: readonly WorkflowLog[];
  readonly fault?: WorkflowFault;
}

export interface WorkflowOptions {
  readonly seed: number;
  /** Sessions. */
  readonly count: number;
  /** Share of them that have a fault. */
  readonly faultRate: number;
  /** Epoch milliseconds of the first one. */
  readonly from: number;
  /** Mean distance of their begins, milliseconds. */
  readonly apart: number;
}

type Draw = () => number;
/** A step that always comes; one that comes in a share of the sessions; a loop over items; branches that run at the same time. */
type Part =
  | { readonly step: string }
  | { readonly step: string; readonly share: number }
  | { readonly each: readonly string[]; readonly most: number }
  | { readonly branches: readonly (readonly string[])[] };

const VERBS = [
  'Reading',
  'Reserving',
  'Checking',
  'Writing',
  'Publishing',
  'Encoding',
  'Indexing',
  'Notifying',
  'Locking',
  'Billing',
  'Packing',
  'Signing',
  'Resolving',
  'Merging',
];
const NOUNS = [
  'order',
  'stock',
  'invoice',
  'address',
  'carrier',
  'coupon',
  'ledger',
  'parcel',
  'session',
  'quota',
  'customer',
  'archive',
  'replica',
  'receipt',
  'label',
  'tenant',
];
const ENDS = [
  'of <id> in shard <n>',
  'for <id>',
  'with <n> lines',
  'at <ip>',
  'took <n> ms',
  'from <id> to <id>',
  '<n> of <n>',
];

/** Workflows of one seed: kinds of sessions, each a list of parts. */
function workflowsOf(draw: Draw): Part[][] {
  const taken = new Set<string>();
  const pick = (list: readonly string[]): string => list[Math.floor(draw() * list.length)];
  const step = (): string => {
    for (;;) {
      const text = `${pick(VERBS)} ${pick(NOUNS)} ${pick(ENDS)}`;
      if (taken.has(text)) continue;
      taken.add(text);
      return text;
    }
  };
  const steps = (count: number): string[] => Array.from({ length: count }, step);
  return Array.from({ length: 5 }, () => {
    const parts: Part[] = steps(3 + Math.floor(draw() * 4)).map((text) => ({ step: text }));
    const insert = (part: Part): void =>
      void parts.splice(1 + Math.floor(draw() * (parts.length - 1)), 0, part);
    if (draw() < 0.8) insert({ step: step(), share: 0.3 + 0.4 * draw() });
    if (draw() < 0.6) insert({ step: step(), share: 0.02 + 0.05 * draw() });
    if (draw() < 0.8) insert({ each: steps(1 + Math.floor(draw() * 3)), most: 2 + Math.floor(draw() * 8) });
    if (draw() < 0.6) insert({ branches: [steps(2), steps(2)] });
    return parts;
  });
}

/** Steps of an ordinary session. Those with `isFirm` come in each session of the kind, one after the other. */
function stepsOf(parts: readonly Part[], draw: Draw): { text: string; isFirm: boolean }[] {
  return parts.flatMap((part) => {
    if ('each' in part) {
      const items = 1 + Math.floor(draw() * part.most);
      return Array.from({ length: items }, () => part.each.map((text) => ({ text, isFirm: false }))).flat();
    }
    if ('branches' in part) {
      const left = part.branches.map((branch) => [...branch]);
      const merged: { text: string; isFirm: boolean }[] = [];
      while (left.some((branch) => branch.length > 0)) {
        const going = left.filter((branch) => branch.length > 0);
        merged.push({ text: going[Math.floor(draw() * going.length)].shift() as string, isFirm: false });
      }
      return merged;
    }
    if ('share' in part) return draw() < part.share ? [{ text: part.step, isFirm: false }] : [];
    return [{ text: part.step, isFirm: true }];
  });
}

/** Puts a fault into the firm steps of a session, after the first. */
function withFault(
  steps: readonly { text: string; isFirm: boolean }[],
  fault: WorkflowFault,
  draw: Draw,
): { text: string; isFirm: boolean }[] {
  const firm = steps.flatMap(({ isFirm }, place) => (isFirm && place > 0 ? [place] : []));
  const place = firm[Math.floor(draw() * firm.length)];
  switch (fault) {
    case 'skipped':
      return steps.filter((_step, at) => at !== place);
    case 'repeated': {
      const times = 1 + Math.floor(draw() * 3);
      return steps.flatMap((each, at) =>
        at === place ? Array.from({ length: 1 + times }, () => each) : [each],
      );
    }
    case 'reordered': {
      const changed = [...steps];
      const other = place === changed.length - 1 ? place - 1 : place + 1;
      [changed[place], changed[other]] = [changed[other], changed[place]];
      return changed;
    }
  }
}

/** Messages that come at any place of any session, as those of pools, caches and retries do. */
const BACKGROUND = [
  { text: 'Connection pool grew to <n>', share: 0.15 },
  { text: 'Cache missed key <id>', share: 0.4 },
  { text: 'Retrying call to <ip> after <n> ms', share: 0.08 },
];

function withBackground(steps: readonly { text: string; isFirm: boolean }[], draw: Draw) {
  const all = [...steps];
  for (const { text, share } of BACKGROUND) {
    while (draw() < share) all.splice(Math.floor(draw() * (all.length + 1)), 0, { text, isFirm: false });
  }
  return all;
}

/** Generates sessions of five workflows with optional steps, loops and branches, some of them with a fault. */
export function* generateWorkflows(options: WorkflowOptions): Generator<WorkflowSession> {
  // The workflows are those of the tens of the seed: seeds of one ten are other days of the same system.
  const shape = xoroshiro128plus(1_000 + Math.floor(options.seed / 10));
  const workflows = workflowsOf(() => drawFraction(shape));
  const random = xoroshiro128plus(options.seed);
  const draw = (): number => drawFraction(random);
  const fill = (text: string, id: string): string =>
    text
      .replace(/<id>/g, () => (draw() < 0.5 ? id : `x-${1e6 + drawIndex(1e9, random)}`))
      .replace(/<n>/g, () => String(drawIndex(5_000, random)))
      .replace(/<ip>/g, () => `10.${drawIndex(250, random)}.${drawIndex(250, random)}.7`);
  let begin = options.from;
  for (let count = 0; count < options.count; count++) {
    begin += Math.round(-Math.log(1 - draw()) * options.apart);
    const id = `t-${options.seed}-${count.toString(16).padStart(6, '0')}`;
    const kind = Math.min(workflows.length - 1, Math.floor(draw() ** 1.5 * workflows.length));
    const fault =
      draw() < options.faultRate ? WORKFLOW_FAULTS[drawIndex(WORKFLOW_FAULTS.length, random)] : undefined;
    const usual = stepsOf(workflows[kind], draw);
    const own = fault === undefined ? usual : withFault(usual, fault, draw);
    const steps = withBackground(own, draw);
    let time = begin;
    const logs = steps.map(({ text }): WorkflowLog => {
      time += 1 + Math.round(-Math.log(1 - draw()) * 200);
      return { time, message: fill(text, id) };
    });
    yield { id, logs, ...(fault !== undefined && { fault }) };
  }
}
