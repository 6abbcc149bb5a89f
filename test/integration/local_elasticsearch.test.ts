import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DetectionError } from '../../common/detection_error';
import { findJava } from '../../scripts/local_elasticsearch/java';
import { parseLocalVersion } from '../../scripts/local_elasticsearch';

const repository = join(__dirname, '../..');

async function answers(url: string): Promise<boolean> {
  return fetch(url, { signal: AbortSignal.timeout(2_000) }).then(
    () => true,
    () => false,
  );
}

describe('A local Elasticsearch', () => {
  test('stops and leaves nothing behind, even when its parent is killed', async () => {
    const parent = spawn(
      process.execPath,
      ['--import', 'tsx', 'scripts/local_elasticsearch/main.ts', '--port', '0', '--heap', '512m'],
      { cwd: repository, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    let output = '';
    const url = await new Promise<string>((done, fail) => {
      const read = (chunk: Buffer): void => {
        output += chunk.toString('utf8');
        const found = /URL=(\S+)\n/.exec(output)?.[1];
        if (found) done(found);
      };
      parent.stdout.on('data', read);
      parent.stderr.on('data', read);
      parent.once('exit', (code) => fail(new Error(`ended with ${code}: ${output}`)));
    });
    expect(await answers(url)).toBe(true);
    const settings = (await (await fetch(`${url}/_nodes/settings?filter_path=**.path`)).json()) as {
      nodes: Record<string, { settings: { path: { data: string | string[] } } }>;
    };
    const [data] = [Object.values(settings.nodes)[0].settings.path.data].flat();
    expect(existsSync(data)).toBe(true);
    parent.removeAllListeners('exit');
    parent.kill('SIGKILL');
    const limit = Date.now() + 30_000;
    while ((existsSync(data) || (await answers(url))) && Date.now() < limit) {
      await new Promise((wake) => setTimeout(wake, 200));
    }
    expect(await answers(url)).toBe(false);
    expect(existsSync(data)).toBe(false);
  }, 120_000);

  test('says which Java is missing and how to get it', () => {
    expect(() => findJava(999, true, [])).toThrow(DetectionError);
    expect(() => findJava(999, true, [])).toThrow(
      /JDK.* release 999 or later.*JAVA_HOME.*ELASTICSEARCH_URL/s,
    );
  });

  test('names the versions that there are', () => {
    expect(() => parseLocalVersion('7.17.0')).toThrow(/"7\.17\.0".*8\.19\.8, 9\.4\.3/);
  });
});
