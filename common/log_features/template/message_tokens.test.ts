import { MAX_MESSAGE_TOKENS, tokeniseMessage } from './message_tokens';
import { isMask, kindOf } from './token_list';
import { maskedTextOf } from './template_matcher';
import { leastTime } from '../../../test/unit/thread_time';

const masked = (message: string): string => maskedTextOf(tokeniseMessage(message));

/** The masked text with all masks alike, as templates see them. */
const shape = (message: string): string => masked(message).replace(/<[a-z]+>/g, '<>');

describe('tokeniseMessage', () => {
  it.each([
    ['took 35 ms', 'took <duration>'],
    ['took 35ms', 'took <duration>'],
    ['lifetime <1 sec', 'lifetime <duration>'],
    ['lifetime 00:01', 'lifetime <time>'],
    ['read 12.3 GiB/s, wrote 4 kB/sec.', 'read <size>, wrote <size>.'],
    ['1.5 GiB/2.5 MiB Go alloc/total, 3 ms/4ms', '<size>/<size> Go alloc/total, <duration>/<duration>'],
    ['load 3 req/s of 5 m/2x', 'load <num> req/s of <num> <id>'],
    ['port 32768:11: disconnected at 12:30', 'port <id>: disconnected at <time>'],
    [
      'recv() failed, client: 10.0.0.1, request: "DELETE /a HTTP/1.1", host: "a.example"',
      'recv() failed, client: <ip>, request: "<str>", host: "a.example"',
    ],
    ['10.0.0.1 [12:30:00] "DELETE /a HTTP/1.1" 200', '<ip> [<time>] "DELETE <path>" <num>'],
    ['sent 4608 bytes (4.5 KB) in all', 'sent <size> in all'],
    ['from 10.0.0.1:8080 to 10.0.0.2', 'from <ip> to <ip>'],
    ['via proxy.example.org:3128', 'via <host>'],
    ['bssid 5c:50:15:4c:18:13 and fe80::1c2d:3ff:fe4e:5f60', 'bssid <ip> and <ip>'],
    ['id 123e4567-e89b-12d3-a456-426614174000', 'id <uuid>'],
    ['at 0xDEADBEEF', 'at <hex>'],
    ['commit 9fceb02d0ae598e95dc970b74767f19372d61af8', 'commit <hex>'],
    ['since Fri Jul 08 05:47:01 PDT 2005 on', 'since <time> on'],
    ['on 2024-05-01 12:30:00,123 it', 'on <time> it'],
    ['user755 logged in', '<id> logged in'],
    ['GET https://example.org/a?b=1 failed', 'GET <url> failed'],
    ['GET /a/b?c=red+lamp&d[]=x, then gone', 'GET <path>, then gone'],
    ['asked "/a?b=lamp" of shop.example/find?d[e]=lamp.', 'asked "<url>" of <path>.'],
    ['from "https://shop.example/find?b=lamp" [see http://a.example/b?c=lamp]', 'from "<url>" [see <url>]'],
    ['/search?q=lamp|GET|shop|FATAL', '<path>|GET|shop|FATAL'],
    ['request /orders?state=open,result:timeout in 3 ms', 'request <path>,result:timeout in <duration>'],
    ['{url:/a?b=lamp,level:ERROR}', '{url:<path>,level:ERROR}'],
    ['asked /a?b={c};d, /a?b=c->GET', 'asked <path>;d, <path>->GET'],
    ['is it so?yes=no or/and what? a=b', 'is it so?yes=<value> or/and what? a=b'],
    ['read /var/log/syslog and C:\\Windows\\a.dll', 'read <path> and <path>'],
    ['input/output error', 'input/output error'],
    ['"GET /v2/servers/detail HTTP/1.1" status: 200', '"GET <path>" status: <num>'],
    ["don't touch that's fine", "don't touch that's fine"],
    ['a=1 b= c="x y 3", d=WorkSource{10 2}', 'a=<value> b=<value> c=<value>, d=<value> <num>}'],
    // A bracket that closes nothing, behind words alone.
    ['done]', 'done]'],
    ["all is done]' now", "all is done]' now"],
    ['a, b, c] end', '<list>] end'],
    ['[a, b, c] end', '[<list>] end'],
    ['drawn= false moved = true', 'drawn=<value> moved = <value>'],
    ['from 10.0.0.1 () and 10.0.0.2 (a)', 'from <ip> (<value>) and <ip> (a)'],
  ])('masks %s as %s', (message, expected) => expect(masked(message)).toBe(expected));

  it.each([
    [
      '"Pod 3 was deleted and then started again" pod="ns/web"',
      '"Pod <num> was deleted and then started again" pod=<value>',
    ],
    [
      'E0601 10:00:07.000000    1234 kubelet.go:27] "Image 3 not found" err="no \\"web-1\\" on \\"node\\": \\"try \\\\\\"it 3\\\\\\"\\""',
      '<list>] "Image <num> not found" err=no "<id>" on "node": "<str>"',
    ],
    ['"Volume \\"v-1\\" on \\"node\\" is gone"', '"Volume "<id>" on "node" is gone"'],
    ['"GET /a/b HTTP/1.1" status=200', '"GET <path>" status=<value>'],
    ['open "my file 3" failed=true', 'open "<str>" failed=<value>'],
    ['title="a" "my file 3"', 'title=a "<str>"'],
    ['10.0.0.1 "my file 3" was opened', '<ip> "<str>" was opened'],
  ])('reads the quoted text that is the message word by word: %s', (message, expected) =>
    expect(masked(message)).toBe(expected),
  );

  it.each([
    ['user "alice": password mismatch', 'user "alice": password mismatch'],
    ["user 'alice' : password mismatch", "user 'alice' : password mismatch"],
    ['Request id "0HM74bf20f8": failed', 'Request id "<id>": failed'],
    ['tables "a", "b.c": index scans', 'tables "a", "b.c": index scans'],
    ['got {"user": "bob", "id": 7}, "x": lost', 'got {"user":bob, "id":<value>}, "x": lost'],
    ["got {'user': 'bob', 'list': [1], 'id': 7}", `got {"user":bob, "list":<list>, "id":<value>}`],
    [
      '{"log":"{\\"msg\\":\\"user 7 left\\",\\"user\\":\\"bob\\"}"}',
      '{"log":{"msg":user <num> left,"user":bob}}',
    ],
    ['["a": 1, "b": 2]', '["a":<value>, "b":<value>]'],
  ])('takes a quoted word before a colon for a key in JSON alone: %s', (message, expected) =>
    expect(masked(message)).toBe(expected),
  );

  it('takes masks of the user in an address for a part of it', () => {
    const message = 'GET /order?id=ABC-XYZ, done failed';
    const spans = [{ start: 14, end: 27, name: 'order' }];
    expect(message.slice(14, 27)).toBe('ABC-XYZ, done');
    expect(maskedTextOf(tokeniseMessage(message, spans))).toBe('GET <path> failed');
  });

  it('reads JSON by its keys and the values of its text keys', () => {
    expect(masked('{"msg":"kernel panic","n":5,"user":{"id":7,"tags":["a","b"]}}')).toBe(
      '{"msg":kernel panic,"n":<value>,"user":{"id":<value>,"tags":<list>}}',
    );
    expect(masked('{"error": {"message": "disk \\"sda\\" is full"')).toContain('is full');
  });

  it.each([
    ['ids [1, 2, 3] gone', 'ids [7] gone'],
    ['ids [1, 2, 3] gone', 'ids [] gone'],
    ['fans 3552 3534 3375 4245', 'fans 3552 3534'],
    ['roles alice, bob, carol', 'roles alice, bob, carol, dave, erin'],
    ['with [alice, bob] in it', 'with [alice, bob, carol] in it'],
    [
      'core 1 dear 2, core 3 dear 4, core 5 dear 6, end',
      'core 1 dear 2, core 3 dear 4, core 5 dear 6, core 7 dear 8, end',
    ],
    ['boom at a.b.C(D.java:1) end', 'boom at a.b.C(D.java:1) at e.f.G(Native Method) at x.y.Z(W.java:3) end'],
  ])('reads lists of any length alike: %s', (one, other) => expect(shape(one)).toBe(shape(other)));

  it('reads stack traces of any length alike', () => {
    const java = (frames: number): string =>
      `java.io.IOException: closed${'\n\tat com.acme.Service.run(Service.java:12)'.repeat(frames)}\nCaused by: x.Y\n\t... 12 more`;
    expect(masked(java(3))).toBe('java.io.IOException: closed <trace>');
    expect(masked(java(90))).toBe(masked(java(1)));
    const python = (frames: number): string =>
      `failed\nTraceback (most recent call last):${'\n  File "a.py", line 3, in f\n    g()'.repeat(frames)}\nValueError: odd`;
    expect(masked(python(40))).toBe('failed <trace> ValueError: odd');
    expect(masked(python(2))).toBe(masked(python(1)));
    const folded = (frames: number): number => java(frames).length - tokeniseMessage(java(frames)).folded;
    expect(folded(90)).toBe(folded(3));
  });

  it('reads the stack trace of a message that begins with a bracket', () => {
    const traces = (begin: string) =>
      [1, 40].map((frames) =>
        masked(
          `${begin}\nTraceback (most recent call last):${'\n  File "a.py", line 3, in f\n    g()'.repeat(frames)}`,
        ),
      );
    for (const begin of ['[ERROR] request failed', '[2026-01-01 10:00:00] ERROR failed', '{main} failed']) {
      const [short, long] = traces(begin);
      expect(short).toBe(`${masked(begin)} <trace>`);
      expect(long).toBe(short);
    }
    expect(masked('{\n  "msg": "login",\n  "user": "ada"\n}')).toBe('{ "msg":login, "user":ada }');
  });

  it.each([
    ['order=ABC-foo lost', 'order=<order> lost'],
    ['order=ABC-foo, lost', 'order=<order>, lost'],
    ['order="ABC-foo" lost', 'order=<order> lost'],
    ['order="lost ABC-foo" now', 'order=<value> now'],
    ['order=ABC-foo/x lost', 'order=<value> lost'],
    ['{"order":"ABC-foo","n":1}', '{"order":<order>,"n":<value>}'],
    ['{"msg":"lost ABC-foo now"}', '{"msg":lost <order> now}'],
    ['{"ABC-foo":"a"}', '{"<order>":"a"}'],
    ['order "ABC-foo" lost', 'order "<order>" lost'],
    ["order 'ABC-foo' lost", "order '<order>' lost"],
    ['order "ABC-foo is lost" now', 'order "<order> is lost" now'],
    ["order 'that is ABC-foo lost' now", "order 'that is <order> lost' now"],
    [`order "the 'ABC-foo' is lost" now`, `order "the '<order>' is lost" now`],
    ['order "lost" now', 'order "lost" now'],
    ['order=lost now', 'order=lost now'],
  ])('masks %s with a mask of the user as %s', (message, expected) => {
    const spans = [...message.matchAll(/[A-Z]{3}-[a-z]+/g)].map(({ index, 0: { length } }) => ({
      start: index,
      end: index + length,
      name: 'order',
    }));
    expect(maskedTextOf(tokeniseMessage(message, spans))).toBe(expected);
  });

  it('reads messages for models of before as it did', () => {
    const spans = [{ start: 6, end: 13, name: 'order' }];
    expect(maskedTextOf(tokeniseMessage('order=ABC-foo lost', spans, 2))).toBe('order=ABC-foo lost');
    expect(maskedTextOf(tokeniseMessage('[a] failed\n  at x', [], 2))).toBe('[a] failed at x');
    const readBefore = (message: string): string => maskedTextOf(tokeniseMessage(message, [], 4));
    expect(readBefore('"Pod 3 was deleted" pod="web"')).toBe('"<str>" pod=web');
    expect(readBefore('1.5 GiB/2.5 MiB at 12.3 GiB/s')).toBe('<num> <id> MiB at <num> GiB/s');
    expect(readBefore('port 32768:11: failed, request: "GET /a"')).toBe(
      'port <time>: failed, request: "GET <path>"',
    );
    expect(readBefore('user "alice": password mismatch')).toBe('user "alice":password mismatch');
    expect(readBefore('err="no \\"web\\" \\"on it\\""')).toBe('err=no <path>"web\\" \\"on it\\""');
  });

  it('splits lines without spaces', () => {
    expect(masked('2024-05-01|alpha|job|finished')).toBe('<time>|alpha|job|finished');
    expect(masked('alpha;job;17;ok')).toBe('alpha;job;<num>;ok');
    expect(masked('alpha,job,17,ok')).toBe('alpha,job,<num>,ok');
    expect(masked('alpha_service_finished_job_17')).toBe('alpha_service_finished_job_<num>');
  });

  it('reads ideographs one by one', () => {
    const { words } = tokeniseMessage('用户张三登录成功，耗时35毫秒');
    expect(words.slice(0, 4)).toEqual(['用', '户', '张', '三']);
    expect(words).toContain('<num>');
  });

  it('bounds the number and length of tokens', () => {
    expect(tokeniseMessage('a, b c '.repeat(500)).words.length).toBeLessThanOrEqual(MAX_MESSAGE_TOKENS + 1);
    expect(
      tokeniseMessage(
        Array.from({ length: 500 }, (_, i) =>
          ((i % 7) * i ** 2) % 23 === 0 ? 'b' : `a${'x'.repeat(i % 11)}`,
        ).join(' '),
      ).words,
    ).toHaveLength(MAX_MESSAGE_TOKENS + 1);
    expect(tokeniseMessage(`x ${'y'.repeat(5_000)}`).words).toEqual(['x', '<long>']);
    expect(tokeniseMessage('   ').words).toEqual([]);
  });

  it('tells the kind of each token by its text', () => {
    const messages = [
      'a=1 {"k":2} "x y", [z] -> 用户 100% C:\\x ... end.',
      "it's 'so' <b> & c++ #1 -",
      'x == y :: z',
    ];
    for (const message of messages) {
      const { words, kinds } = tokeniseMessage(message);
      expect(words.map(kindOf)).toEqual(kinds);
      expect(words.every((word) => word !== '')).toBe(true);
    }
    expect(isMask('<')).toBe(false);
  });

  const costOf = (message: string, limit?: number): number =>
    leastTime(() => tokeniseMessage(message), limit);

  it.each([
    ['quotes', (length: number) => '"'.repeat(length)],
    ['escaped quotes', (length: number) => '"\\"\\'.repeat(length / 4)],
    ['single quotes', (length: number) => " '".repeat(length / 2)],
    ['escaped quotes in texts', (length: number) => 'msg="a \\\\\\"b\\" c" '.repeat(length / 18)],
    ['backslashes in texts', (length: number) => `msg="${'\\\\'.repeat(200)}"`.repeat(length / 406)],
    ['brackets', (length: number) => '['.repeat(length)],
    ['closing brackets', (length: number) => '[a,'.repeat(length / 4) + ']'.repeat(length / 4)],
    ['commas', (length: number) => 'a,'.repeat(length / 2)],
    ['keys', (length: number) => 'a='.repeat(length / 2)],
    ['JSON lists', (length: number) => '"a":['.repeat(length / 5)],
    ['dots', (length: number) => '.'.repeat(length)],
    ['numbers', (length: number) => '1 '.repeat(length / 2)],
    ['colons', (length: number) => '1:'.repeat(length / 2)],
    ['hexadecimal with colons', (length: number) => 'ab:'.repeat(length / 3)],
    ['lines', (length: number) => '\n a'.repeat(length / 3)],
    ['lines that begin as a trace', (length: number) => '\nat'.repeat(length / 3)],
    ['slashes', (length: number) => '/a'.repeat(length / 2)],
    ['units', (length: number) => '1 s '.repeat(length / 4)],
    ['a word', (length: number) => 'a1'.repeat(length / 2)],
    ['signs between numbers', (length: number) => '1-/_'.repeat(length / 4)],
    ['ideographs', (length: number) => '用'.repeat(length)],
    ['lone surrogates', (length: number) => '\ud840'.repeat(length)],
    ['dates', (length: number) => 'Fri '.repeat(length / 4)],
  ])('reads four times as much of %s in about four times the time', (_, messageOf) => {
    // Quadratic work would be sixteen times as much; 5 ms are for what else the process does.
    const limit = 10 * costOf(messageOf(16_384)) + 5;
    expect(costOf(messageOf(65_536), limit)).toBeLessThan(limit);
  });
});
