import type { Client } from '@elastic/elasticsearch';
import type { LogDocument } from '../../common/log_document';
import { createDraws, type Draws } from '../../scripts/bench/traffic/draws';
import type { LogOfIncident, TrafficKind } from '../../scripts/bench/traffic/labelled_traffic';

const DAY = 86_400_000;
/** Logs of one incident, among ordinary ones. */
const INCIDENT_LOGS = 6;

/** Logs of one kind, as they come in while a day passes in less. */
export interface Traffic {
  /**
   * @param from epoch milliseconds
   * @param to likewise, half-open
   * @returns logs of this time, as many as the part of the day that it stands for has
   */
  between(from: number, to: number): LogDocument[];
}

/**
 * @param started epoch milliseconds at which the day begins
 * @param pressed so many times as fast as a day passes: the rate of logs is that of the day times this
 * @param share of the logs that belong to an incident
 */
export function trafficOf(
  kind: TrafficKind,
  { seed, started, pressed, share }: { seed: number; started: number; pressed: number; share: number },
): Traffic {
  const draws = createDraws(seed);
  const names = Object.keys(kind.incidents);
  let underWay: { logOf: LogOfIncident; left: number } | undefined;
  let owed = 0;
  const documentAt = (time: number): LogDocument => {
    if (underWay === undefined && draws.chance(share / INCIDENT_LOGS)) {
      underWay = { logOf: kind.incidents[draws.of(names)](draws, false), left: INCIDENT_LOGS };
    }
    if (underWay === undefined || draws.chance(0.5)) return kind.ordinary(draws, time, false);
    const { logOf, left } = underWay;
    underWay = left > 1 ? { logOf, left: left - 1 } : undefined;
    return logOf(time);
  };
  return {
    between(from, to) {
      const hour = (((from - started) * pressed) / 3_600_000) % 24;
      const season = 1 + kind.swing * Math.cos(((hour - kind.peakHour) / 24) * 2 * Math.PI);
      owed += (kind.logsADay / DAY) * pressed * season * (to - from);
      const count = Math.floor(owed);
      owed -= count;
      return timesIn(draws, from, to, count).map(documentAt);
    },
  };
}

const timesIn = (draws: Draws, from: number, to: number, count: number): number[] =>
  Array.from({ length: count }, () => from + Math.floor(draws.fraction() * (to - from))).sort(
    (one, other) => one - other,
  );

const LOGS_A_REQUEST = 2_000;

/** @returns how many were written */
export async function writeLogs(
  client: Client,
  index: string,
  logs: readonly LogDocument[],
): Promise<number> {
  for (let start = 0; start < logs.length; start += LOGS_A_REQUEST) {
    const { errors, items } = await client.bulk({
      operations: logs
        .slice(start, start + LOGS_A_REQUEST)
        .flatMap((document) => [
          { create: { _index: index } },
          { ...document, event: { ...(document.event as object), ingested: new Date().toISOString() } },
        ]),
    });
    const refused = errors ? items.find(({ create }) => create?.error !== undefined) : undefined;
    if (refused !== undefined) throw new Error(`${index}: ${refused.create?.error?.reason}`);
  }
  return logs.length;
}
