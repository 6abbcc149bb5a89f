import type { LogDocument } from '../../log_document';
import { suggestFeatures } from './suggest_features';

const SECOND = 1_000;
const START = Date.UTC(2026, 0, 5);

interface Names {
  readonly addresses: readonly [string, string];
  readonly ports: readonly [string, string];
  readonly bytes: string;
  readonly transport: string;
  readonly more?: Readonly<Record<string, unknown>>;
}

/** Connections of three networks to a database and to the Internet, in both directions. */
const connections = ({ addresses, ports, bytes, transport, more = {} }: Names): LogDocument[] =>
  Array.from({ length: 400 }, (_none, place) => {
    const inside = `10.20.${place % 3}.${10 + (place % 7)}`;
    const [other, port] = place % 2 === 0 ? ['10.20.9.5', 5432] : [`93.184.${place % 200}.7`, 443];
    const client = 32_768 + ((place * 7_919) % 28_000);
    const ends = place % 5 === 0 ? [other, inside, port, client] : [inside, other, client, port];
    return {
      '@timestamp': new Date(START + place * 60 * SECOND).toISOString(),
      [addresses[0]]: ends[0],
      [addresses[1]]: ends[1],
      [ports[0]]: ends[2],
      [ports[1]]: ends[3],
      [bytes]: 500 + ((place * 7_907) % 10_000),
      [transport]: place % 11 === 0 ? 'udp' : 'tcp',
      ...more,
    };
  });

const suggested = (names: Names): unknown[] =>
  suggestFeatures(connections(names), { timestampField: '@timestamp' }).map(
    ({ definition: { type, field, by, fields } }) => ({ type, ...(fields ? { fields } : { field, by }) }),
  );

describe('suggestions for logs of connections', () => {
  it.each<[string, Names]>([
    [
      'ECS',
      {
        addresses: ['source.ip', 'destination.ip'],
        ports: ['source.port', 'destination.port'],
        bytes: 'network.bytes',
        transport: 'network.transport',
      },
    ],
    [
      'Zeek',
      {
        addresses: ['id.orig_h', 'id.resp_h'],
        ports: ['id.orig_p', 'id.resp_p'],
        bytes: 'orig_bytes',
        transport: 'proto',
      },
    ],
    [
      'flow logs of AWS',
      {
        addresses: ['srcaddr', 'dstaddr'],
        ports: ['srcport', 'dstport'],
        bytes: 'bytes',
        transport: 'protocol',
      },
    ],
    [
      'NetFlow',
      {
        addresses: ['netflow.source_ipv4_address', 'netflow.destination_ipv4_address'],
        ports: ['netflow.source_transport_port', 'netflow.destination_transport_port'],
        bytes: 'netflow.octet_delta_count',
        transport: 'netflow.protocol',
      },
    ],
    [
      'firewalls',
      { addresses: ['src', 'dst'], ports: ['spt', 'dpt'], bytes: 'bytes_out', transport: 'proto' },
    ],
  ])('are networks and the port of the service, by the names of %s', (_of, names) => {
    const { addresses, bytes, transport } = names;
    const port = { service_port: names.ports };
    const [from, to] = addresses.map((network) => ({ network }));
    const all = suggested(names);
    for (const expected of [
      { type: 'combination', fields: [from, to] },
      { type: 'combination', fields: [port, from] },
      { type: 'combination', fields: [port, to] },
      { type: 'deviation', field: bytes, by: [transport, port, from, to] },
    ])
      expect(all).toContainEqual(expected);
  });

  it('are the paths of requests, where there are some', () => {
    const more = { 'url.original': '/' };
    const names: Names = {
      addresses: ['source.ip', 'destination.ip'],
      ports: ['source.port', 'destination.port'],
      bytes: 'http.response.bytes',
      transport: 'network.transport',
    };
    const documents = connections({ ...names, more }).map((log, place) => ({
      ...log,
      'url.original': `/shop/${['cart', 'list', 'item'][place % 3]}?page=${place}`,
    }));
    const all = suggestFeatures(documents, { timestampField: '@timestamp' });
    expect(JSON.stringify(all)).not.toContain('service_port');
  });

  it('ask for both ends: the address and port of a client alone are those of a log-in', () => {
    const names: Names = {
      addresses: ['source.ip', 'host.address'],
      ports: ['source.port', 'pid'],
      bytes: 'took',
      transport: 'method',
    };
    expect(JSON.stringify(suggested(names))).not.toContain('service_port');
  });
});
