import type { FoundResult } from '../../elasticsearch';
import { mostSevereFirst } from '../../../common/anomaly';
import type { LogAnomalyParams } from '../../../common/rules';

/** Results that make one alert. */
export interface ResultGroup {
  /** Of the alert: the same group has the same alert for as long as it goes on. */
  readonly id: string;
  /** For people. */
  readonly name: string;
  readonly count: number;
  /** Of these, written since the last check. */
  readonly newCount: number;
  /** Different entities, up to {@link MOST_ENTITIES}. */
  readonly entityCount: number;
  /** The most severe first. */
  readonly top: readonly FoundResult[];
  /** First and last time that these were written, epoch milliseconds, where several windows were looked at. */
  readonly span?: { readonly from: number; readonly to: number };
  /** Most of them in one window, where several were looked at. */
  readonly peak?: number;
}

/** Results that an alert tells of in full. */
const TOP_RESULTS = 5;
/** Results of a group of which some may be the top ones of a window, where several windows are looked at. */
const CANDIDATES = 100;
/** More entities of a group are not told apart. */
const MOST_ENTITIES = 1_000;
const LONGEST_NAME = 200;
const NO_ENTITY = '(none)';

function keyOf({ result }: FoundResult, by: LogAnomalyParams['group_by']): string {
  switch (by) {
    case 'detector':
      return result.detector.name;
    case 'entity':
      return result.anomaly.entity ?? NO_ENTITY;
    case 'feature':
      return result.anomaly.attribution[0]?.feature ?? NO_ENTITY;
  }
}

/** The alert that a result belongs to. */
export function groupOf(found: FoundResult, by: LogAnomalyParams['group_by']): { id: string; name: string } {
  const { detector } = found.result;
  const name = keyOf(found, by).slice(0, LONGEST_NAME);
  return { id: by === 'detector' ? detector.id : `${detector.id}:${name}`, name };
}

/** A result as a window counts it. */
interface Written {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly entity: string | undefined;
}

/** Results of a group that lie in windows in which there is enough. */
interface InFullWindows {
  /** In the order of time. */
  readonly results: readonly Written[];
  /** Most of them in one window. */
  readonly peak: number;
}

/** Slides a window of a length, milliseconds, over results, and keeps those of each place where it holds enough and ends with one that is new. */
function inFullWindows(
  results: readonly Written[],
  length: number,
  {
    count,
    entities,
    newFrom,
  }: { readonly count: number; readonly entities: number; readonly newFrom: number },
): InFullWindows {
  const sorted = [...results].sort((one, other) => one.at - other.at);
  const inside = new Map<string | undefined, number>();
  const kept: Written[] = [];
  let [start, next, peak] = [0, 0, 0];
  sorted.forEach(({ at, entity }, place) => {
    inside.set(entity, (inside.get(entity) ?? 0) + 1);
    for (; sorted[start].at <= at - length; start++) {
      const gone = sorted[start].entity;
      const left = (inside.get(gone) as number) - 1;
      if (left === 0) inside.delete(gone);
      else inside.set(gone, left);
    }
    const size = place - start + 1;
    const named = inside.size - (inside.has(undefined) ? 1 : 0);
    if (at < newFrom || size < count || Math.max(1, named) < entities) return;
    kept.push(...sorted.slice(Math.max(start, next), place + 1));
    next = place + 1;
    peak = Math.max(peak, size);
  });
  return { results: kept, peak };
}

/** Collects results page by page; what it holds of each is a time and a name, and of a few of a group all. */
export class ResultGroups {
  private readonly groups = new Map<
    string,
    {
      id: string;
      name: string;
      count: number;
      newCount: number;
      entities: Set<string>;
      top: FoundResult[];
      written: Written[];
    }
  >();

  /**
   * @param newFrom results written from then on (epoch milliseconds) are new
   * @param window milliseconds in which there has to be enough; absent: all that is added lies in one
   */
  constructor(
    private readonly by: LogAnomalyParams['group_by'],
    private readonly newFrom: number,
    private readonly window?: number,
  ) {}

  public add(found: FoundResult): void {
    const { event } = found.result;
    const { id, name } = groupOf(found, this.by);
    let group = this.groups.get(id);
    if (group === undefined) {
      group = { id, name, count: 0, newCount: 0, entities: new Set(), top: [], written: [] };
      this.groups.set(id, group);
    }
    group.count++;
    const at = Date.parse(event.ingested);
    if (at >= this.newFrom) group.newCount++;
    const { entity } = found.result.anomaly;
    if (this.window !== undefined) group.written.push({ at, entity });
    if (entity !== undefined && group.entities.size < MOST_ENTITIES) group.entities.add(entity);
    group.top.push(found);
    group.top.sort((left, right) => mostSevereFirst(left.result, right.result));
    if (group.top.length > (this.window === undefined ? TOP_RESULTS : CANDIDATES)) group.top.pop();
  }

  public countOf(id: string): number {
    return this.groups.get(id)?.count ?? 0;
  }

  /** Counts what was added of a group; undefined where several windows were looked at. */
  public found(id: string): Pick<ResultGroup, 'count' | 'entityCount'> | undefined {
    const group = this.groups.get(id);
    if (group === undefined || this.window !== undefined) return undefined;
    return { count: group.count, entityCount: Math.max(1, group.entities.size) };
  }

  /** Groups with at least `count` results of at least `entities` entities, the most confident first. */
  public reaching(count: number, entities = 1): ResultGroup[] {
    return [...this.groups.values()]
      .flatMap(({ written, entities: { size }, ...group }): ResultGroup[] => {
        if (this.window !== undefined) return this.inWindow({ ...group, written }, { count, entities });
        const all = { ...group, entityCount: Math.max(1, size) };
        return all.count >= count && all.entityCount >= entities ? [all] : [];
      })
      .sort((left, right) => mostSevereFirst(left.top[0].result, right.top[0].result));
  }

  private inWindow(
    { written, ...group }: Omit<ResultGroup, 'entityCount'> & { readonly written: readonly Written[] },
    enough: { readonly count: number; readonly entities: number },
  ): ResultGroup[] {
    const { results, peak } = inFullWindows(written, this.window as number, {
      ...enough,
      newFrom: this.newFrom,
    });
    if (results.length === 0) return [];
    const [from, to] = [results[0].at, results[results.length - 1].at];
    const times = new Set(results.map(({ at }) => at));
    const top = group.top.filter(({ result }) => times.has(Date.parse(result.event.ingested)));
    const named = new Set(results.flatMap(({ entity }) => entity ?? []));
    return [
      {
        ...group,
        ...{ peak, span: { from, to }, count: results.length, entityCount: Math.max(1, named.size) },
        newCount: results.filter(({ at }) => at >= this.newFrom).length,
        top: (top.length === 0 ? group.top : top).slice(0, TOP_RESULTS),
      },
    ];
  }
}
