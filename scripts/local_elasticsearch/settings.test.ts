import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeNodeSettings } from './settings';

async function settingsOf(shortLived: boolean): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'log-anomalies-settings-'));
  try {
    const folders = {
      config: join(folder, 'config'),
      data: join(folder, 'data'),
      logs: join(folder, 'logs'),
      temporary: join(folder, 'tmp'),
    };
    await writeNodeSettings(folders, {
      port: 0,
      security: true,
      username: 'somebody',
      password: 'secret',
      heap: '1g',
      shortLived,
      lines: [],
    });
    return await readFile(join(folders.config, 'elasticsearch.yml'), 'utf8');
  } finally {
    await rm(folder, { recursive: true });
  }
}

it('hashes passwords with little work on a node that lives for minutes, and on no other', async () => {
  const setting = 'xpack.security.authc.password_hashing.algorithm: bcrypt4\n';
  expect(await settingsOf(true)).toContain(setting);
  expect(await settingsOf(false)).not.toContain(setting);
});
