import type { Severity } from '../../../common/anomaly';
import type { Incident } from '../../../common/incidents';
import { compileSchedule } from '../../../common/suppressions/schedule';
import { isSevereEnough } from '../messages/alert_message';
import type { Route } from './settings';

/** Facts that a route chooses by. */
export interface Routed {
  readonly severity: Severity;
  readonly detectors: readonly { readonly id: string; readonly name: string }[];
  readonly entity: string | undefined;
}

/** The route of one channel. */
export interface CompiledRoute {
  takes(facts: Routed): boolean;
  /** @param time epoch milliseconds */
  isQuiet(time: number): boolean;
}

/** Matches a text against a pattern with `*` for any characters, in time that grows with the product of their lengths at most. */
function matches(pattern: string, text: string): boolean {
  const parts = pattern.split('*');
  if (parts.length === 1) return pattern === text;
  const [first, ...rest] = parts;
  const last = rest.pop() as string;
  if (!text.startsWith(first)) return false;
  let at = first.length;
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return text.length - last.length >= at && text.endsWith(last);
}

const anyMatches = (patterns: readonly string[], text: string): boolean =>
  patterns.some((pattern) => matches(pattern, text));

/** @param minimum severity below which no channel is used */
export function compileRoute(route: Route | undefined, minimum: Severity): CompiledRoute {
  const { minimum_severity: least = minimum, detectors, entities, quiet_times: quiet = [] } = route ?? {};
  const schedules = quiet.map((each) => compileSchedule({ type: 'weekly', ...each }));
  return {
    takes: ({ severity, detectors: found, entity }) =>
      isSevereEnough(severity, minimum) &&
      isSevereEnough(severity, least) &&
      (detectors === undefined ||
        found.some(({ id, name }) => anyMatches(detectors, id) || anyMatches(detectors, name))) &&
      (entities === undefined || (entity !== undefined && anyMatches(entities, entity))),
    isQuiet: (time) => schedules.some((holds) => holds(time)),
  };
}

/** Facts of an incident: its entity, or the host of what has none. */
export const factsOfIncident = ({ severity, detectors, entity, scope }: Incident): Routed => ({
  severity,
  detectors,
  entity: entity ?? (scope.kind === 'host' ? scope.value : undefined),
});
