import type { IsolationForest, SplitMethod } from './types';

/** Marks a leaf in `splitColumn`. */
export const LEAF = -1;

interface ForestShape {
  readonly subsampleSize: number;
  readonly columnCount: number;
  readonly splits: SplitMethod;
  readonly fillValues: Float32Array;
  /** Columns in one hyperplane; only for `extended`. */
  readonly hyperplaneWidth?: number;
}

/** A split of one node; `weights` and more than one column only for `extended`. */
export interface Split {
  readonly columns: ArrayLike<number>;
  readonly weights?: ArrayLike<number>;
  readonly threshold: number;
}

/** Numbers with room to grow. */
class Growing<Numbers extends Uint8Array | Uint16Array | Uint32Array | Int32Array | Float32Array> {
  public length = 0;
  private values: Numbers;

  constructor(private readonly make: new (length: number) => Numbers) {
    this.values = new make(1_024);
  }

  /** @returns its place */
  push(value: number): number {
    if (this.length === this.values.length) {
      const larger = new this.make(this.length * 2);
      larger.set(this.values);
      this.values = larger;
    }
    this.values[this.length] = value;
    return this.length++;
  }

  set(place: number, value: number): void {
    this.values[place] = value;
  }

  /** @returns a copy of its own */
  finish(): Numbers {
    return this.values.slice(0, this.length) as Numbers;
  }
}

/**
 * Collects the nodes of a forest, tree by tree. Whoever splits the nodes of a tree in preorder (left before right)
 * gets the one canonical numbering, so a forest that is read back equals the one that was written.
 */
export class ForestBuilder {
  private readonly treeStart = new Growing(Uint32Array);
  private readonly splitColumn = new Growing(Int32Array);
  private readonly threshold = new Growing(Float32Array);
  private readonly leftChild = new Growing(Uint32Array);
  private readonly nodeRowCount = new Growing(Uint32Array);
  private readonly hyperplaneColumns = new Growing(Uint16Array);
  private readonly hyperplaneWeights = new Growing(Float32Array);
  private hyperplaneCount = 0;

  constructor(private readonly shape: ForestShape) {}

  /** @returns the root of a new tree, a leaf until it is split */
  addTree(rowCount: number): number {
    this.treeStart.push(this.splitColumn.length);
    return this.addLeaf(rowCount);
  }

  /** Turns a leaf into a split. @returns the left child; the right one follows it */
  split(node: number, { columns, weights, threshold }: Split, leftRows: number, rightRows: number): number {
    const left = this.addLeaf(leftRows);
    this.addLeaf(rightRows);
    this.leftChild.set(node, left);
    this.threshold.set(node, threshold);
    if (weights === undefined) {
      this.splitColumn.set(node, columns[0]);
    } else {
      for (let i = 0; i < (this.shape.hyperplaneWidth ?? 0); i++) {
        this.hyperplaneColumns.push(columns[i]);
        this.hyperplaneWeights.push(weights[i]);
      }
      this.splitColumn.set(node, this.hyperplaneCount++);
    }
    return left;
  }

  build(): IsolationForest {
    const { subsampleSize, columnCount, splits, fillValues, hyperplaneWidth } = this.shape;
    const treeCount = this.treeStart.length;
    this.treeStart.push(this.splitColumn.length);
    return {
      treeCount,
      subsampleSize,
      columnCount,
      splits,
      fillValues,
      treeStart: this.treeStart.finish(),
      splitColumn: this.splitColumn.finish(),
      threshold: this.threshold.finish(),
      leftChild: this.leftChild.finish(),
      nodeRowCount: this.nodeRowCount.finish(),
      ...(hyperplaneWidth !== undefined && {
        hyperplanes: {
          width: hyperplaneWidth,
          columns: this.hyperplaneColumns.finish(),
          weights: this.hyperplaneWeights.finish(),
        },
      }),
    };
  }

  private addLeaf(rowCount: number): number {
    this.splitColumn.push(LEAF);
    this.threshold.push(0);
    this.leftChild.push(0);
    return this.nodeRowCount.push(rowCount);
  }
}
