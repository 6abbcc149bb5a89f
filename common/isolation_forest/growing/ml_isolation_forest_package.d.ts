/** The parts of ml-isolation-forest 0.1.0, which comes without types, that are used here. */
declare module 'ml-isolation-forest' {
  export interface TreeNode {
    readonly left?: TreeNode;
    readonly right?: TreeNode;
    readonly splitColumn?: number;
    /** Rows with a smaller value go left. */
    readonly splitValue?: number;
    /** Only in leaves. */
    readonly trainingSet?: readonly (readonly number[])[];
  }
  export class IsolationForest {
    constructor(options?: { nEstimators?: number });
    readonly forest: readonly TreeNode[];
    train(trainingSet: readonly (readonly number[])[]): void;
    predict(data: readonly (readonly number[])[]): number[];
  }
}
