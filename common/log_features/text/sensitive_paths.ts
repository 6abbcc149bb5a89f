import { normaliseText } from './text_statistics';

/**
 * Paths that scanners ask for, whatever they find: files of credentials and of version control, backups, consoles of administrators,
 * pages of products and devices with known weaknesses. Each ends where no letter or hyphen follows. See rule 930130 of the OWASP core rule
 * set for the like. What a site serves itself is found in training, see {@link SensitivePathCounter}.
 */
const SENSITIVE_PATHS: readonly string[] = [
  // Files that people leave behind, and what they hold.
  ...[
    '/.env',
    '/.git',
    '/.svn',
    '/.hg',
    '/.bzr',
    '/.aws',
    '/.ssh',
    '/.docker',
    '/.kube',
    '/.npmrc',
    '/.boto',
    '/.s3cfg',
  ],
  ...[
    '/.htpasswd',
    '/.htaccess',
    '/.ds_store',
    '/.vscode',
    '/.idea',
    '/.bash_history',
    '/.netrc',
    '/.pgpass',
    '/.my.cnf',
  ],
  ...[
    '/id_rsa',
    '/id_dsa',
    '/id_ecdsa',
    '/id_ed',
    '/web.config',
    '/docker-compose',
    '/dockerfile',
    '/sftp-config.json',
  ],
  ...[
    '/composer.json',
    '/composer.lock',
    '/appsettings.json',
    '/credentials.json',
    '/secrets.json',
    '/secrets.yml',
  ],
  ...[
    '.bak',
    '.sql',
    '.swp',
    '.old',
    '.orig',
    '.sqlite',
    '/backup.zip',
    '/backup.tar',
    '/www.zip',
    '/dump.tar',
  ],
  // Web applications and their administration.
  ...[
    '/wp-login.php',
    '/wp-admin',
    '/wp-config',
    '/wlwmanifest.xml',
    '/xmlrpc.php',
    '/phpmyadmin',
    '/pma',
    '/adminer',
  ],
  ...[
    '/phpinfo',
    '/info.php',
    '/config.php',
    '/install.php',
    '/setup.php',
    '/shell.php',
    '/cmd.php',
    '/c99.php',
  ],
  ...[
    '/vendor/phpunit',
    '/_ignition',
    '/telescope',
    '/thinkphp',
    '/administrator/index.php',
    '/user/register',
  ],
  ...[
    '/actuator',
    '/jmx-console',
    '/web-console',
    '/invoker',
    '/manager/html',
    '/host-manager',
    '/jolokia',
    '/struts',
  ],
  ...[
    '/solr/admin',
    '/h2-console',
    '/login.action',
    '/geoserver',
    '/druid',
    '/jenkins/script',
    '/nacos',
    '/heapdump',
  ],
  ...['/elmah.axd', '/trace.axd', '/owa', '/ecp', '/autodiscover', '/aspnet_client', '/_vti_bin', '/telerik'],
  ...[
    '/server-status',
    '/server-info',
    '/debug/pprof',
    '/containers/json',
    '/_all_dbs',
    '/api/jsonws',
    '/console/login',
  ],
  // Devices and gateways.
  ...[
    '/cgi-bin',
    '/hnap',
    '/boaform',
    '/gponform',
    '/goform',
    '/setup.cgi',
    '/remote/login',
    '/dana-na',
    '/+cscoe+',
  ],
  ...['/global-protect', '/tmui/login', '/mgmt/tm', '/sslvpn', '/evox', '/portal/redlion', '/onvif', '/sdk'],
];

/** First characters by which a path is looked up. */
const KEY_LENGTH = 3;
/** Share of the training texts that may hold sensitive paths which still are signs of attacks. */
const RARE_SHARE = 1 / 2_000;

/** Letters and hyphens: `/sdk-reference` is no `/sdk`. */
const goesOn = (code: number): boolean => (code >= 97 && code <= 122) || code === 45;

/** Returns what stands behind the host and before the parameters of a decoded URL or path, in lower case. */
function pathIn(decoded: string): string {
  const question = decoded.indexOf('?');
  const text = normaliseText(question < 0 ? decoded : decoded.slice(0, question));
  const host = text.indexOf('://');
  if (host < 0) return text;
  const path = text.indexOf('/', host + 3);
  return path < 0 ? '' : text.slice(path);
}

/**
 * Makes a search for the first of `paths` in a decoded URL or path: in what stands before its parameters, whatever its case, where no
 * letter or hyphen follows.
 */
export function sensitivePathSearch(paths: readonly string[]): (decoded: string) => string | undefined {
  const byKey = new Map<string, string[]>();
  for (const path of paths) {
    const key = path.slice(0, KEY_LENGTH);
    byKey.set(key, [...(byKey.get(key) ?? []), path]);
  }
  if (byKey.size === 0) return () => undefined;
  return (decoded) => {
    const path = pathIn(decoded);
    for (let at = 0; at < path.length; at++) {
      const code = path.charCodeAt(at);
      if (code !== 47 && code !== 46) continue;
      const found = byKey
        .get(path.slice(at, at + KEY_LENGTH))
        ?.find((own) => path.startsWith(own, at) && !goesOn(path.charCodeAt(at + own.length)));
      if (found !== undefined) return found;
    }
    return undefined;
  };
}

/** Counts the texts of training that hold sensitive paths, and tells those that are none of the site's own. */
export class SensitivePathCounter {
  private readonly counts = new Map<string, number>();
  private texts = 0;

  /** Returns the first sensitive path in a decoded URL or path. */
  readonly find = sensitivePathSearch(SENSITIVE_PATHS);

  /** Counts a text, and what {@link find} found in it. */
  count(path: string | undefined): void {
    this.texts++;
    if (path !== undefined) this.counts.set(path, (this.counts.get(path) ?? 0) + 1);
  }

  /**
   * Returns the sensitive paths without the most frequent ones of training, such as those of a site's own administration: the others
   * are together in at most one of 2,000 texts.
   */
  rare(): string[] {
    let left = [...this.counts.values()].reduce((sum, count) => sum + count, 0);
    const own = new Set<string>();
    for (const [path, count] of [...this.counts].sort((one, other) => other[1] - one[1])) {
      if (left <= RARE_SHARE * this.texts) break;
      own.add(path);
      left -= count;
    }
    return SENSITIVE_PATHS.filter((path) => !own.has(path));
  }
}
