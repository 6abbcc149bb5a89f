import { partReader } from './group_fields';
import { networkOf, servicePortOf } from './connections';

it.each([
  ['10.20.3.17', '10.20.3.0/24'],
  ['172.31.9.1', '172.31.9.0/24'],
  ['172.32.9.1', 'public'],
  ['192.168.1.254', '192.168.1.0/24'],
  ['192.169.1.254', 'public'],
  ['100.64.7.8', '100.64.7.0/24'],
  ['169.254.169.254', '169.254.169.0/24'],
  ['127.0.0.1', '127.0.0.0/24'],
  ['8.8.8.8', 'public'],
  ['239.255.255.250', 'multicast'],
  ['255.255.255.255', 'multicast'],
  ['fe80::1ff:fe23:4567:890a%eth0', 'fe80:0:0:0::/64'],
  ['FD12:3456:789A:1::1', 'fd12:3456:789a:1::/64'],
  ['fd12:3456:789a:1:2:3:4:5', 'fd12:3456:789a:1::/64'],
  ['2001:db8::1', 'public'],
  ['::1', '0:0:0:0::/64'],
  ['::ffff:10.20.3.17', '10.20.3.0/24'],
  ['::ffff:808:808', 'public'],
  ['ff02::fb', 'multicast'],
  ['gateway', 'gateway'],
  ['10.20.3.17:443', '10.20.3.17:443'],
  ['10.20.3', '10.20.3'],
  ['10.20.3.256', '10.20.3.256'],
  ['1::2::3', '1::2::3'],
  ['1:2:3:4:5:6:7', '1:2:3:4:5:6:7'],
  ['12345::', '12345::'],
])('the network of %s is %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});

it.each([
  [[51_324, 443], '443'],
  [[443, 51_324], '443'],
  [[123, 123], '123'],
  [[undefined, 8_080], '8080'],
  [[50_000, 60_000], 'dynamic'],
  [[0, 0], undefined],
  [[0, 22], '22'],
  [[-5, 70_000], undefined],
  [[undefined, undefined], undefined],
])('the service port of %j is %s', (ports, port) => {
  expect(servicePortOf(ports)).toBe(port);
});

it('reads both ports of a log, as numbers or as texts, and nothing where there are none', () => {
  const read = partReader({ service_port: ['source.port', 'destination.port'] });
  expect(read({ source: { port: '51324' }, destination: { port: 5432 } })).toBe('5432');
  expect(read({ 'source.port': 22, 'destination.port': [40_000, 39_000] })).toBe('22');
  expect(read({ source: {} })).toBeUndefined();
  expect(partReader({ network: 'source.ip' })({ source: { ip: '10.1.2.3' } })).toBe('10.1.2.0/24');
});
