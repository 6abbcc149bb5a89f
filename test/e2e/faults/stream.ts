import type { Client } from '@elastic/elasticsearch';
import { TIME_MAPPINGS, webLogs } from '../../integration/fixtures/kibana_logs';

const EVERY_MILLISECONDS = 1_000;
/** One of so many logs fails slowly. */
const ODD_EVERY = 10;
const HISTORY_SECONDS = 3_600;

/** A log each second, with its id in its message; the odd ones are known. */
export class LogStream {
  readonly odd: string[] = [];
  written = 0;
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly client: Client,
    private readonly index: string,
  ) {}

  /** Logs of the hour before now: a model is trained on them. */
  async writeHistory(): Promise<void> {
    // Before what the first run of a detector reads.
    const to = Date.now() - 20 * 60_000;
    const logs = webLogs({ from: to - HISTORY_SECONDS * 1_000, to }, () => false, 'past');
    await this.client.indices.create({ index: this.index, mappings: TIME_MAPPINGS });
    await this.client.bulk({
      refresh: true,
      operations: logs.flatMap(({ id, document }) => [{ create: { _index: this.index, _id: id } }, document]),
    });
  }

  start(): void {
    this.timer = setInterval(() => {
      const number = this.written++;
      const isOdd = number % ODD_EVERY === 0;
      const id = `log-${number}`;
      const now = Date.now();
      const [{ document }] = webLogs({ from: now, to: now + 1 }, () => isOdd);
      const log = {
        ...document,
        event: { ingested: new Date(now).toISOString() },
        message: `id=${id};`,
      };
      if (isOdd) this.odd.push(id);
      // Elasticsearch may be busy: a log is written until it is there, under its own id.
      this.writing = this.writing.then(() => this.write(id, log));
    }, EVERY_MILLISECONDS);
  }

  private async write(id: string, document: object): Promise<void> {
    for (;;) {
      try {
        const time = { event: { ingested: new Date().toISOString() } };
        await this.client.index({ index: this.index, id, document: { ...document, ...time } });
        return;
      } catch {
        await new Promise((done) => setTimeout(done, EVERY_MILLISECONDS));
      }
    }
  }

  /** @returns once the last log is there */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.writing;
  }
}
