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

/**
 * Collects the nodes of a forest, tree by tree. Whoever splits the nodes of a tree in preorder (left before right)
 * gets the one canonical numbering, so a forest that is read back equals the one that was written.
 */
export class ForestBuilder {
  private readonly treeStart: number[] = [];
  private readonly splitColumn: number[] = [];
  private readonly threshold: number[] = [];
  private readonly leftChild: number[] = [];
  private readonly nodeRowCount: number[] = [];
  private readonly hyperplaneColumns: number[] = [];
  private readonly hyperplaneWeights: number[] = [];
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
    this.leftChild[node] = left;
    this.threshold[node] = threshold;
    if (weights === undefined) {
      this.splitColumn[node] = columns[0];
    } else {
      for (let i = 0; i < (this.shape.hyperplaneWidth ?? 0); i++) {
        this.hyperplaneColumns.push(columns[i]);
        this.hyperplaneWeights.push(weights[i]);
      }
      this.splitColumn[node] = this.hyperplaneCount++;
    }
    return left;
  }

  build(): IsolationForest {
    const { subsampleSize, columnCount, splits, fillValues, hyperplaneWidth } = this.shape;
    return {
      treeCount: this.treeStart.length,
      subsampleSize,
      columnCount,
      splits,
      fillValues,
      treeStart: Uint32Array.from([...this.treeStart, this.splitColumn.length]),
      splitColumn: Int32Array.from(this.splitColumn),
      threshold: Float32Array.from(this.threshold),
      leftChild: Uint32Array.from(this.leftChild),
      nodeRowCount: Uint32Array.from(this.nodeRowCount),
      ...(hyperplaneWidth !== undefined && {
        hyperplanes: {
          width: hyperplaneWidth,
          columns: Uint16Array.from(this.hyperplaneColumns),
          weights: Float32Array.from(this.hyperplaneWeights),
        },
      }),
    };
  }

  private addLeaf(rowCount: number): number {
    this.splitColumn.push(LEAF);
    this.threshold.push(0);
    this.leftChild.push(0);
    return this.nodeRowCount.push(rowCount) - 1;
  }
}
