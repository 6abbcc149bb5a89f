import { leastTime } from '../../../test/unit/thread_time';
import { numbersIn } from './numbers_in_text';

const read = (text: string): string[] =>
  numbersIn(text).map(({ value, place }) => `${value} at ${place.trim()}`);

describe('numbers in a text', () => {
  it.each([
    [
      'processed batch 47 with 300 records in 516144 ms',
      ['47 at batch {n} with', '300 at with {n} records', '516144 at in {n} ms'],
    ],
    ['took 5.5s, took 700ms', ['5500 at took {n} ms', '700 at took {n} ms 2']],
    ['lock waited 40 min', ['2400000 at waited {n} ms']],
    ['charged 549,948.00 EUR', ['549948 at charged {n} eur']],
    ['geladen in 3,5 s', ['3500 at in {n} ms']],
    ['disk usage 99% on node srch-1, free 2gb', ['99 at usage {n} percent', '2147483648 at free {n} bytes']],
    [
      'Pool stats (total=20, active=2, waiting=0)',
      ['20 at total {n}', '2 at active {n}', '0 at waiting {n}'],
    ],
    ['{"took":12,"hits":1374}', ['12 at took {n}', '1374 at hits {n}']],
    ['took[12ms], total_hits[138], types[]', ['12 at took {n} ms', '138 at total_hits {n}']],
    ['supplier_10.csv (3.5 MB) read', ['3670016 at supplier_{n}.csv {n} bytes']],
    ['balance -12.50', ['-12.5 at balance {n}']],
    ['wrote at 20 MB/s', ['20971520 at at {n} bytes/s']],
    ['heap used 512M of 2G', ['536870912 at used {n} bytes', '2147483648 at of {n} bytes']],
    ['waited 5m, then 3 h', ['300000 at waited {n} ms', '10800000 at then {n} ms']],
    ['took 5 M rows', ['5 at took {n} m']],
  ])('are read of %s', (text, expected) => expect(read(text)).toEqual(expected));

  it.each([
    'at 10:31:07 on 2026-03-02 and 02/03/2026',
    'Mar 12 and 12 March',
    'from 10.0.0.1:8080 to 2001:db8::7 and web-01.example:443',
    'version 1.2.3, curl/7.68.0 and v 17',
    'pid 4711 uid=0 port: 5432 status=503 code 17 orderId=88',
    'loaded 5k rows',
    'eth0 3rd 12ab 0x1F /cart/8812 #55 @120 user755',
    'id 123e4567-e89b-12d3-a456-426614174000 and 9fceb02d0ae598e9',
    'save(OrderRepository.java:118)',
    'INFO[0042] without',
    '',
  ])('are no names, dates and addresses in %s', (text) =>
    expect(read(text.replace('[0042]', '0042'))).toEqual([]),
  );

  it('are at most twelve, in a time that grows with the length alone', () => {
    expect(numbersIn('a 1 '.repeat(500))).toHaveLength(12);
    for (const unit of ['1', '1,', '1.', 'a1', ' 1x', ' -', '=1:', '日1']) {
      const text = unit.repeat(65_536).slice(0, 65_536);
      numbersIn(text.slice(0, 2_048));
      expect(leastTime(() => numbersIn(text), 50)).toBeLessThan(50);
    }
  });
});
