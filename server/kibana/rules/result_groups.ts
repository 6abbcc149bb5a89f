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
}

/** Results that an alert tells of in full. */
const TOP_RESULTS = 5;
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

/** Collects results page by page; what it holds is bounded by the groups, not by the results. */
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
    }
  >();

  /** @param newFrom results written from then on (epoch milliseconds) are new */
  constructor(
    private readonly by: LogAnomalyParams['group_by'],
    private readonly newFrom: number,
  ) {}

  public add(found: FoundResult): void {
    const { event } = found.result;
    const { id, name } = groupOf(found, this.by);
    let group = this.groups.get(id);
    if (group === undefined) {
      group = { id, name, count: 0, newCount: 0, entities: new Set(), top: [] };
      this.groups.set(id, group);
    }
    group.count++;
    if (Date.parse(event.ingested) >= this.newFrom) group.newCount++;
    const { entity } = found.result.anomaly;
    if (entity !== undefined && group.entities.size < MOST_ENTITIES) group.entities.add(entity);
    group.top.push(found);
    group.top.sort((left, right) => mostSevereFirst(left.result, right.result));
    if (group.top.length > TOP_RESULTS) group.top.pop();
  }

  public countOf(id: string): number {
    return this.groups.get(id)?.count ?? 0;
  }

  /** Groups with at least `count` results of at least `entities` entities, the most confident first. */
  public reaching(count: number, entities = 1): ResultGroup[] {
    return [...this.groups.values()]
      .map(({ entities: { size }, ...group }) => ({ ...group, entityCount: Math.max(1, size) }))
      .filter((group) => group.count >= count && group.entityCount >= entities)
      .sort((left, right) => mostSevereFirst(left.top[0].result, right.top[0].result));
  }
}
