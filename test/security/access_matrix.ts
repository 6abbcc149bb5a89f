import type { Operation } from '../../common/api';
import {
  DECLARED_ACCESS,
  expectationOf,
  mayReadLogs,
  PERSONAS,
  PLACES,
  type Expectation,
  type Persona,
  type Place,
} from './declared_access';
import { requestsOf, type Given, type Scene } from './requests';

/** Sends a request as somebody, somewhere: over the stand-in for Kibana, or over HTTP to a real one. */
export type Ask = (
  persona: Persona,
  place: Place,
  operation: Operation,
  given: Given,
) => Promise<{ readonly status: number; readonly text: string }>;

export interface MatrixWorld {
  readonly ask: Ask;
  readonly scene: Scene;
  /** Texts that stand in the detector and in its logs and nowhere else: a refused answer holds none of them. */
  readonly marks: readonly string[];
  /** Text of a field of the logs that no result copies: only who may read the logs ever sees it. */
  readonly markOfLogs: string;
}

/** Operations in an order in which those that delete come last. */
export const OPERATIONS: readonly Operation[] = (Object.keys(DECLARED_ACCESS) as Operation[]).sort(
  (one, other) => Number(DECLARED_ACCESS[one].last ?? false) - Number(DECLARED_ACCESS[other].last ?? false),
);

/** Requests for the state of the detector as an administrator sees it: it must not change by a refused request. */
const OBSERVED: readonly Operation[] = [
  'getDetector',
  'listModels',
  'getPipeline',
  'searchResults',
  'listFeedback',
  'listSuppressions',
  'listAnnotations',
  'getBackfill',
];

async function observe({ ask, scene }: MatrixWorld): Promise<string> {
  const requests = requestsOf(scene);
  const seen: string[] = [];
  for (const operation of OBSERVED) {
    const { status, text } = await ask('superuser', 'own', operation, requests[operation]);
    seen.push(`${operation} ${status} ${text}`);
  }
  return seen.join('\n');
}

/** @returns what is wrong with an answer, or undefined */
function faultOf(
  expectation: Expectation,
  { status, text }: { readonly status: number; readonly text: string },
  marks: readonly string[],
): string | undefined {
  const leaked = marks.filter((mark) => text.includes(mark));
  switch (expectation) {
    case 'refused':
      if (status !== 401 && status !== 403) return `was answered with ${status}: ${text.slice(0, 300)}`;
      break;
    case 'absent':
      if (status >= 500) return `was answered with ${status}: ${text.slice(0, 300)}`;
      break;
    case 'allowed':
      if (status === 401 || status === 403 || status >= 500) {
        return `was answered with ${status}: ${text.slice(0, 300)}`;
      }
      return undefined;
  }
  return leaked.length === 0 ? undefined : `shows ${leaked.join(', ')}: ${text.slice(0, 300)}`;
}

export interface Cell {
  readonly operation: Operation;
  readonly persona: Persona;
  readonly place: Place;
  readonly expectation: Expectation;
}

export const CELLS: readonly Cell[] = OPERATIONS.flatMap((operation) =>
  PLACES.flatMap((place) =>
    PERSONAS.map((persona) => ({
      operation,
      persona,
      place,
      expectation: expectationOf(operation, persona, place),
    })),
  ),
);

/**
 * Sends every request of an operation that is not to be allowed.
 *
 * @returns a line for each that was not refused as declared, showed what it must not, or changed anything
 */
export async function faultsOfForbidden(world: MatrixWorld, operation: Operation): Promise<string[]> {
  const faults: string[] = [];
  const given = requestsOf(world.scene)[operation];
  const before = await observe(world);
  for (const { persona, place, expectation } of CELLS.filter((cell) => cell.operation === operation)) {
    if (expectation === 'allowed') continue;
    // A caller that names an index in the request may read that name in the answer.
    const answer = await world.ask(persona, place, operation, given);
    const sent = JSON.stringify(given);
    const fault = faultOf(
      expectation,
      answer,
      world.marks.filter((mark) => !sent.includes(mark)),
    );
    if (fault !== undefined) faults.push(`${operation} as ${persona} in the ${place} space ${fault}`);
  }
  const after = await observe(world);
  if (after !== before) faults.push(`${operation} changed something though it was refused`);
  return faults;
}

/**
 * Sends every request of one persona that is to be allowed.
 *
 * @returns a line for each that was refused, failed, or showed logs to somebody who may not read them
 */
export async function faultsOfAllowed(world: MatrixWorld, persona: Persona): Promise<string[]> {
  const faults: string[] = [];
  const requests = requestsOf(world.scene);
  for (const { operation, place, expectation } of CELLS.filter((cell) => cell.persona === persona)) {
    if (expectation !== 'allowed') continue;
    let given = requests[operation];
    if (operation === 'updateDetector') {
      // Starting, stopping and such have moved it on.
      const { text } = await world.ask(persona, place, 'getDetector', requests.getDetector);
      const { version } = JSON.parse(text) as { version: string };
      given = { ...given, body: { ...(given.body as object), version } };
    }
    const answer = await world.ask(persona, place, operation, given);
    const fault = faultOf('allowed', answer, []);
    if (fault !== undefined) faults.push(`${operation} as ${persona} ${fault}`);
    if (!mayReadLogs(persona) && answer.text.includes(world.markOfLogs)) {
      faults.push(`${operation} as ${persona} shows logs: ${answer.text.slice(0, 300)}`);
    }
  }
  return faults;
}
