import { tokeniseMessage } from './message_tokens';
import { TemplateMatcher, templateTextOf } from './template_matcher';
import { MAX_TEMPLATES, mineTemplates } from './template_miner';
import { leastTime } from '../../../test/unit/thread_time';

function mine(messages: readonly string[]) {
  const { templates, found, total } = mineTemplates(messages);
  const matcher = new TemplateMatcher(templates.map(({ tokens }) => tokens));
  const texts = templates.map(({ tokens }) => templateTextOf(tokens));
  return {
    templates,
    found,
    total,
    texts,
    match: (message: string): string | undefined => texts[matcher.match(tokeniseMessage(message))],
  };
}
const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i));
/** A made-up word for each number. */
function word(index: number): string {
  const letters = 'abcdefghijklmnopqrstuvwxyz';
  return `${letters[index % 26]}o${letters[Math.floor(index / 26) % 26]}i${letters[Math.floor(index / 676) % 26]}`;
}

describe('mineTemplates', () => {
  it('takes ever new words for a variable part, words that come back for templates', () => {
    const { texts, match } = mine([
      ...times(60, (i) => `session opened for ${word(i)} by root`),
      ...times(80, (i) => `VM ${['Paused', 'Resumed', 'Started', 'Stopped'][i % 4]} (Lifecycle Event)`),
    ]);
    expect(texts).toEqual(
      expect.arrayContaining(['session opened for <*> by root', 'VM Paused (Lifecycle Event)']),
    );
    expect(texts).toHaveLength(5);
    expect(match('session opened for zoe by root')).toBe('session opened for <*> by root');
    expect(match('VM Crashed')).toBeUndefined();
    expect(match('VM Crashed (Lifecycle Event)')).toBeUndefined();
  });

  it('does not let a variable part swallow a message of another form', () => {
    const { match } = mine(times(60, (i) => `VM ${word(i)} (Lifecycle Event)`));
    expect(match('VM zulu (Lifecycle Event)')).toBe('VM <*> (Lifecycle Event)');
    expect(match('VM Crashed')).toBeUndefined();
    expect(match('VM of the host crashed (Lifecycle Event)')).toBeUndefined();
  });

  it('takes names of two words for one', () => {
    const { texts, match } = mine([
      ...times(60, (i) => `user ${word(i)} logged in`),
      'user Ada Lovelace logged in',
      'user Mary Ann logged in',
    ]);
    expect(texts).toEqual(['user <*> logged in']);
    expect(match('user Grace Hopper logged in')).toBe('user <*> logged in');
    expect(match('user Grace Hopper logged out')).toBeUndefined();
    const quoted = mine(
      times(60, (i) => `user "${word(i)}${i % 9 === 0 ? ` ${word(i + 7)}` : ''}" logged in`),
    );
    expect(quoted.texts).toEqual(['user "<*>" logged in']);
    expect(quoted.match('user "Grace Hopper" logged in')).toBe('user "<*>" logged in');
  });

  it('takes few lines with new words among a thousand for what they are, not for a sign that the place varies', () => {
    const line = (user: string): string => `${user} : TTY=pts ; USER=root ; COMMAND=/bin/ls`;
    const usual = times(1_000, (i) => line(['alice', 'bob', 'carol'][i % 3]));
    for (const rare of [[], ['dave'], ['dave', 'dave'], ['dave', 'erin']]) {
      const { texts, match } = mine([...usual, ...rare.map(line)]);
      expect(texts).toHaveLength(3 + new Set(rare).size);
      expect(match(line('mallory'))).toBeUndefined();
    }
    expect(
      mine([...times(39, (i) => line(['alice', 'bob', 'carol'][i % 3])), line('dave')]).texts,
    ).toHaveLength(4);
    expect(
      mine([...times(60, (i) => line(['alice', 'bob', 'carol'][i % 3])), line('dave'), line('erin')]).texts,
    ).toEqual(['<*> : TTY=pts ; USER=root ; COMMAND=<value>']);
  });

  it('keeps quoted messages apart where one of them holds a number or is long', () => {
    const said = [
      'Starting eviction manager',
      'Image garbage collection failed',
      'Node became ready',
      'Node 3 left',
    ];
    const long =
      'Certificate rotation detected, shutting down client connections to start using new credentials';
    const { texts, match } = mine([...said, long].flatMap((text) => times(30, () => `"${text}" node="web"`)));
    expect(texts).toHaveLength(5);
    expect(
      match(
        '"Certificate expired long ago, and nobody has cared to make a new one in all that time" node="web"',
      ),
    ).toBeUndefined();
    const part = mine(
      ['Primary script unknown', 'Access denied', 'PHP message on line 7'].flatMap((text) =>
        times(30, () => `FastCGI sent in stderr: "${text}" while reading`),
      ),
    );
    expect(part.texts).toHaveLength(3);
    expect(part.match('FastCGI sent in stderr: "Segmentation fault" while reading')).toBeUndefined();
  });

  it('takes lists of one name and of two for lists, where others are longer', () => {
    const names = ['alice', 'bob', 'carol', 'dave', 'erin', 'frank'];
    const items = (i: number): string =>
      times(1 + (i % 5), (item) => names[(i * 7 + item * (1 + (i % 4))) % 6]).join(', ');
    const { texts, match } = mine([
      ...times(300, (i) => `Members: ${items(i)}`),
      ...times(300, (i) => `Removed ${items(i)} from the group`),
      ...times(60, (i) => `Flags: ${['NONE', 'A, B, C', 'A, B'][i % 3]}`),
    ]);
    expect([...texts].sort()).toEqual([
      'Flags: <list>',
      'Flags: A, B',
      'Flags: NONE',
      'Members: <*>',
      'Members: <*>, <*>',
      'Removed <*> from the group',
      'Removed <*>, <*> from the group',
    ]);
    expect(match('Members: zoe')).toBe('Members: <*>');
    expect(match('Members: zoe, yan')).toBe('Members: <*>, <*>');
    expect(match('Flags: FATAL')).toBeUndefined();
  });

  it('reads the keys of JSON behind a prefix after a text with half a pair of braces', () => {
    const { texts } = mine(
      times(
        40,
        (i) =>
          `stdout F {"level":"error","err":"Unexpected token } in JSON at position 5","user":"${word(i % 10)}","file":"a.js"}`,
      ),
    );
    expect(texts).toHaveLength(1);
  });

  it('keeps pairs apart from a few lists of their context, and names of states always', () => {
    const job = (state: string, count: number): string[] => times(count, () => `Job finished: ${state}`);
    const flags = (names: string, count: number): string[] =>
      times(count, () => `Dropped packet with flags: ${names}`);
    const { texts, match } = mine([
      ...[...job('sync, ok', 300), ...job('load, ok', 300), ...job('purge, ok', 300)],
      ...[...job('sync, load, purge', 3), ...job('purge, failed', 1)],
      ...[...flags('SYN, ACK', 40), ...flags('FIN, ACK', 30), ...flags('RST, ACK', 20)],
      ...[...flags('FIN, PSH, ACK', 60), ...flags('SYN, FIN', 1)],
    ]);
    expect(texts.some((text) => text.includes('<*>, <*>'))).toBe(false);
    expect(match('Job finished: purge, failed')).toBe('Job finished: purge, failed');
    expect(match('Dropped packet with flags: SYN, FIN')).toBe('Dropped packet with flags: SYN, FIN');
  });

  it('takes quoted names before a colon for a variable part', () => {
    const { texts } = mine(times(16, (i) => `user "${word(i)}": password mismatch`));
    expect(texts).toEqual(['user "<*>": password mismatch']);
  });

  it('keeps what is said of a name apart from a longer name', () => {
    const { texts } = mine([
      ...times(300, (i) => `Failed password for ${word(i % 40)} from 10.0.0.${i % 200} port ${i + 1_000}`),
      ...times(60, (i) => `Failed password for invalid user ${word(i)} from 10.0.0.${i} port ${i + 1_000}`),
    ]);
    expect(texts).toEqual([
      'Failed password for <*> from <ip> port <num>',
      'Failed password for invalid user <*> from <ip> port <num>',
    ]);
  });

  it('tells JSON messages apart by their keys and the values of their text keys', () => {
    const { match, texts } = mine([
      ...times(60, (i) => JSON.stringify({ msg: 'login', user: word(i), took: i })),
      ...times(60, (i) => JSON.stringify({ msg: 'request served', path: `/a/${i}`, status: 200 })),
    ]);
    expect(texts).toHaveLength(2);
    expect(match('{"msg":"login","user":"zoe","took":3}')).toBe(texts.find((text) => text.includes('login')));
    expect(match('{"msg":"kernel panic","user":"zoe","took":3}')).toBeUndefined();
    expect(match('{"msg":"login","host":"zoe","took":3}')).toBeUndefined();
    const short = mine([...times(50, () => '{"msg":"login"}'), ...times(50, () => '{"msg":"logout"}')]);
    expect(short.match('{"msg":"kernel panic"}')).toBeUndefined();
    expect(short.texts).toEqual(['{"msg":login}', '{"msg":logout}']);
  });

  it.each(['|', ',', ';', '_'])('mines lines separated by %s', (sign) => {
    const line = (i: number): string =>
      [
        `${1_000 + i}`,
        ['alpha', 'bravo'][i % 2],
        'service',
        'finished',
        'job',
        String(i),
        'in',
        `${i * 7}ms`,
      ].join(sign);
    const { texts, match } = mine(times(3_000, line));
    expect(texts).toHaveLength(2);
    expect(match(line(99_999))).toBeDefined();
    expect(match(['7', 'zulu', 'daemon', 'crashed', 'with', 'code', '7'].join(sign))).toBeUndefined();
  });

  it('takes letters with a number for one variable part', () => {
    const { texts, match } = mine(times(3_000, (i) => `user${i} opened door${i % 7} on ssh2`));
    expect(texts).toEqual(['<id> opened <id> on ssh2']);
    expect(match('user755123 opened door9 on ssh2')).toBe(texts[0]);
  });

  it('mines one template of stack traces and lists of any length', () => {
    const trace = (frames: number): string =>
      `java.io.IOException: closed${'\n\tat com.acme.Service.run(Service.java:12)'.repeat(frames)}`;
    const { texts, match } = mine([
      ...times(30, (i) => trace(1 + (i % 5))),
      ...times(30, (i) => `ids ${times(i + 1, String).join(', ')} done`),
    ]);
    expect(texts).toHaveLength(2);
    expect(match(trace(500))).toBe('java.io.IOException: closed <trace>');
    expect(match(`ids ${times(90, String).join(', ')} done`)).toBeDefined();
  });

  it('lets one long token swallow nothing', () => {
    const { texts, match } = mine([`blob ${'y'.repeat(5_000)}`, ...times(20, () => 'disk ok')]);
    expect(texts).toContain('blob <long>');
    expect(match('blob stolen')).toBeUndefined();
    expect(match('disk failed')).toBeUndefined();
  });

  it('mines messages in Chinese', () => {
    const surnames = [...'张李王赵陈杨黄周吴徐孙马朱胡郭何高林罗郑'];
    const given = [...'三四伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞'];
    const { texts, match } = mine(
      times(
        200,
        (i) =>
          `用户${surnames[i % 20]}${given[(i * 7) % 20]}${i % 3 === 0 ? given[(i * 3) % 20] : ''}登录成功，耗时${i}毫秒`,
      ),
    );
    expect(texts.length).toBeLessThanOrEqual(2);
    expect(match('用户欧阳修登录成功，耗时35毫秒')).toBeDefined();
    expect(match('内核崩溃，系统即将重启')).toBeUndefined();
  });

  it('splits fields with few values only where one of them differs', () => {
    const { texts } = mine([
      ...times(40, (i) => `lock uid=${i} user=${['root', 'guest'][i % 2]}`),
      ...times(
        40,
        (i) => `wake uid=${i} tag=${['View', 'Audio'][i % 2]} owner=${['system', 'phone', 'shell'][i % 3]}`,
      ),
    ]);
    expect(texts.filter((text) => text.startsWith('lock'))).toHaveLength(2);
    expect(texts.filter((text) => text.startsWith('wake'))).toEqual(['wake uid=<value> tag=<*> owner=<*>']);
  });

  it('does not depend on the order of the messages', () => {
    const messages = [
      ...times(90, (i) => `session ${['opened', 'closed'][i % 2]} for ${word(i % 17)} by uid=${i}`),
      ...times(40, (i) => `${word(i)} startup ${i % 3 === 0 ? 'failed' : 'succeeded'} on eth${i % 2}`),
      ...times(
        30,
        (i) => `to ${word(i)} [${times(i % 5, String).join(', ')}]: ${i % 4 === 0 ? 'Ada Lovelace' : 'bob'}`,
      ),
      'single',
      'eth0 up',
      'eth1  up',
    ];
    const mined = (given: readonly string[]) => {
      const { ids, ...rest } = mineTemplates(given);
      expect(ids).toHaveLength(given.length);
      const idOf = new Map(given.map((message, index) => [message, ids[index]]));
      return { ...rest, ids: messages.map((message) => idOf.get(message)) };
    };
    const expected = mined(messages);
    for (const step of [7, 11, 13]) {
      const shuffled = messages.map((_, i) => messages[(i * step) % messages.length]);
      expect([...shuffled].sort()).toEqual([...messages].sort());
      expect(mined(shuffled)).toEqual(expected);
    }
    expect(mined([...messages].reverse())).toEqual(expected);
  });

  it('keeps a bounded number of templates and tells how many there would be', () => {
    const { templates, found, total } = mineTemplates(
      times(3_000, (i) => `${word(i)} ${word(i + 1)} ${word(i + 7)}`),
    );
    expect(templates).toHaveLength(MAX_TEMPLATES);
    expect(found).toBe(3_000);
    expect(total).toBe(3_000);
  });

  it('mines the most frequent of more distinct messages than it keeps', () => {
    const words = (i: number): string => `${word(i)}${word(Math.floor(i / 17_576))}`;
    const messages = [...times(60_000, (i) => `odd ${words(i)}`), ...times(50, (i) => `query took ${i} ms`)];
    const { templates, total } = mineTemplates(messages);
    expect(templates.map(({ tokens, count }) => [templateTextOf(tokens), count])).toEqual([
      ['odd <*>', 60_000],
      ['query took <duration>', 50],
    ]);
    expect(total).toBe(60_050);
  });

  it('does not try the many ways to place names in a hostile message one by one', () => {
    const { match } = mine(times(200, (i) => `a ${times(20, (j) => word(i * 20 + j)).join(' b ')} end`));
    const costOf = (length: number, limit?: number): number =>
      leastTime(() => expect(match(`a ${'b b '.repeat(length)}`)).toBeUndefined(), limit);
    // Milliseconds; ways double with each pair.
    const limit = 40 * costOf(30) + 50;
    expect(costOf(120, limit)).toBeLessThan(limit);
  });
});
