import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command } from 'commander';
import { newestOfMinors } from './build/kibana_tags';
import { parseKibanaVersions } from './build/kibana_versions';

const ROOT = resolve(__dirname, '..');

const program = new Command('newest-kibanas')
  .description(
    'Reads tags of elastic/kibana from standard input, as git ls-remote --tags writes them, and writes the newest patch of each minor version from 8.12 on as a JSON list.',
  )
  .option('--without-zip', 'only those that kibana_versions.txt does not list', false)
  .action(({ withoutZip }: { withoutZip: boolean }) => {
    const newest = newestOfMinors(readFileSync(0, 'utf8').split('\n'));
    const built = parseKibanaVersions(`@${resolve(ROOT, 'kibana_versions.txt')}`);
    const listed = withoutZip ? newest.filter((version) => !built.includes(version)) : newest;
    process.stdout.write(`${JSON.stringify(listed)}\n`);
  });

program.parse();
