import { featureSchema, type FeatureDefinition, type FieldPart } from '../../detector';
import type { LogDocument } from '../../log_document';
import { printable } from '../../printable';
import { DirtCounter, numberOf, scalarOf } from '../columns/field_value';
import { isAddress, networkOf } from '../fields/connections';
import { compileField } from '../fields/field_access';
import type { ComparedSuggestion } from './feature_suggestion';
import { isPort, nameParts } from './number_kinds';
import type { FieldValues } from './seldom_fields';

/** Fields of both ends of a connection, such as those of flow logs and firewalls. */
export interface ConnectionFields {
  readonly addresses: readonly [source: string, destination: string];
  readonly ports: readonly [source: string, destination: string];
  /** Share of the logs that have both addresses. */
  readonly coverage: number;
  /** Networks that go together in the first logs. */
  readonly examples: readonly string[];
}

/** Words for both ends in names of fields, as in ECS, Zeek, flow logs of clouds, NetFlow and CEF. */
const ENDS = [
  ['source', 'destination'],
  ['source', 'dest'],
  ['src', 'dst'],
  ['src', 'dest'],
  ['orig', 'resp'],
  ['originator', 'responder'],
  ['initiator', 'responder'],
  ['client', 'server'],
  ['s', 'd'],
] as const;
/** Share of the logs that have to have both ends, and of the values that have to be addresses or ports. */
const LEAST_COVERAGE = 0.5;
const VALUE_SHARE = 0.9;
const EXAMPLES = 3;

/** Names of what a connection is carried by, and of what was done with it. */
const TRANSPORT = /(^|_)(transport|(ip_?)?proto(col)?)$/;
const VERDICT = /(^|_)(action|disposition|verdict|decision|conn_state)$/;
/** Different values of these, at most. */
const MOST_VALUES = 64;

/** Returns the fields of a sample that hold both ends of connections, addresses and ports; undefined where most logs have none. */
export function connectionFieldsOf(
  documents: readonly LogDocument[],
  fields: readonly string[],
): ConnectionFields | undefined {
  const dirt = new DirtCounter();
  const hold = (field: string, isOne: (value: unknown) => boolean): boolean => {
    const read = compileField(field);
    const values = documents
      .map((document) => scalarOf(read(document), dirt))
      .filter((value) => value !== undefined);
    return (
      values.length >= LEAST_COVERAGE * documents.length &&
      values.filter(isOne).length >= VALUE_SHARE * values.length
    );
  };
  const isPortNumber = (value: unknown): boolean => {
    const port = numberOf(value, dirt) ?? -1;
    return Number.isInteger(port) && port >= 0 && port <= 65_535;
  };
  const pairs = pairsOfEnds(fields);
  const ports = pairs.find((pair) => pair.every((field) => isPort(field) && hold(field, isPortNumber)));
  const addresses = pairs.find((pair) =>
    pair.every((field) => !isPort(field) && hold(field, (value) => isAddress(String(value)))),
  );
  if (ports === undefined || addresses === undefined) return undefined;
  const [source, destination] = addresses.map((field) => {
    const read = compileField(field);
    return documents.map((document) => scalarOf(read(document), dirt));
  });
  const rows = documents.flatMap((_document, row) =>
    source[row] === undefined || destination[row] === undefined
      ? []
      : [`${networkOf(String(source[row]))}, ${networkOf(String(destination[row]))}`],
  );
  return {
    addresses,
    ports,
    coverage: rows.length / documents.length,
    examples: [...new Set(rows)].slice(0, EXAMPLES).map((text) => printable(text, 80)),
  };
}

/** Returns the fields whose names differ in the word for the end alone; those of shorter names first, of which others are a part. */
function pairsOfEnds(fields: readonly string[]): [source: string, destination: string][] {
  const named = new Map(fields.map((field) => [nameParts(field), field]));
  return ENDS.flatMap(([from, to]) => {
    const word = new RegExp(`(^|_)${from}(?=_|$|ip|addr|port|pt$)`);
    return [...named].flatMap(([name, field]): [string, string][] => {
      const other = word.test(name) ? named.get(name.replace(word, `$1${to}`)) : undefined;
      return other === undefined ? [] : [[field, other]];
    });
  }).sort((one, other) => one[0].length - other[0].length);
}

/** Returns the ports of both ends of connections, by their names. */
export const portsOfEnds = (fields: readonly string[]): [source: string, destination: string][] =>
  pairsOfEnds(fields).filter((pair) => pair.every(isPort));

const partsOf = ({ addresses, ports }: ConnectionFields): { port: FieldPart; networks: FieldPart[] } => ({
  port: { service_port: [...ports] },
  networks: addresses.map((network) => ({ network })),
});

const named = (name: RegExp, profiles: readonly FieldValues[]): string | undefined =>
  profiles.find(({ field, distinct }) => name.test(nameParts(field)) && distinct <= MOST_VALUES)?.field;

/** Returns what numbers of connections are compared within, from wide to narrow; undefined where logs are of none. */
export function groupsOfConnection(
  connection: ConnectionFields | undefined,
  profiles: readonly FieldValues[],
): FieldPart[] | undefined {
  if (connection === undefined) return undefined;
  const transport = named(TRANSPORT, profiles);
  const { port, networks } = partsOf(connection);
  return [...(transport === undefined ? [] : [transport]), port, ...networks];
}

/** Returns pairs of networks and of each with the service: one that is new or rare stands out, though both are known. */
export function pairsOfConnection(
  connection: ConnectionFields | undefined,
  profiles: readonly FieldValues[],
): ComparedSuggestion[] {
  if (connection === undefined) return [];
  const { coverage, examples } = connection;
  const { port, networks } = partsOf(connection);
  const verdict = named(VERDICT, profiles);
  const pair = (fields: FeatureDefinition['fields'], what: string): ComparedSuggestion => ({
    definition: featureSchema.parse({ type: 'combination', fields }),
    reason: `connections: ${what}, a pair that is new or rare`,
    examples,
    coverage,
    isBeside: true,
  });
  return [
    pair(networks, 'which network talks to which'),
    ...networks.map((network) => pair([port, network], 'which service goes with which network')),
    ...(verdict === undefined ? [] : [pair([verdict, ...networks], 'what is done with which networks')]),
  ];
}
