/**
 * Does work that comes in steps at once, without turns for others.
 *
 * @returns what the work returns after its last step
 */
export function finishSteps<Value>(steps: Iterator<unknown, Value>): Value {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}
