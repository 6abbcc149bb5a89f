import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import './global_setup';

export default async function globalTeardown(): Promise<void> {
  await Promise.all((globalThis.localElasticsearchOfTests ?? []).map((node) => node.stop()));
  await rm(dirname(process.env.COMMAND_LINE_OF_TESTS as string), { recursive: true });
}
