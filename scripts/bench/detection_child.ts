import { readFile } from 'node:fs/promises';
import { connect } from '../../server/elasticsearch';
import { detectFirst } from './detection_run';

/** Scores as many logs as the argument says and prints the largest memory that it ever held. */
async function main(): Promise<void> {
  const logs = Number(process.argv[2]);
  const client = connect();
  const seen = await detectFirst(client, await readFile(process.env.BENCHMARK_MODEL_FILE!, 'utf8'), {
    logs,
    detectorId: `memory-${logs}`,
  });
  await client.close();
  process.stdout.write(JSON.stringify({ seen, megabytes: process.resourceUsage().maxRSS / 1_024 }));
}

void main();
