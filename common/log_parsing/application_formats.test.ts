import type { LogDocument } from '../log_document';
import { detectFormat, parseLines } from './parse_log';
import { NAMED_FORMATS, type NamedFormat, type ParseOutcome } from './parts/types';
import { leastTime } from '../../test/unit/thread_time';

/** A day on which all the times below are past. */
const CONTEXT = { latest: Date.UTC(2026, 10, 27, 12) };

function read(
  lines: string | string[],
  context = CONTEXT,
): { format: NamedFormat; outcomes: ParseOutcome[] } {
  const all = typeof lines === 'string' ? [lines] : lines;
  const format = detectFormat(all, context);
  return { format, outcomes: [...parseLines(all, format, context)] };
}
function documentOf(lines: string | string[], context = CONTEXT): LogDocument {
  const [first] = read(lines, context).outcomes;
  return first.document ?? { failure: first.failure?.error };
}

describe('formats are recognised, and their parts read', () => {
  it.each<[string, NamedFormat, string, LogDocument]>([
    [
      'RFC 5424',
      'syslog_5424',
      '<165>1 2003-10-11T22:14:15.003Z mymachine.example.com evntslog 812 ID47 [exampleSDID@32473 iut="3" eventID="10]11"] An application event',
      {
        '@timestamp': '2003-10-11T22:14:15.003Z',
        host: { name: 'mymachine.example.com' },
        process: { name: 'evntslog', pid: 812 },
        log: { level: 'notice', syslog: { structured_data: '[exampleSDID@32473 iut="3" eventID="10]11"]' } },
        message: 'An application event',
      },
    ],
    [
      'RFC 3164 with a priority',
      'syslog',
      "<34>Oct 11 22:14:15 mymachine su[17]: 'su root' failed for lonvick",
      {
        '@timestamp': '2026-10-11T22:14:15.000Z',
        host: { name: 'mymachine' },
        process: { name: 'su', pid: 17 },
        log: { level: 'crit' },
        message: "'su root' failed for lonvick",
      },
    ],
    [
      'sshd through syslog, of last December',
      'syslog',
      'Dec 10 06:55:46 lab sshd[24200]: Invalid user webmaster from 203.0.113.31',
      {
        '@timestamp': '2025-12-10T06:55:46.000Z',
        host: { name: 'lab' },
        process: { name: 'sshd', pid: 24200 },
        source: { ip: '203.0.113.31' },
        user: { name: 'webmaster' },
        event: { category: ['authentication'], outcome: 'failure' },
        message: 'Invalid user webmaster from 203.0.113.31',
      },
    ],
    [
      'a line of syslog without a program',
      'syslog',
      'Jun 19 04:09:11 combo syslogd 1.4.1: restart.',
      {
        '@timestamp': '2026-06-19T04:09:11.000Z',
        host: { name: 'combo' },
        message: 'syslogd 1.4.1: restart.',
      },
    ],
    [
      'Apache 2.2',
      'apache_error',
      '[Sun Dec 04 04:47:44 2005] [error] [client 192.0.2.7] File does not exist: /var/www/a',
      {
        '@timestamp': '2005-12-04T04:47:44.000Z',
        client: { address: '192.0.2.7', ip: '192.0.2.7' },
        log: { level: 'error' },
        message: 'File does not exist: /var/www/a',
      },
    ],
    [
      'Apache 2.4',
      'apache_error',
      '[Fri Sep 09 10:42:29.902022 2011] [core:error] [pid 35708:tid 4328636416] [client 192.0.2.99:61034] File does not exist',
      {
        '@timestamp': '2011-09-09T10:42:29.902Z',
        process: { pid: 35708 },
        client: { address: '192.0.2.99', ip: '192.0.2.99', port: 61034 },
        log: { level: 'error', logger: 'core' },
        message: 'File does not exist',
      },
    ],
    [
      'nginx',
      'nginx_error',
      '2016/10/25 14:49:34 [error] 54053#0: *1 open() "/www/favicon.ico" failed, client: 192.0.2.5, server: localhost',
      {
        '@timestamp': '2016-10-25T14:49:34.000Z',
        process: { pid: 54053 },
        client: { address: '192.0.2.5', ip: '192.0.2.5' },
        log: { level: 'error' },
        message: 'open() "/www/favicon.ico" failed, client: 192.0.2.5, server: localhost',
      },
    ],
    [
      'logcat',
      'logcat',
      '03-17 16:13:38.811  1702  2395 D WindowManager: printFreezingDisplayLogs',
      {
        '@timestamp': '2026-03-17T16:13:38.811Z',
        process: { pid: 1702, thread: { id: 2395 } },
        log: { level: 'debug', logger: 'WindowManager' },
        message: 'printFreezingDisplayLogs',
      },
    ],
    [
      'klog',
      'klog',
      'W0102 15:04:05.678901   12345 server.go:123] no route',
      {
        '@timestamp': '2026-01-02T15:04:05.678Z',
        process: { pid: 12345 },
        log: { level: 'warn', logger: 'server.go:123' },
        message: 'no route',
      },
    ],
    [
      'CBS',
      'windows_cbs',
      '2016-09-28 04:30:31, Info                  CBS    Starting TrustedInstaller initialization.',
      {
        '@timestamp': '2016-09-28T04:30:31.000Z',
        log: { level: 'info', logger: 'CBS' },
        message: 'Starting TrustedInstaller initialization.',
      },
    ],
    [
      'logback',
      'application',
      '2015-10-18 18:01:47,978 INFO [main] org.apache.hadoop.mapreduce.v2.app.MRAppMaster: Created MRAppMaster',
      {
        '@timestamp': '2015-10-18T18:01:47.978Z',
        process: { thread: { name: 'main' } },
        log: { level: 'info', logger: 'org.apache.hadoop.mapreduce.v2.app.MRAppMaster' },
        message: 'Created MRAppMaster',
      },
    ],
    [
      'HDFS',
      'application',
      '081109 203615 148 WARN dfs.DataNode$DataXceiver: Got exception',
      {
        '@timestamp': '2008-11-09T20:36:15.000Z',
        process: { pid: 148 },
        log: { level: 'warn', logger: 'dfs.DataNode$DataXceiver' },
        message: 'Got exception',
      },
    ],
    [
      'Spark',
      'application',
      '17/06/09 20:10:40 ERROR executor.Executor: Exception in task 0.0',
      {
        '@timestamp': '2017-06-09T20:10:40.000Z',
        log: { level: 'error', logger: 'executor.Executor' },
        message: 'Exception in task 0.0',
      },
    ],
    [
      'python',
      'application',
      '2024-05-01 10:00:00,123 - shop.cart - ERROR - no such item 7',
      {
        '@timestamp': '2024-05-01T10:00:00.123Z',
        log: { level: 'error', logger: 'shop.cart' },
        message: 'no such item 7',
      },
    ],
    [
      'a file name before the time',
      'application',
      'nova-api.log.1.2017-05-16_13:53:08 2017-05-16 00:00:00.008 25746 INFO nova.osapi_compute.wsgi.server [req-38101a0b] 10.11.10.1 "GET /v2" status: 200',
      {
        '@timestamp': '2017-05-16T00:00:00.008Z',
        process: { pid: 25746 },
        log: { level: 'info', logger: 'nova.osapi_compute.wsgi.server' },
      },
    ],
    [
      'pipes',
      'application',
      '20171223-22:15:29:606|Step_LSC|30002312|onStandStepChanged 3579',
      {
        '@timestamp': '2017-12-23T22:15:29.606Z',
        log: { logger: 'Step_LSC' },
        message: '30002312|onStandStepChanged 3579',
      },
    ],
    [
      'month and day in brackets',
      'application',
      '[10.30 16:49:06] chrome.exe - proxy.example.org:5070 close, 0 bytes sent',
      {
        '@timestamp': '2026-10-30T16:49:06.000Z',
        message: 'chrome.exe - proxy.example.org:5070 close, 0 bytes sent',
      },
    ],
    [
      'logfmt',
      'logfmt',
      'time="2024-05-01T12:00:00+02:00" level=warning msg="slow \\"query\\"" took=1.2s cached',
      {
        '@timestamp': '2024-05-01T10:00:00.000Z',
        log: { level: 'warning' },
        message: 'slow "query"',
        took: '1.2s',
        cached: true,
      },
    ],
    [
      'journald',
      'json',
      '{"__REALTIME_TIMESTAMP":"1714557600123456","MESSAGE":"Started.","PRIORITY":"3","SYSLOG_IDENTIFIER":"systemd","_PID":"1","_HOSTNAME":"web-1","_SYSTEMD_UNIT":"init.scope"}',
      {
        '@timestamp': '2024-05-01T10:00:00.123Z',
        host: { name: 'web-1' },
        process: { name: 'systemd', pid: 1 },
        systemd: { unit: 'init.scope' },
        log: { level: 'err' },
        message: 'Started.',
      },
    ],
    [
      'Docker',
      'json',
      '{"log":"hello\\n","stream":"stderr","time":"2024-05-01T10:00:00.123456789Z"}',
      { '@timestamp': '2024-05-01T10:00:00.123Z', message: 'hello', stream: 'stderr' },
    ],
  ])('%s', (_name, format, line, expected) => {
    expect(read(line).format).toBe(format);
    expect(documentOf(line)).toMatchObject(expected);
  });

  it('the journal keeps its own fields, and texts that come as lists', () => {
    const entry = {
      __REALTIME_TIMESTAMP: '1714557600123456',
      __CURSOR: 's=1',
      MESSAGE: ['first', [115, 101, 99, 255]],
      PRIORITY: '6',
      SYSLOG_IDENTIFIER: 'app',
      _COMM: 'app-main',
      _UID: '1000',
      _CMDLINE: [97, 98],
      CODE_FILE: ['a.c', 'b.c'],
      COREDUMP: null,
    };
    expect(documentOf(JSON.stringify(entry))).toEqual({
      '@timestamp': '2024-05-01T10:00:00.123Z',
      message: 'first\nsec\ufffd',
      log: { level: 'info' },
      process: { name: 'app' },
      _COMM: 'app-main',
      _UID: '1000',
      _CMDLINE: 'ab',
      CODE_FILE: ['a.c', 'b.c'],
    });
    const late = JSON.stringify({ ...entry, __REALTIME_TIMESTAMP: '253402300800000000' });
    expect([...parseLines([late], 'json')][0].failure?.error).toMatch(/cannot be read as a time/);
  });

  it('an event that is a text is the message where there is none', () => {
    expect(documentOf(['{"timestamp":"2024-05-01T10:00:00Z","event":"user logged in"}'])).toEqual({
      '@timestamp': '2024-05-01T10:00:00.000Z',
      message: 'user logged in',
    });
    expect(documentOf(['{"timestamp":"2024-05-01T10:00:00Z","event":"login","msg":"in"}'])).toMatchObject({
      event: 'login',
      message: 'in',
    });
    expect(documentOf(['ts=2024-05-01T10:00:00Z event="user logged in" a=1'])).toMatchObject({
      message: 'user logged in',
    });
    expect(documentOf(['time,event,message', '2024-05-01T10:00:00Z,login,in'])).toMatchObject({
      event: 'login',
      message: 'in',
    });
    expect(documentOf(['time,event,message', '2024-05-01T10:00:00Z,login,'])).toMatchObject({
      message: 'login',
    });
  });

  it('the parts of a long line of a container are one log', () => {
    const { format, outcomes } = read([
      '2016-10-06T00:17:09.669794202Z stdout F one',
      '2016-10-06T00:17:09.669794203Z stdout P two begins ',
      '2016-10-06T00:17:10.113242941Z stdout P goes on ',
      '2016-10-06T00:17:10.113242942Z stdout F and ends',
      '2016-10-06T00:17:11Z stderr F three',
    ]);
    expect(format).toBe('cri');
    expect(outcomes.map(({ document }) => document?.message)).toEqual([
      'one',
      'two begins goes on and ends',
      'three',
    ]);
  });

  it('a table has a header, and cells with line breaks', () => {
    const { format, outcomes } = read([
      'Time,Level,Message,status,zip',
      '2024-05-01 10:00:00,WARN,"a ""quoted"", long',
      'message",500,01234',
      '2024-05-01 10:00:01,INFO,short,200,99999',
      '2024-05-01 10:00:02,INFO,no cells',
    ]);
    expect(format).toBe('csv');
    expect(outcomes.map(({ document }) => document)).toEqual([
      {
        '@timestamp': '2024-05-01T10:00:00.000Z',
        'log.level': 'warn',
        message: 'a "quoted", long\nmessage',
        status: 500,
        zip: '01234',
      },
      {
        '@timestamp': '2024-05-01T10:00:01.000Z',
        'log.level': 'info',
        message: 'short',
        status: 200,
        zip: 99999,
      },
      undefined,
    ]);
    expect(outcomes[2].failure).toMatchObject({ line: 5, error: 'has 3 cells where the header has 5' });
  });
});

describe('records of several lines', () => {
  it('a stack trace belongs to the log before it', () => {
    const { outcomes } = read([
      '2024-05-01 10:00:00,123 ERROR [main] com.example.Shop: failed',
      'java.lang.IllegalStateException: closed',
      '\tat com.example.Shop.open(Shop.java:12)',
      '',
      'Caused by: java.io.IOException',
      '2024-05-01 10:00:01,000 INFO [main] com.example.Shop: again',
    ]);
    expect(outcomes.map(({ document }) => document?.message)).toEqual([
      'failed\njava.lang.IllegalStateException: closed\n\tat com.example.Shop.open(Shop.java:12)\n\nCaused by: java.io.IOException',
      'again',
    ]);
  });

  it('a record without end is cut and takes no more memory', () => {
    const lines = [
      '2024-05-01 10:00:00,123 ERROR shop: failed',
      ...new Array<string>(100_000).fill('x'.repeat(100)),
    ];
    const [{ document }] = [...parseLines(lines, 'application', CONTEXT)];
    expect((document?.message as string).length).toBe(32_768);
    expect(document?.log).toMatchObject({ flags: ['truncated'] });
  });

  it('a text with a single time is no log', () => {
    const text = ['2024-05-01 10:00:00 minutes', ...new Array<string>(40).fill('We talked about it.')];
    expect(() => detectFormat(text, CONTEXT)).toThrow(
      /The first is "2024-05-01 10:00:00 minutes"; the nearest formats say/,
    );
  });
});

describe('times that leave something out', () => {
  const line = 'Dec 31 23:59:59 host app: x';
  it('are in the latest year that is not in the future', () => {
    expect(documentOf(line)['@timestamp']).toBe('2025-12-31T23:59:59.000Z');
    expect(documentOf('Feb 29 00:00:00 host app: x')['@timestamp']).toBe('2024-02-29T00:00:00.000Z');
    // A clock may run a little ahead.
    expect(documentOf('Nov 28 01:00:00 host app: x')['@timestamp']).toBe('2026-11-28T01:00:00.000Z');
  });
  it('are in the year and the zone that are given', () => {
    expect(documentOf(line, { ...CONTEXT, year: 2019 } as never)['@timestamp']).toBe(
      '2019-12-31T23:59:59.000Z',
    );
    expect(documentOf(line, { ...CONTEXT, timeZone: 'Europe/Berlin' } as never)['@timestamp']).toBe(
      '2025-12-31T22:59:59.000Z',
    );
    // An offset in the line goes before.
    expect(
      documentOf('2024-07-01T12:00:00+09:00 INFO x', { ...CONTEXT, timeZone: 'Europe/Berlin' } as never)[
        '@timestamp'
      ],
    ).toBe('2024-07-01T03:00:00.000Z');
  });
  it('are told when nothing says which year', () => {
    expect([...parseLines([line], 'syslog', {})][0].failure?.error).toBe(
      'the time has no year; say which it is',
    );
  });
  it('that never were are none', () => {
    expect(documentOf(['2024-02-30 10:00:00 INFO x', '2024-02-28 10:00:00 INFO y'])).toMatchObject({
      failure: expect.stringContaining('does not begin with a time'),
    });
  });
});

it('no line takes long', () => {
  const hostile = [
    `${'2024-05-01 '.repeat(50_000)}`,
    `[${'['.repeat(500_000)}`,
    `<34>1 2003-10-11T22:14:15.003Z h a p m [${'\\"'.repeat(200_000)}`,
    `a=${'"\\'.repeat(200_000)}`,
    `Dec 10 06:55:46 ${' '.repeat(500_000)}`,
    '-'.repeat(1_000_000),
    `2024-05-01 10:00:00 ${'- '.repeat(400_000)}`,
    `2024-05-01 10:00:00 INFO ${'a.'.repeat(400_000)}`,
    `192.0.2.7 - - [17/May/2015:10:05:03 +0200] "GET / HTTP/1.1" 200 5 "-" "-"${' "a'.repeat(200_000)}`,
    `2024-05-01T10:00:00Z host stdout F {${'}'.repeat(400_000)}${' '.repeat(400_000)}x`,
    `2016-10-06T00:17:09.669794202Z stdout F {${'}'.repeat(400_000)}${' '.repeat(400_000)}x`,
    `Dec 10 06:55:46 host CEF:0|${'a|'.repeat(6)}${'k= '.repeat(300_000)}`,
    `Dec 10 06:55:46 host haproxy[1]: ${'1/'.repeat(400_000)}`,
    `type=A msg=audit(1772618400.000:1): ${'k="'.repeat(300_000)}`,
  ];
  for (const format of NAMED_FORMATS) {
    for (const line of hostile) {
      // Counted in steps of the parser it would be the same: the bound is far above what linear reading takes.
      const read = () => expect([...parseLines([line], format, CONTEXT)].length).toBeLessThan(2);
      expect(leastTime(read, 1_000)).toBeLessThan(1_000);
    }
  }
});

describe('messages of sshd say who logs in, from where and how it ends', () => {
  const failed = { category: ['authentication'], outcome: 'failure' };
  const from = (ip: string) => ({ source: { ip } });
  it.each<[string, LogDocument]>([
    [
      'Failed password for invalid user test9 from 203.0.113.7 port 36060 ssh2',
      { ...from('203.0.113.7'), user: { name: 'test9' }, event: failed },
    ],
    [
      'Failed password for root from 2001:db8::7 port 22 ssh2',
      { ...from('2001:db8::7'), user: { name: 'root' }, event: failed },
    ],
    [
      'Accepted publickey for deploy from 198.51.100.4 port 50022 ssh2: RSA SHA256:abc',
      {
        ...from('198.51.100.4'),
        user: { name: 'deploy' },
        event: { category: ['authentication'], outcome: 'success' },
      },
    ],
    [
      'pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=203.0.113.8  user=root',
      { ...from('203.0.113.8'), user: { name: 'root' }, event: failed },
    ],
    ['Received disconnect from 203.0.113.9: 11: Bye Bye [preauth]', from('203.0.113.9')],
    ['Connection closed by 203.0.113.10 [preauth]', from('203.0.113.10')],
    [
      'reverse mapping checking getaddrinfo for ns.example.com [203.0.113.11] failed - POSSIBLE BREAK-IN ATTEMPT!',
      from('203.0.113.11'),
    ],
    ['Connection closed by 999.1.1.1 [preauth]', {}],
    ['Disconnecting: Too many authentication failures for root [preauth]', {}],
    ['fatal: no hostkey for [abc] from here', {}],
  ])('%s', (message, said) => {
    expect(documentOf(`Dec 10 06:55:46 lab sshd[24200]: ${message}`)).toEqual({
      '@timestamp': '2025-12-10T06:55:46.000Z',
      host: { name: 'lab' },
      process: { name: 'sshd', pid: 24200 },
      message,
      ...said,
    });
  });

  it('takes the address that sshd wrote, whatever name the client gave', () => {
    for (const [message, name] of [
      ['Failed password for invalid user a from 8.8.8.8 from 203.0.113.31 port 38926 ssh2', 'a from 8.8.8.8'],
      ['Invalid user a from 8.8.8.8 port 1 from 203.0.113.31 port 38926', 'a from 8.8.8.8 port 1'],
    ]) {
      expect(documentOf(`Dec 10 06:55:46 lab sshd[24200]: ${message}`)).toMatchObject({
        source: { ip: '203.0.113.31' },
        user: { name },
        event: { outcome: 'failure' },
      });
    }
  });

  it('reads the log-ins of OpenSSH 9.8 and later, which another program writes', () => {
    const message = 'Failed password for root from 203.0.113.31 port 38926 ssh2';
    expect(documentOf(`Dec 10 06:55:46 lab sshd-session[12]: ${message}`)).toMatchObject({
      process: { name: 'sshd-session' },
      ...from('203.0.113.31'),
      user: { name: 'root' },
    });
  });

  it('takes no address from what other programs say', () => {
    const other = documentOf('Dec 10 06:55:46 lab cron[7]: Failed job for root from 203.0.113.7');
    expect(other).not.toHaveProperty('source');
  });
});
