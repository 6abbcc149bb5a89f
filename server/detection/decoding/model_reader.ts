import type { ModelSnapshot } from '../../../common/model_snapshot';
import type { ModelDecoder } from './decode_model';
import type { ModelRecord, SnapshotStore } from '../ports';

/** Decoded models held in memory. */
const MOST_MODELS = 64;
/** Bytes of their forests at most, of all but the latest: about 0.5 MB each for 100 trees of 256 rows. */
const MOST_BYTES = 128 * 1024 * 1024;
/** A model that nobody has asked for in this time was replaced, or belongs to a detector that runs seldom. */
const KEPT_MILLISECONDS = 15 * 60_000;

interface Kept {
  readonly snapshot: Promise<ModelSnapshot>;
  bytes: number;
  askedAt: number;
}

/**
 * Decodes models, each content once: what a hash stands for never changes. Whoever asks has read the record with the hash
 * with rights of their own. The least recently used goes first, and whatever was not used for a while: models that were
 * replaced would otherwise pile up to the most that is allowed.
 */
export class ModelReader {
  private readonly kept = new Map<string, Kept>();

  /** @param now milliseconds, monotone */
  constructor(
    private readonly decoder: ModelDecoder,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /**
   * @param model a version, or its record where that was read already
   * @throws DetectionError `not_found`, `refused` for a damaged model
   */
  async load(
    models: SnapshotStore,
    detectorId: string,
    model: string | Pick<ModelRecord, 'version' | 'sha256'>,
  ): Promise<ModelSnapshot> {
    const { version, sha256 } = typeof model === 'string' ? await models.record(detectorId, model) : model;
    const found = this.kept.get(sha256);
    const askedAt = this.now();
    const kept = found ?? {
      bytes: 0,
      askedAt,
      snapshot: models.load(detectorId, version).then((text) => this.decoder.decode(text)),
    };
    this.kept.delete(sha256);
    this.kept.set(sha256, kept);
    kept.askedAt = askedAt;
    this.forgetUnused();
    try {
      const snapshot = await kept.snapshot;
      if (found === undefined) {
        kept.bytes = bytesOf(snapshot);
        this.forget(sha256);
      }
      return snapshot;
    } catch (error) {
      // A failed read is not kept: it may succeed for the next caller.
      if (this.kept.get(sha256) === kept) this.kept.delete(sha256);
      throw error;
    }
  }

  /** They stand in the order in which they were asked for. */
  private forgetUnused(): void {
    const before = this.now() - KEPT_MILLISECONDS;
    for (const [hash, { askedAt }] of this.kept) {
      if (askedAt > before) return;
      this.kept.delete(hash);
    }
  }

  /** Makes room, the model just loaded excepted. */
  private forget(latest: string): void {
    let bytes = [...this.kept.values()].reduce((sum, kept) => sum + kept.bytes, 0);
    for (const [hash, kept] of this.kept) {
      if (this.kept.size <= MOST_MODELS && bytes <= MOST_BYTES) return;
      if (hash === latest) continue;
      this.kept.delete(hash);
      bytes -= kept.bytes;
    }
  }
}

/** Of the forest, which is what a large model is large by. */
const bytesOf = ({ forest }: ModelSnapshot): number =>
  [
    forest.splitColumn,
    forest.threshold,
    forest.leftChild,
    forest.nodeRowCount,
    forest.hyperplanes?.weights,
  ].reduce((sum, array) => sum + (array?.byteLength ?? 0), 0);
