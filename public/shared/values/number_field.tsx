import React, { useState, type ReactElement } from 'react';
import { EuiFieldNumber, type EuiFieldNumberProps } from '@elastic/eui';

/**
 * Input of a number that keeps what is typed as it is. What is no number is handed on as NaN, so that a form refuses it: an
 * input that holds back what it shows as wrong would let the form save something else.
 */
export function NumberField(
  props: Pick<
    EuiFieldNumberProps,
    'id' | 'fullWidth' | 'compressed' | 'append' | 'isInvalid' | 'aria-label' | 'placeholder'
  > & {
    /** undefined or NaN: empty. */
    value: number | undefined;
    set: (value: number | undefined) => void;
    /** Empty means that nothing is given, else it is no number. */
    isOptional?: boolean;
    'data-test-subj'?: string;
  },
): ReactElement {
  const { value, set, isOptional = false, ...rest } = props;
  const [typed, setTyped] = useState<string>();
  const shown = value === undefined || Number.isNaN(value) ? '' : value;
  return (
    <EuiFieldNumber
      {...rest}
      // Limits are the schema's: the browser's own check would speak of others.
      step="any"
      value={typed ?? shown}
      onChange={({ target }) => {
        setTyped(target.value);
        const isEmpty = target.value === '' && !target.validity.badInput;
        set(isEmpty && isOptional ? undefined : target.valueAsNumber);
      }}
      onBlur={() => setTyped(undefined)}
    />
  );
}
